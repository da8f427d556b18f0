/**
 * Tags as texts in which an `x` is any digit, as PS3.6 writes repeating groups.
 *
 * @module
 */
import type { RuleMatch } from "./custom-rule.js";

/** One tag, or all that fit a mask. */
export type TagPattern = Pick<RuleMatch, "tag" | "range">;

/** `(0008,1030)`, `0008,1030`, `00081030`, or with `x` for any digit; undefined if it is none of these. */
export function parseTagPattern(text: string): TagPattern | undefined {
  const match = /^(?=\(.*\)$|[^()]*$)\(?([0-9a-fx]{4}),?([0-9a-fx]{4})\)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const digits = `${match[1]}${match[2]}`.toLowerCase();
  const value = Number.parseInt(digits.replaceAll("x", "0"), 16);
  if (!digits.includes("x")) return { tag: value };
  return {
    range: { mask: Number.parseInt(digits.replace(/[^x]/g, "f").replaceAll("x", "0"), 16), value },
  };
}
