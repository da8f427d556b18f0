/**
 * Scalars as JSON, without loss: `1` and `1n`, NaN, −0, bytes, and keys of any kind.
 *
 * @module
 */
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Scalar, Scalars } from "../message.js";
import { scalarsOf } from "../scalars.js";
import { badMessage } from "./frame.js";

/** Key, type and value. A list, since keys of objects that look like integers change their places. */
export type ScalarJson = readonly [string, "b" | "n" | "i" | "s" | "x", boolean | number | string];

/** Numbers that JSON has not. */
const BEYOND_JSON: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

/** A double as JSON. */
export function encodeNumber(value: number): number | string {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}

/** A double from JSON. @throws {@link FlError} `BAD_MESSAGE` */
export function decodeNumber(value: unknown): number {
  const number = typeof value === "string" ? BEYOND_JSON.get(value) : value;
  if (typeof number !== "number") throw badMessage("a number is expected");
  return number;
}

/** Scalars as JSON. */
export function encodeScalars(scalars: Scalars): readonly ScalarJson[] {
  return Object.entries(scalars).map(([key, value]): ScalarJson => {
    switch (typeof value) {
      case "boolean":
        return [key, "b", value];
      case "number":
        return [key, "n", encodeNumber(value)];
      case "bigint":
        return [key, "i", String(value)];
      case "string":
        return [key, "s", value];
      default:
        return [
          key,
          "x",
          Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64"),
        ];
    }
  });
}

/** Scalars from JSON. @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED` */
export function decodeScalars(value: unknown, limits: Required<Limits>): Scalars {
  if (!Array.isArray(value)) throw badMessage("a list of scalars is expected");
  if (value.length > limits.maxScalars) {
    throw new FlError(
      "LIMIT_EXCEEDED",
      `${value.length} scalars, ${limits.maxScalars} are allowed`,
    );
  }
  const scalars = Object.create(null) as Record<string, Scalar>;
  for (const entry of value as readonly unknown[]) {
    if (!Array.isArray(entry) || entry.length !== 3) throw badMessage("a scalar is not of three");
    const [key, type, json] = entry as readonly unknown[];
    if (typeof key !== "string" || Object.hasOwn(scalars, key)) {
      throw badMessage("a key that is none, or that occurs twice");
    }
    scalars[key] = decodeScalar(type, json, limits);
  }
  return scalarsOf(scalars, limits);
}

function decodeScalar(type: unknown, json: unknown, { maxScalarBytes }: Required<Limits>): Scalar {
  if (type === "b" && typeof json === "boolean") return json;
  if (type === "n") return decodeNumber(json);
  if (typeof json === "string") {
    if (type === "s") return json;
    // 20 digits hold every integer of 64 bits; scalarsOf looks at the rest.
    if (type === "i" && /^-?\d{1,20}$/.test(json)) return BigInt(json);
    if (type === "x") {
      if (json.length > 4 * Math.ceil(maxScalarBytes / 3)) {
        throw new FlError("LIMIT_EXCEEDED", "a scalar of bytes is longer than allowed");
      }
      const bytes = Buffer.from(json, "base64");
      if (bytes.toString("base64") === json) return bytes;
    }
  }
  throw badMessage("a scalar is of no type that is known");
}
