/**
 * The arrays of a model, as parameters of a federation.
 *
 * @module
 */
import { FlError, type ModelParameters, type NamedTensor } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import type { Model, ModelState, StateEntry } from "../layers/module.js";
import { innerShape, toInner, toOuter } from "./inner-layout.js";
import { numbersOf } from "./numbers-of.js";

/** A tensor of a model's array, of its numbers in PyTorch's order. */
export function tensorOfEntry(tensor: NamedTensor, entry: StateEntry): tf.Tensor {
  const values = numbersOf(tensor, entry);
  const shape = innerShape(entry);
  if (values instanceof Int32Array) return tf.tensor(values, shape, "int32");
  // A copy: backends keep the array they are given until it is first used.
  const inner = toInner(values, entry);
  return tf.tensor(inner === tensor.data ? inner.slice() : inner, shape, "float32");
}

/**
 * The state that parameters stand for. They have the model's names, in any order, or Flower's (`0`, `1`, …), in the model's
 * order; floats of any width, and integers or floats for counts of batches.
 *
 * @returns tensors in inner layout, which the caller disposes of
 * @throws {@link FlError} `SHAPE_MISMATCH` for an array that is missing, not the model's, or of another shape or kind
 */
export function stateOfParameters(
  { state }: Pick<Model, "state">,
  parameters: ModelParameters,
): Map<string, tf.Tensor> {
  if (parameters.length !== state.length) {
    throw new FlError("SHAPE_MISMATCH", `${parameters.length} tensors, ${state.length} expected`);
  }
  const isByPosition = parameters.every(({ name }, i) => name === String(i));
  const byName = new Map(
    parameters.map((tensor, i) => [isByPosition ? state[i]!.name : tensor.name, tensor]),
  );
  const found = state.map((entry) => {
    const tensor = byName.get(entry.name);
    if (tensor === undefined) {
      throw new FlError("SHAPE_MISMATCH", `${entry.name}: there is no tensor of that name`);
    }
    return [entry, tensor] as const;
  });
  const result = new Map<string, tf.Tensor>();
  try {
    for (const [entry, tensor] of found) result.set(entry.name, tensorOfEntry(tensor, entry));
  } catch (error) {
    tf.dispose([...result.values()]);
    throw error;
  }
  return result;
}

/**
 * A copy of a state as parameters, with PyTorch's names, order, dtypes and shapes.
 *
 * @throws {@link TypeError} for a state that isn't the model's
 */
export async function parametersOfState(
  { state }: Pick<Model, "state">,
  values: ModelState,
): Promise<ModelParameters> {
  return Promise.all(
    state.map(async (entry): Promise<NamedTensor> => {
      const tensor = values.get(entry.name);
      if (tensor === undefined) throw new TypeError(`state: expected ${entry.name}, got none`);
      const data = await tensor.data();
      const { name, shape } = entry;
      if (entry.dtype === "int64") {
        return { name, shape, dtype: "int64", data: BigInt64Array.from(data, (n) => BigInt(n)) };
      }
      const inner = data as Float32Array;
      const outer = toOuter(inner, entry);
      return { name, shape, dtype: "float32", data: outer === inner ? inner.slice() : outer };
    }),
  );
}
