/**
 * Tensors and the bytes they are sent as: little-endian and row-major, without anything between.
 *
 * @module
 */
import { FlError, type FlErrorOptions } from "./errors.js";
import { quoteName } from "./resolve-limits.js";
import {
  BYTES_PER_ELEMENT,
  byteLengthOf,
  type DataOfDtype,
  type Dtype,
  type NamedTensor,
  type TensorSpec,
} from "./tensor.js";

type Constructors = {
  readonly [D in Dtype]: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): DataOfDtype[D];
  };
};

const CONSTRUCTORS: Constructors = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
};

/**
 * The elements of a tensor as bytes: a view, not a copy.
 *
 * @throws {@link TypeError} if the data is not of the dtype; {@link RangeError} if there are more or fewer elements than
 *   the shape says
 */
export function bytesOfTensor({ name, dtype, shape, data }: NamedTensor): Uint8Array {
  assertLittleEndian();
  if (!(data instanceof CONSTRUCTORS[dtype])) {
    throw new TypeError(
      `data of ${quoteName(name)}: expected a ${nameOfArray(dtype)} for ${dtype}, got ${Object.prototype.toString.call(data)}`,
    );
  }
  const expected = byteLengthOf({ dtype, shape });
  if (data.byteLength !== expected) {
    throw new RangeError(
      `data of ${quoteName(name)}: expected ${expected} bytes for its shape, got ${data.byteLength}`,
    );
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * A tensor of these bytes: a view of them where they are aligned to the numbers they hold, otherwise of a copy.
 *
 * @throws {@link RangeError} if there are more or fewer bytes than the spec says
 * @throws {@link FlError} `BAD_TENSOR` for a bool that is neither 0 nor 1
 */
export function tensorOfBytes({ name, dtype, shape }: TensorSpec, bytes: Uint8Array): NamedTensor {
  assertLittleEndian();
  if (bytes.byteLength !== byteLengthOf({ dtype, shape })) {
    throw new RangeError(
      `bytes of ${quoteName(name)}: expected ${byteLengthOf({ dtype, shape })}, got ${bytes.byteLength}`,
    );
  }
  if (dtype === "bool") assertBools(bytes, name);
  const DataArray = CONSTRUCTORS[dtype];
  const isAligned = bytes.byteOffset % DataArray.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : new Uint8Array(bytes);
  const data = new DataArray(buffer, byteOffset, byteLength / DataArray.BYTES_PER_ELEMENT);
  return { name, dtype, shape, data } as NamedTensor;
}

/** @throws {@link FlError} `BAD_TENSOR` for a byte that is neither 0 nor 1 */
export function assertBools(bytes: Uint8Array, name: string, where: FlErrorOptions = {}): void {
  let all = 0;
  for (let i = 0; i < bytes.length; i++) all |= bytes[i]!;
  if (all > 1) {
    const what = `tensor ${quoteName(name)}: a bool is neither 0 nor 1`;
    throw new FlError("BAD_TENSOR", what, where);
  }
}

/** Bytes of one number: half an element where that is complex. */
export function bytesPerNumber(dtype: Dtype): number {
  return dtype === "complex64" || dtype === "complex128"
    ? BYTES_PER_ELEMENT[dtype] / 2
    : BYTES_PER_ELEMENT[dtype];
}

function nameOfArray(dtype: Dtype): string {
  return (CONSTRUCTORS[dtype] as unknown as { readonly name: string }).name;
}

/** Typed arrays have the byte order of the machine; every one that Node runs on but s390x has that of the wire. */
function assertLittleEndian(): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1) return;
  throw new Error("machines that store numbers big-endian are not supported");
}
