/**
 * Tensors as npy, numpy's file of one array. Written as numpy writes them; read in every version, byte order and order of
 * dimensions, but only of numbers: what would need a Python (pickled objects) or has no dtype here is refused by name.
 *
 * @module
 */
import { FlError } from "./errors.js";
import type { Limits } from "./limits.js";
import { type NpyHeader, npyHeader, readNpyHeader } from "./npy-header.js";
import { limitsOf, quoteName } from "./resolve-limits.js";
import { BYTES_PER_ELEMENT, type NamedTensor } from "./tensor.js";
import { bytesOfTensor, bytesPerNumber, tensorOfBytes } from "./tensor-bytes.js";

/** How an npy is read. */
export interface NpyOptions {
  /** Of the tensor: npy has none. Default empty. */
  readonly name?: string;
  readonly limits?: Limits;
}

/**
 * A tensor as an npy file. To send one without a copy, send {@link npyHeader} and then the bytes of its data.
 *
 * @throws {@link FlError} `BAD_TENSOR` for bfloat16
 */
export function encodeNpy(tensor: NamedTensor): Uint8Array {
  const header = npyHeader(tensor);
  const data = bytesOfTensor(tensor);
  const bytes = new Uint8Array(header.length + data.length);
  bytes.set(header);
  bytes.set(data, header.length);
  return bytes;
}

/**
 * The tensor of an npy file. Its data is a view of the file where that is aligned to the elements, little-endian and
 * row-major, and a copy otherwise.
 *
 * @throws {@link FlError} `BAD_TENSOR` if it is no npy, not of numbers, or too short or too long; `LIMIT_EXCEEDED`
 */
export function decodeNpy(bytes: Uint8Array, { name = "", limits }: NpyOptions = {}): NamedTensor {
  const header = readNpyHeader(bytes, name, limitsOf(limits));
  if (header === undefined) {
    throw new FlError("BAD_TENSOR", `npy of ${quoteName(name)}: it ends within the header`);
  }
  const { spec, dataOffset, dataLength } = header;
  if (bytes.length - dataOffset !== dataLength) {
    throw new FlError(
      "BAD_TENSOR",
      `npy of ${quoteName(name)}: ${bytes.length - dataOffset} bytes of elements, ${dataLength} announced`,
    );
  }
  return tensorOfBytes(spec, normalized(bytes.subarray(dataOffset), header));
}

/** Little-endian and row-major. */
function normalized(
  bytes: Uint8Array,
  { spec, isFortranOrder, isBigEndian }: NpyHeader,
): Uint8Array {
  const { dtype, shape } = spec;
  // With less than two dimensions both orders are one.
  const isTransposed = isFortranOrder && shape.filter((size) => size !== 1).length > 1;
  if (!isBigEndian && !isTransposed) return bytes;
  const own = isTransposed
    ? rowMajor(bytes, shape, BYTES_PER_ELEMENT[dtype])
    : new Uint8Array(bytes);
  if (isBigEndian) reverseEach(own, bytesPerNumber(dtype));
  return own;
}

/** In place. */
function reverseEach(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    for (let [i, j] = [start, start + size - 1]; i < j; i++, j--) {
      const byte = bytes[i]!;
      bytes[i] = bytes[j]!;
      bytes[j] = byte;
    }
  }
}

/** A copy in which the last dimension varies fastest, of one in which the first does. */
function rowMajor(bytes: Uint8Array, shape: readonly number[], size: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  if (bytes.length === 0) return result;
  const last = shape.length - 1;
  // Where, in the file, the next element along each dimension stands.
  const strides = shape.map((_, i) => shape.slice(0, i).reduce((a, b) => a * b, size));
  const index = shape.map(() => 0);
  const [rowLength, rowStride] = [shape[last]!, strides[last]!];
  let [from, to] = [0, 0];
  for (;;) {
    for (let i = 0, at = from; i < rowLength; i++, at += rowStride) {
      for (let k = 0; k < size; k++) result[to++] = bytes[at + k]!;
    }
    let axis = last - 1;
    while (axis >= 0) {
      from += strides[axis]!;
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
      axis--;
    }
    if (axis < 0) return result;
  }
}
