/**
 * Action U (PS3.15 Annex E): in the place of a UID another one, the same wherever the same UID occurs, in this file or in
 * any other that is pseudonymized under the same key.
 *
 * @module
 */
import type { KeyedHash } from "./keyed-hash.js";

/**
 * UIDs under the standard's root name what it defines, never an instance. They are short (PS3.6 Annex A: at most 8 numbers
 * of 4 digits), so that a writer's own date, number or name behind the root is told apart.
 */
const STANDARD_UID = /^1\.2\.840\.10008(?:\.(?:0|[1-9]\d{0,4})){1,9}$/;

/** An old UID to a new one. */
export type ReplaceUid = (uid: string) => string;

/**
 * Makes action U for one key.
 *
 * The new UID is `2.25.` and a UUID (PS3.5 B.2) made of HMAC-SHA-256(key, old UID): nobody without the key can map it
 * back or test a guess, and no table has to be kept, shared or lost.
 *
 * @param cacheSize - UIDs remembered, since those of studies and series come again and again
 */
export function replaceUid(hash: KeyedHash, cacheSize = 10_000): ReplaceUid {
  const known = new Map<string, string>();
  return (uid) => {
    if (uid === "" || STANDARD_UID.test(uid)) return uid;
    let replaced = known.get(uid);
    if (replaced === undefined) {
      replaced = keyedUid(hash, uid);
      if (known.size >= cacheSize) known.clear();
      known.set(uid, replaced);
    }
    return replaced;
  };
}

/** Eight digits that may be taken for a date, by those who look for dates that were left. */
const DATE_LIKE = /(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/;

/** The UID of what is hashed: the first that has nothing like a date in it; one of 40 has. */
export function keyedUid(hash: KeyedHash, of: string | Uint8Array): string {
  let bytes = hash(of);
  for (;;) {
    const uid = formatUuidUid(bytes);
    if (!DATE_LIKE.test(uid)) return uid;
    bytes = hash(bytes);
  }
}

/** `2.25.` and the decimal number of a UUID whose free bits are `bytes` (16 of them). */
export function formatUuidUid(bytes: Uint8Array): string {
  const view = new DataView(new Uint8Array(bytes).buffer);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x80); // version 8 (RFC 9562 5.8): made by the application
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80); // variant (RFC 9562 4.1)
  return `2.25.${(view.getBigUint64(0) << 64n) | view.getBigUint64(8)}`;
}
