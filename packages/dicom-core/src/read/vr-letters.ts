/**
 * VRs as explicit VR data sets spell them: two capital letters (PS3.5 7.1.2).
 *
 * @module
 */
import { isVR, type VR } from "../vr.js";

/** VRs by their two letters, `(first - 65) * 26 + second - 65`. */
const VR_BY_LETTERS: readonly (VR | undefined)[] = Array.from({ length: 26 * 26 }, (_, i) => {
  const letters = String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26));
  return isVR(letters) ? letters : undefined;
});
/** The VR of two bytes; null if they are capital letters but no VR; undefined if they are no letters. */
export function vrOfLetters(first: number, second: number): VR | null | undefined {
  if (first < 65 || first > 90 || second < 65 || second > 90) return undefined;
  return VR_BY_LETTERS[(first - 65) * 26 + second - 65] ?? null;
}
