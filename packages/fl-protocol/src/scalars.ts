/**
 * Configs, metrics and properties from outside, or for the outside.
 *
 * @module
 */
import { FlError } from "./errors.js";
import type { Limits } from "./limits.js";
import type { Scalar, Scalars } from "./message.js";
import { limitsOf, quoteName } from "./resolve-limits.js";
import { isWellFormed } from "./well-formed.js";

/** The integers that a wire can hold: those of int64 and those of uint64. */
const [MIN_INTEGER, MAX_INTEGER] = [-(2n ** 63n), 2n ** 64n - 1n];

/**
 * A checked copy, of no prototype: a key `__proto__` is a key as any other. Bytes are copied too.
 *
 * @throws {@link FlError} `BAD_MESSAGE` for a value that is no {@link Scalar}, an integer out of range, and texts with half
 *   of a surrogate pair; `LIMIT_EXCEEDED`
 */
export function scalarsOf(value: unknown, limits?: Limits): Scalars {
  const { maxScalars, maxScalarBytes } = limitsOf(limits);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FlError("BAD_MESSAGE", "scalars: expected an object of keys and values");
  }
  const entries = Object.entries(value);
  if (entries.length > maxScalars) {
    throw new FlError("LIMIT_EXCEEDED", `${entries.length} scalars, ${maxScalars} allowed`);
  }
  const copy = Object.create(null) as Record<string, Scalar>;
  for (const [key, scalar] of entries) {
    if (!isWellFormed(key)) throw new FlError("BAD_MESSAGE", "a key that is no text");
    if (byteLengthOfText(key) > maxScalarBytes) {
      throw new FlError("LIMIT_EXCEEDED", "a key that is longer than allowed");
    }
    copy[key] = scalarOf(scalar, key, maxScalarBytes);
  }
  return copy;
}

function scalarOf(value: unknown, key: string, maxBytes: number): Scalar {
  const bad = (what: string) => new FlError("BAD_MESSAGE", `scalar ${quoteName(key)}: ${what}`);
  const assertLength = (length: number) => {
    if (length <= maxBytes) return;
    throw new FlError("LIMIT_EXCEEDED", `scalar ${quoteName(key)}: longer than allowed`);
  };
  switch (typeof value) {
    case "boolean":
    case "number":
      return value;
    case "bigint":
      if (value < MIN_INTEGER || value > MAX_INTEGER) throw bad("an integer beyond 64 bits");
      return value;
    case "string":
      assertLength(byteLengthOfText(value));
      if (!isWellFormed(value)) throw bad("half of a surrogate pair");
      return value;
    default:
      if (!(value instanceof Uint8Array)) throw bad("neither a number, bool, text nor bytes");
      assertLength(value.length);
      return new Uint8Array(value);
  }
}

function byteLengthOfText(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
