/**
 * Tags with digits that vary, which PS3.6 writes `x`: repeating groups such as `(60xx,3000)`
 * (PS3.5 7.6), and a few retired elements.
 *
 * @module
 */
import type { TagNumber } from "../tag.js";

/** The tags that agree in some of their bits: `(tag & mask) === value`. */
export interface TagRange {
  readonly mask: number;
  readonly value: number;
}

/**
 * The range in a text such as `(60xx,3000)`.
 *
 * A group that ends in `x` stands for even groups only: odd ones are private (PS3.5 7.8).
 *
 * @throws {@link TypeError} if the text is no tag with `x` for some of its digits
 */
export function parseTagRange(text: string): TagRange {
  const match = /^\(?([0-9a-fx]{4}),?([0-9a-fx]{4})\)?$/i.exec(text);
  if (match === null) throw new TypeError("text: expected a tag such as (60xx,3000)");
  const digits = `${match[1]}${match[2]}`.toLowerCase();
  const parity = digits[3] === "x" ? 0x10000 : 0;
  const mask = Number.parseInt(
    digits.replace(/./g, (digit) => (digit === "x" ? "0" : "f")),
    16,
  );
  return { mask: (mask | parity) >>> 0, value: Number.parseInt(digits.replace(/x/g, "0"), 16) };
}

/** Whether the tag is one of the range. */
export function isInTagRange(tag: TagNumber, range: TagRange): boolean {
  return (tag & range.mask) >>> 0 === range.value;
}

/**
 * The tag under which the dictionary has a repeating element: of `(6002,3000)` it is `(6000,3000)`.
 *
 * PS3.5 7.6 ends the repeating groups at 501E and 601E; the even ones above are taken for the same.
 *
 * @returns undefined for a tag that no `x` of PS3.6 covers; what it covers need not be an element
 */
export function firstRepetitionOf(tag: TagNumber): TagNumber | undefined {
  const group = tag >>> 16;
  switch (group & 0xff01) {
    case 0x5000: // curves
    case 0x6000: // overlays
    case 0x7f00: // variable pixel data
      return (tag & 0xff00ffff) >>> 0;
  }
  switch (tag & 0xffffff00) {
    case 0x00203100:
      return 0x00203100;
    case 0x00280400: // (0028,0400) to (0028,0403) are other attributes: x counts from 1.
      return (tag & 0xffffff0f) | 0x10;
    case 0x00280800:
      return tag & 0xffffff0f;
  }
  if (group === 0x1000) return 0x10000010 | (tag & 0xf);
  if (group === 0x1010) return 0x10100001;
  return undefined;
}
