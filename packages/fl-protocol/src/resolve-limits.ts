/**
 * Limits with their defaults, and what they say of a tensor.
 *
 * @module
 */
import { FlError } from "./errors.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import { BYTES_PER_ELEMENT, type TensorSpec } from "./tensor.js";

/**
 * All limits, by default those of {@link DEFAULT_LIMITS}.
 *
 * @throws {@link RangeError} if one is not a number of 0 or more
 */
export function limitsOf(limits: Limits = {}): Required<Limits> {
  const all = { ...DEFAULT_LIMITS, ...limits };
  for (const [name, limit] of Object.entries(all)) {
    if (!(limit >= 0)) throw new RangeError(`limits.${name}: expected 0 or more, got ${limit}`);
  }
  return all;
}

/**
 * How many bytes the elements of a tensor take, if it may be that many. For shapes from outside: what `byteLengthOf`
 * computes of those may be no number.
 *
 * @throws {@link FlError} `LIMIT_EXCEEDED` for more dimensions or bytes than allowed; `BAD_TENSOR` for a size that is no
 *   integer of 0 or more
 */
export function byteLengthWithin(
  { name, dtype, shape }: TensorSpec,
  { maxDimensions, maxMessageBytes }: Required<Limits>,
): number {
  const what = `tensor ${quoteName(name)}`;
  if (shape.length > maxDimensions) {
    throw new FlError(
      "LIMIT_EXCEEDED",
      `${what}: ${shape.length} dimensions, ${maxDimensions} allowed`,
    );
  }
  let [count, isEmpty] = [1, false];
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new FlError("BAD_TENSOR", `${what}: a size is not an integer of 0 to 2^53 - 1`);
    }
    // As numpy: sizes beside a 0 have to be possible, too.
    if (size === 0) isEmpty = true;
    else count *= size;
  }
  const bytes = count * BYTES_PER_ELEMENT[dtype];
  if (!(bytes <= Number.MAX_SAFE_INTEGER)) {
    throw new FlError("LIMIT_EXCEEDED", `${what}: more elements than can be counted`);
  }
  if (!isEmpty && bytes > maxMessageBytes) {
    throw new FlError("LIMIT_EXCEEDED", `${what}: ${bytes} bytes, ${maxMessageBytes} allowed`);
  }
  return isEmpty ? 0 : bytes;
}

/**
 * How many bytes the elements of all tensors take, if there may be that many.
 *
 * @throws {@link FlError} as {@link byteLengthWithin}; `LIMIT_EXCEEDED` for more tensors, or longer names, than allowed
 */
export function assertWithinLimits(specs: readonly TensorSpec[], limits: Required<Limits>): number {
  if (specs.length > limits.maxTensors) {
    throw new FlError(
      "LIMIT_EXCEEDED",
      `${specs.length} tensors, ${limits.maxTensors} are allowed`,
    );
  }
  let total = 0;
  for (const [i, spec] of specs.entries()) {
    // UTF-16 units: never more than the bytes.
    if (spec.name.length > limits.maxScalarBytes) {
      throw new FlError("LIMIT_EXCEEDED", `the name of tensor ${i} is longer than allowed`);
    }
    total += byteLengthWithin(spec, limits);
    if (total > limits.maxMessageBytes) {
      throw new FlError("LIMIT_EXCEEDED", `more than ${limits.maxMessageBytes} bytes of tensors`);
    }
  }
  return total;
}

/** A name for a message: in quotes, and not longer than a line. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 79)}…` : name);
}
