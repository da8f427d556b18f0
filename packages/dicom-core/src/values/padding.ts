/**
 * From a value field of text to its values: which spaces and NULs are padding (PS3.5 6.2), and what
 * parts values.
 *
 * @module
 */
import type { VR } from "../vr.js";

/** VRs whose leading spaces are not significant either (PS3.5 Table 6.2-1). */
const PADDED_IN_FRONT: ReadonlySet<VR> = new Set<VR>(["AE", "CS", "DS", "IS", "LO", "SH"]);

/**
 * One value without padding.
 *
 * Trailing spaces are none of a value's in any VR. Nor are trailing NULs: PS3.5 has them for UI
 * only, but files have them everywhere.
 */
export function trimPadding(value: string, vr: VR): string {
  let start = 0;
  let end = value.length;
  while (end > 0 && isPadding(value.charCodeAt(end - 1))) end--;
  if (PADDED_IN_FRONT.has(vr)) while (start < end && value.charCodeAt(start) === 0x20) start++;
  return value.slice(start, end);
}

function isPadding(code: number): boolean {
  return code === 0x20 || code === 0;
}

/** The values of decoded text (PS3.5 6.4), none if there is no text at all. */
export function splitValues(text: string): readonly string[] {
  return text === "" ? [] : text.split("\\");
}
