/**
 * Base64 (RFC 4648, section 4) of bytes, in pieces, since a text of one character per byte of an
 * image would be huge.
 *
 * @module
 */
import { decodeLatin1 } from "../character-set.js";

/** Bytes as base64, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const CHUNK = 3 * 4096; // a multiple of 3, so that no piece but the last is padded
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK) {
    pieces.push(btoa(decodeLatin1(bytes.subarray(i, i + CHUNK))));
  }
  return pieces.join("");
}

/** The bytes of a base64 text; undefined if it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const compact = text.replace(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  const padding = compact.endsWith("==") ? 2 : compact.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((compact.length / 4) * 3 - padding);
  const CHUNK = 4 * 4096;
  for (let i = 0, at = 0; i < compact.length; i += CHUNK) {
    const piece = atob(compact.slice(i, i + CHUNK));
    for (let k = 0; k < piece.length; k++) bytes[at++] = piece.charCodeAt(k);
  }
  return bytes;
}
