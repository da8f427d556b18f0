/**
 * Tensors as plain data: a dtype, a shape, and a typed array in row-major order.
 *
 * @module
 */

/** What holds the elements of each dtype. */
export interface DataOfDtype {
  /** 0 or 1 a byte. */
  readonly bool: Uint8Array;
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
  readonly int16: Int16Array;
  readonly uint16: Uint16Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly int64: BigInt64Array;
  readonly uint64: BigUint64Array;
  /** The bits of IEEE 754 binary16. */
  readonly float16: Uint16Array;
  /** The upper half of the bits of a float32. */
  readonly bfloat16: Uint16Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  /** Real and imaginary part in turn. */
  readonly complex64: Float32Array;
  /** Real and imaginary part in turn. */
  readonly complex128: Float64Array;
}

/** Kinds of elements, by numpy's names. */
export type Dtype = keyof DataOfDtype;

/** What a tensor is, without its elements. */
export interface TensorSpec {
  /** As in the state of the model (`conv1.weight`); Flower's wire has none, and `0`, `1`, … stand in. */
  readonly name: string;
  readonly dtype: Dtype;
  /** `[]` for one number; a 0 for no element at all. */
  readonly shape: readonly number[];
}

/** A tensor with a name. The last dimension varies fastest. */
export type NamedTensor = {
  [D in Dtype]: TensorSpec & { readonly dtype: D; readonly data: DataOfDtype[D] };
}[Dtype];

/** The parameters of a model in their order (which for Flower is all there is). */
export type ModelParameters = readonly NamedTensor[];

/** Bytes of one element. */
export const BYTES_PER_ELEMENT: Readonly<Record<Dtype, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
};

/** How many elements a shape has: 1 for `[]`. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

/** How many bytes the elements take. */
export function byteLengthOf({ dtype, shape }: Pick<TensorSpec, "dtype" | "shape">): number {
  return elementCount(shape) * BYTES_PER_ELEMENT[dtype];
}

/** The specs alone. */
export function specsOf(parameters: ModelParameters): readonly TensorSpec[] {
  return parameters.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
}
