/**
 * How far parameters are from others.
 *
 * @module
 */
import { isFloating } from "./finite.js";
import { decodeBfloat16, decodeFloat16 } from "./half.js";
import { assertSameStructure } from "./structure.js";
import type { ModelParameters, NamedTensor } from "./tensor.js";

/**
 * The L2 norm of `update` − `reference`, or of `update` alone, over all floating-point and complex tensors, in float64.
 * Integers and bools (counters, masks) are no part of it: a norm says nothing of them.
 *
 * @throws {@link FlError} `SHAPE_MISMATCH` for tensors of other dtypes or shapes; names may differ
 */
export function l2NormOf(update: ModelParameters, reference?: ModelParameters): number {
  if (reference !== undefined) assertSameStructure(update, reference, { ignoreNames: true });
  let sum = 0;
  for (const [i, tensor] of update.entries()) {
    if (!isFloating(tensor.dtype)) continue;
    const values = numbersOf(tensor);
    const origin = reference === undefined ? undefined : numbersOf(reference[i]!);
    if (origin === undefined) {
      for (let k = 0; k < values.length; k++) sum += values[k]! * values[k]!;
      continue;
    }
    for (let k = 0; k < values.length; k++) {
      const difference = values[k]! - origin[k]!;
      sum += difference * difference;
    }
  }
  return Math.sqrt(sum);
}

function numbersOf(tensor: NamedTensor): Float32Array | Float64Array {
  if (tensor.dtype === "float16") return decodeFloat16(tensor.data);
  if (tensor.dtype === "bfloat16") return decodeBfloat16(tensor.data);
  return tensor.data as Float32Array | Float64Array;
}
