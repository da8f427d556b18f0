/**
 * HMAC-SHA-256 under one key (RFC 2104, FIPS 198-1), and the pseudonyms made of it.
 *
 * Keyed, since an unkeyed hash of an identifier is undone by hashing all candidates (PS3.15 E.1.1).
 *
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { assertKey } from "./key.js";

/** The first 16 bytes of the HMAC of a text. */
export type KeyedHash = (text: string | Uint8Array) => Uint8Array;

/**
 * Prepares a key, so that each hash costs as little as an unkeyed one.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY`
 */
export function keyedHash(key: Uint8Array): KeyedHash {
  assertKey(key);
  const prepared = hmac.create(sha256, key);
  const encoder = new TextEncoder();
  return (text) => {
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    return prepared.clone().update(bytes).digest().subarray(0, 16);
  };
}
