/**
 * What the cases send: every kind of value there is, by a rule that needs no randomness.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Scalar, Scalars } from "../message.js";
import {
  byteLengthOf,
  type Dtype,
  type ModelParameters,
  type NamedTensor,
  type TensorSpec,
} from "../tensor.js";
import { bytesOfTensor, tensorOfBytes } from "../tensor-bytes.js";

/** Scalars of every type, at the ends of what they can hold. */
export function everyScalar(maxInteger: bigint): Scalars {
  return Object.fromEntries<Scalar>([
    ["true", true],
    ["false", false],
    ["zero", 0],
    ["minus-zero", -0],
    ["integral-double", 3],
    ["nan", Number.NaN],
    ["infinity", Number.NEGATIVE_INFINITY],
    ["smallest", Number.MIN_VALUE],
    ["largest", Number.MAX_VALUE],
    ["integer-zero", 0n],
    ["integer-minus-one", -1n],
    ["integer-beyond-doubles", 2n ** 53n + 1n],
    ["integer-smallest", -(2n ** 63n)],
    ["integer-2^63", 2n ** 63n <= maxInteger ? 2n ** 63n : 2n ** 63n - 1n],
    ["integer-largest", maxInteger],
    ["empty-text", ""],
    ["text", "Größe 漢字 🫁 \0 \n"],
    ["empty-bytes", new Uint8Array()],
    ["bytes", new Uint8Array([0, 1, 127, 128, 255])],
    ["größe-漢字-🫁", "a key of other letters"],
    ["", "an empty key"],
    ["__proto__", "a key as any other"],
    ["constructor", 1],
    ["10", "keys that are integers"],
    ["2", "come first in objects"],
  ]);
}

/** A tensor of every dtype in every sort of shape. */
export function everyTensor(dtypes: readonly Dtype[]): ModelParameters {
  const shapes: readonly (readonly number[])[] = [[], [0], [3], [2, 3, 5], [2, 0, 3], [1, 1]];
  return dtypes.flatMap((dtype) =>
    shapes.map((shape) => tensorOf({ name: `${dtype}/${shape.join("x")} ü`, dtype, shape })),
  );
}

/** A tensor whose bytes are all different from their neighbours, and from those of a tensor of another seed. */
export function tensorOf(spec: TensorSpec, seed = 1): NamedTensor {
  const bytes = new Uint8Array(byteLengthOf(spec));
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = spec.dtype === "bool" ? state >>> 31 : state >>> 24;
  }
  return tensorOfBytes(spec, bytes);
}

/** One small tensor, by its seed. */
export function smallModel(seed: number): ModelParameters {
  return [tensorOf({ name: "0", dtype: "float32", shape: [5] }, seed)];
}

/** Asserts that scalars arrived as they were sent: also NaN, the sign of zero, and the difference of 1 and 1n. */
export function assertSameScalars(actual: Scalars, expected: Scalars): void {
  // Entries: the order of keys and the prototype are the transport's to choose.
  const sorted = (scalars: Scalars) =>
    Object.entries(scalars)
      .map(([key, value]) => [key, value instanceof Uint8Array ? new Uint8Array(value) : value])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  assert.deepStrictEqual(sorted(actual), sorted(expected));
}

/** Asserts that parameters arrived as they were sent, bit by bit. */
export function assertSameParameters(
  actual: ModelParameters,
  expected: ModelParameters,
  keepsNames: boolean,
): void {
  const typesOf = (parameters: ModelParameters) =>
    parameters.map(({ name, dtype, shape }, i) => [
      keepsNames ? name : String(i),
      dtype,
      [...shape],
    ]);
  assert.deepStrictEqual(typesOf(actual), typesOf(expected));
  for (const [i, tensor] of expected.entries()) {
    const isSame = Buffer.from(bytesOfTensor(actual[i]!)).equals(bytesOfTensor(tensor));
    assert.ok(isSame, `tensor ${i} (${tensor.dtype}) arrived with other bytes`);
  }
}
