/**
 * Byte order of values: PS3.5 7.3.
 *
 * @module
 */
import { type VR, VRS } from "./vr.js";

/** A value field in the other byte order: a copy, unless the VR has none. */
export function swapBytes(vr: VR, bytes: Uint8Array): Uint8Array {
  // A tag is a pair of 16-bit numbers (PS3.5 6.2, AT).
  const unit = vr === "AT" ? 2 : VRS[vr].unitBytes;
  if (unit < 2) return bytes;
  // Not slice, which makes no copy of a Buffer.
  const swapped = new Uint8Array(bytes);
  for (let at = 0; at + unit <= swapped.length; at += unit) {
    swapped.subarray(at, at + unit).reverse();
  }
  return swapped;
}
