/**
 * Tensors, held against what a policy lists.
 *
 * @module
 */
import {
  assertSameStructure,
  byteLengthOf,
  type Dtype,
  isFlError,
  type ModelParameters,
  type TensorSpec,
} from "@dsail/fl-protocol";
import { quote } from "./check-scalars.js";
import { matchesPattern } from "./name-pattern.js";
import type { TensorRule } from "./site-policy.js";

const DEFAULT_DTYPES: readonly Dtype[] = ["float16", "bfloat16", "float32", "float64"];

/** Why the first tensor that fits no rule does not; undefined if all do. */
export function findUnlistedTensor(
  parameters: ModelParameters,
  rules: readonly TensorRule[],
): string | undefined {
  for (const tensor of parameters) {
    const named = rules.filter(({ name }) => matchesPattern(name, tensor.name));
    const typed = named.filter(({ dtypes = DEFAULT_DTYPES }) => dtypes.includes(tensor.dtype));
    const what = quote(tensor.name);
    if (named.length === 0) return `${what} is not listed`;
    if (typed.length === 0) return `${what} is of dtype ${tensor.dtype}`;
    if (!typed.some((rule) => hasShape(tensor.shape, rule))) {
      return `${what} is of shape [${tensor.shape.join(", ")}]`;
    }
    // What leaves is the data, whatever the shape says.
    if (tensor.data.byteLength !== byteLengthOf(tensor)) {
      return `${what} holds other than its shape says`;
    }
  }
  return undefined;
}

/** How the tensors of a fit differ from those that it was given; undefined if they don't. */
export function findDifference(
  parameters: ModelParameters,
  given: readonly TensorSpec[],
): string | undefined {
  try {
    // The given ones may have come without names.
    assertSameStructure(parameters, given, { ignoreNames: true });
    return undefined;
  } catch (error) {
    if (isFlError(error)) return error.message;
    throw error;
  }
}

/** Bytes of tensors with their names. */
export function byteLengthOfTensors(parameters: ModelParameters): number {
  return parameters.reduce(
    (sum, { name, data }) => sum + data.byteLength + new TextEncoder().encode(name).length,
    0,
  );
}

function hasShape(shape: readonly number[], { shapes }: TensorRule): boolean {
  if (shapes === undefined) return true;
  return shapes.some(
    (pattern) =>
      pattern.length === shape.length &&
      pattern.every((size, i) => size === "*" || size === shape[i]),
  );
}
