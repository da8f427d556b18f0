/**
 * Numbers of a file or a message, as a model takes them.
 *
 * @module
 */
import { decodeBfloat16, decodeFloat16, FlError, type NamedTensor } from "@dsail/fl-protocol";
import type { StateEntry } from "../layers/module.js";

/**
 * The elements for an array of a model: float32 of any float, int32 of any integer of up to 32 bits or within them.
 *
 * @throws {@link FlError} `SHAPE_MISMATCH` for another shape, or a dtype of another kind
 */
export function numbersOf(tensor: NamedTensor, entry: StateEntry): Float32Array | Int32Array {
  const { name, shape } = entry;
  const what = (text: string): FlError =>
    new FlError(
      "SHAPE_MISMATCH",
      `${name}: ${tensor.dtype} [${tensor.shape.join(", ")}], ${text} [${shape.join(", ")}] expected`,
    );
  const isSameShape =
    tensor.shape.length === shape.length && tensor.shape.every((size, i) => size === shape[i]);
  const values = entry.dtype === "int64" ? integersOf(tensor) : floatsOf(tensor);
  if (!isSameShape || values === undefined) throw what(entry.dtype);
  return values;
}

function floatsOf(tensor: NamedTensor): Float32Array | undefined {
  switch (tensor.dtype) {
    case "float32":
      return tensor.data;
    case "float64":
      return Float32Array.from(tensor.data);
    case "float16":
      return decodeFloat16(tensor.data);
    case "bfloat16":
      return decodeBfloat16(tensor.data);
    default:
      return undefined;
  }
}

/** Counts of batches; a server that averages them makes floats of them. */
function integersOf(tensor: NamedTensor): Int32Array | undefined {
  switch (tensor.dtype) {
    case "int64":
    case "uint64":
      return Int32Array.from(tensor.data, (value) => Number(BigInt.asIntN(32, value)));
    case "int32":
      return tensor.data;
    case "float32":
    case "float64":
      return Int32Array.from(tensor.data, Math.round);
    default:
      return undefined;
  }
}
