/**
 * The elements of a piece as numbers, and numbers as elements.
 *
 * @module
 */
import {
  BYTES_PER_ELEMENT,
  type Dtype,
  decodeBfloat16,
  decodeFloat16,
  encodeBfloat16,
  encodeFloat16,
  type NamedTensor,
  type TensorSpec,
  tensorOfBytes,
} from "@dsail/fl-protocol";
import type { Piece } from "./layout.js";

/** Numbers of one of the two types that loops are written for. */
export type Numbers = Float32Array | Float64Array;

/** Whether a dtype is of floating-point numbers: what is trained, in contrast to counters and masks. */
export function isFloat(dtype: Dtype): boolean {
  return /^(b?float|complex)/.test(dtype);
}

/** Numbers of an element: two where it is complex. */
export function numbersPerElement(dtype: Dtype): number {
  return dtype === "complex64" || dtype === "complex128" ? 2 : 1;
}

/** The elements of a piece: a view where they are float32 or float64 (or complex), otherwise a copy. */
export function numbersOfPiece(dtype: Dtype, segment: Uint8Array, piece: Piece): Numbers {
  const { position, byteLength } = piece;
  return numbersOfBytes(dtype, segment.subarray(position, position + byteLength));
}

/** All elements of a tensor, as {@link numbersOfPiece}. */
export function numbersOfTensor({ dtype, data }: NamedTensor): Numbers {
  return numbersOfBytes(dtype, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** Some elements of a tensor. */
export function numbersWithin(tensor: NamedTensor, { start, count }: Piece): Numbers {
  const { dtype, data } = tensor;
  const size = BYTES_PER_ELEMENT[dtype];
  return numbersOfBytes(
    dtype,
    new Uint8Array(data.buffer, data.byteOffset + start * size, count * size),
  );
}

function numbersOfBytes(dtype: Dtype, { buffer, byteOffset, byteLength }: Uint8Array): Numbers {
  switch (dtype) {
    case "float32":
    case "complex64":
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case "float64":
    case "complex128":
      return new Float64Array(buffer, byteOffset, byteLength / 8);
    case "float16":
      return decodeFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case "bfloat16":
      return decodeBfloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case "bool":
    case "uint8":
      return Float64Array.from(new Uint8Array(buffer, byteOffset, byteLength));
    case "int8":
      return Float64Array.from(new Int8Array(buffer, byteOffset, byteLength));
    case "uint16":
      return Float64Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case "int16":
      return Float64Array.from(new Int16Array(buffer, byteOffset, byteLength / 2));
    case "uint32":
      return Float64Array.from(new Uint32Array(buffer, byteOffset, byteLength / 4));
    case "int32":
      return Float64Array.from(new Int32Array(buffer, byteOffset, byteLength / 4));
    case "uint64":
      return Float64Array.from(new BigUint64Array(buffer, byteOffset, byteLength / 8), Number);
    case "int64":
      return Float64Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number);
  }
}

/**
 * A tensor of these numbers, each the nearest there is; of two integers as near, the even one. A bool is true above ½.
 *
 * @param values - as many as the shape asks for
 */
export function tensorOfNumbers(spec: TensorSpec, values: Numbers): NamedTensor {
  return tensorOfBytes(spec, bytesOfNumbers(spec.dtype, values));
}

function bytesOfNumbers(dtype: Dtype, values: Numbers): Uint8Array {
  switch (dtype) {
    case "float32":
    case "complex64":
      return bytesOf(values instanceof Float32Array ? values : Float32Array.from(values));
    case "float64":
    case "complex128":
      return bytesOf(Float64Array.from(values));
    case "float16":
      return bytesOf(encodeFloat16(Float32Array.from(values)));
    case "bfloat16":
      return bytesOf(encodeBfloat16(Float32Array.from(values)));
    case "bool":
      return Uint8Array.from(values, (value) => (value > 0.5 ? 1 : 0));
    case "uint8":
      return Uint8Array.from(values, roundToEven);
    case "int8":
      return bytesOf(Int8Array.from(values, roundToEven));
    case "uint16":
      return bytesOf(Uint16Array.from(values, roundToEven));
    case "int16":
      return bytesOf(Int16Array.from(values, roundToEven));
    case "uint32":
      return bytesOf(Uint32Array.from(values, roundToEven));
    case "int32":
      return bytesOf(Int32Array.from(values, roundToEven));
    case "uint64":
      return bytesOf(BigUint64Array.from(Array.from(values, wideInteger)));
    case "int64":
      return bytesOf(BigInt64Array.from(Array.from(values, wideInteger)));
  }
}

const wideInteger = (value: number): bigint => BigInt(roundToEven(value));

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
