/**
 * Tags as D-SAIL has them: tuples of a group and an element, or of these and their masks.
 *
 * Python evaluated what it was given; here only these forms are read.
 *
 * @module
 */
import { PseudonymizerError } from "../errors.js";
import { parseTagPattern, type TagPattern } from "../tag-pattern.js";

/**
 * `"(0010,0020)"`, or `"(60xx,3000)"` with an `x` for any digit; `"(0x0010, 0x0020)"`, as Python writes it, also with two
 * masks behind it; or the numbers of such a tuple.
 */
export type DsailTag = string | readonly number[];

/** `(0x60, 0x3000)`, `[0x60, 0x3000]`: two to four hexadecimal numbers. Decimal ones could be misread as `(0010,0020)`. */
const TUPLE =
  /^[([]\s*0x([0-9a-f]{1,4})\s*,\s*0x([0-9a-f]{1,4})\s*(?:,\s*0x([0-9a-f]{1,4})\s*,\s*0x([0-9a-f]{1,4})\s*)?,?\s*[)\]]$/i;

/**
 * A tag, or the tags of a range.
 *
 * @throws {@link PseudonymizerError} `BAD_RULE` if it is neither
 */
export function parseDsailTag(tag: DsailTag): TagPattern {
  const pattern = typeof tag === "string" ? parseText(tag) : parseNumbers(tag);
  if (pattern === undefined) {
    throw new PseudonymizerError(
      "BAD_RULE",
      "tag: expected such as (0x0010, 0x0020), (0010,0020) or (60xx,3000)",
    );
  }
  return pattern;
}

/** The one text for all forms of a tag, such as `(0010,0020)`: the keys of actions. */
export function formatDsailTag(tag: DsailTag): string {
  const { tag: single, range } = parseDsailTag(tag);
  const digits = hex(range?.value ?? single ?? 0);
  const mask = hex(range?.mask ?? 0xffffffff);
  const text = [...digits].map((digit, i) => (mask[i] === "F" ? digit : "x")).join("");
  return `(${text.slice(0, 4)},${text.slice(4)})`;
}

function parseText(text: string): TagPattern | undefined {
  const tuple = TUPLE.exec(text.trim());
  if (tuple === null) return parseTagPattern(text);
  return parseNumbers(
    tuple
      .slice(1)
      .filter((part) => part !== undefined)
      .map((part) => Number.parseInt(part, 16)),
  );
}

function parseNumbers(numbers: readonly number[]): TagPattern | undefined {
  const [group, element, groupMask = 0xffff, elementMask = 0xffff] = numbers;
  if ((numbers.length !== 2 && numbers.length !== 4) || !numbers.every(isWord)) return undefined;
  if (group === undefined || element === undefined) return undefined;
  const mask = join(groupMask, elementMask);
  // Masks are of whole digits, as in the standard's own 50xx and 60xx.
  if (!/^[0F]{8}$/.test(hex(mask))) return undefined;
  const value = (join(group, element) & mask) >>> 0;
  return mask === 0xffffffff ? { tag: value } : { range: { mask, value } };
}

function isWord(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 0xffff;
}

function join(group: number, element: number): number {
  return group * 0x10000 + element;
}

function hex(number: number): string {
  return number.toString(16).toUpperCase().padStart(8, "0");
}
