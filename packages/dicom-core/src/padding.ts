/**
 * From a value field of text to its values: which spaces and NULs are padding (PS3.5 6.2), and what
 * parts values.
 *
 * @module
 */
import type { VR } from "./vr.js";

/** VRs whose leading spaces are not significant either (PS3.5 Table 6.2-1). */
const PADDED_IN_FRONT: ReadonlySet<VR> = new Set<VR>(["AE", "CS", "DS", "IS", "LO", "SH"]);

/**
 * One value without padding.
 *
 * Trailing spaces are none of a value's in any VR. Nor are trailing NULs: PS3.5 has them for UI
 * only, but files have them everywhere.
 */
export function trimPadding(value: string, vr: VR): string {
  const text = trimTrailing(value, PADDING);
  if (!PADDED_IN_FRONT.has(vr)) return text;
  let start = 0;
  while (text.charCodeAt(start) === 0x20) start++;
  return text.slice(start);
}

/** Spaces and NULs. */
export const PADDING = " \0";

/**
 * A text without certain characters at its end. No regular expression: one for that takes time with the square of the
 * length, which a file decides.
 */
export function trimTrailing(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The values of decoded text (PS3.5 6.4), none if there is no text at all. */
export function splitValues(text: string): readonly string[] {
  return text === "" ? [] : text.split("\\");
}
