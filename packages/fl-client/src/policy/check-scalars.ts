/**
 * Scalars, held against what a policy lists.
 *
 * @module
 */
import type { Scalar, Scalars } from "@dsail/fl-protocol";
import { matchesPattern } from "./name-pattern.js";
import type { ScalarRule, ScalarType } from "./site-policy.js";

const DEFAULT_TYPES: readonly ScalarType[] = ["boolean", "number", "integer"];

/** Why the first scalar that fits no rule does not; undefined if all do. */
export function findUnlisted(scalars: Scalars, rules: readonly ScalarRule[]): string | undefined {
  for (const [name, value] of Object.entries(scalars)) {
    const reason = reasonAgainst(name, value, rules);
    if (reason !== undefined) return `${quote(name)}: ${reason}`;
  }
  return undefined;
}

/** Those that fit a rule, and the names of the others. */
export function splitListed(
  scalars: Scalars,
  rules: readonly ScalarRule[],
): { readonly listed: Scalars; readonly dropped: readonly string[] } {
  const listed = Object.create(null) as Record<string, Scalar>;
  const dropped: string[] = [];
  for (const [name, value] of Object.entries(scalars)) {
    if (reasonAgainst(name, value, rules) === undefined) listed[name] = value;
    else dropped.push(name);
  }
  return { listed, dropped };
}

/** Bytes that scalars take, about: names, texts and bytes as they are, numbers as 8. */
export function byteLengthOfScalars(scalars: Scalars): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(scalars)) {
    bytes += lengthOfText(name);
    if (typeof value === "string") bytes += lengthOfText(value);
    else bytes += value instanceof Uint8Array ? value.length : 8;
  }
  return bytes;
}

/** A name for a message, not longer than a line. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 79)}…` : name);
}

function reasonAgainst(
  name: string,
  value: Scalar,
  rules: readonly ScalarRule[],
): string | undefined {
  const named = rules.filter((rule) => matchesPattern(rule.name, name));
  if (named.length === 0) return "it is not listed";
  const type = typeOf(value);
  const typed = named.filter(({ types = DEFAULT_TYPES }) => types.includes(type));
  if (typed.length === 0) return `it is of type ${type}`;
  return typed.some((rule) => isWithin(value, rule)) ? undefined : "it is out of its range";
}

/** Numbers alone have a range; NaN is in none. */
function isWithin(value: Scalar, { minimum, maximum }: ScalarRule): boolean {
  if (typeof value !== "number" && typeof value !== "bigint") return true;
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
}

function typeOf(value: Scalar): ScalarType {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "number":
      return "number";
    case "bigint":
      return "integer";
    case "string":
      return "text";
    default:
      return "bytes";
  }
}

function lengthOfText(text: string): number {
  return new TextEncoder().encode(text).length;
}
