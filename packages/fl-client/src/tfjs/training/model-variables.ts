/**
 * The arrays of a model, to be trained in place.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Model, ModelState } from "../layers/module.js";

/** Copies that nobody else holds, by name. */
export type ModelVariables = ReadonlyMap<string, tf.Variable>;

/**
 * Copies a state.
 *
 * @throws {@link TypeError} if it isn't the model's
 */
export function createVariables(
  { state }: Pick<Model, "state">,
  values: ModelState,
): ModelVariables {
  const tensors = state.map(({ name }) => [name, arrayOf(values, name)] as const);
  return new Map(
    tensors.map(([name, tensor]) => [
      name,
      tf.tidy(() => tf.variable(copyOf(tensor), tensor.dtype === "float32")),
    ]),
  );
}

/**
 * Copies a state into variables that are there.
 *
 * @throws {@link TypeError} if it isn't the model's; variables are unchanged then
 */
export function assignVariables(variables: ModelVariables, values: ModelState): void {
  const copies = [...variables].map(([name, variable]) => {
    const tensor = arrayOf(values, name);
    if (tensor.dtype !== variable.dtype || !tf.util.arraysEqual(tensor.shape, variable.shape)) {
      throw new TypeError(`state: expected ${name} of [${variable.shape}], got [${tensor.shape}]`);
    }
    return [variable, tensor] as const;
  });
  tf.tidy(() => {
    for (const [variable, tensor] of copies) variable.assign(copyOf(tensor));
  });
}

function arrayOf(values: ModelState, name: string): tf.Tensor {
  const tensor = values.get(name);
  if (tensor === undefined) throw new TypeError(`state: expected ${name}, got none`);
  return tensor;
}

/** Values of their own: clones share theirs, and a step in place would change both. */
export function copyOf(tensor: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.mul(tensor, tf.scalar(1, tensor.dtype as "float32" | "int32")));
}
