/**
 * The project key: whoever has it can make, and test, the same pseudonyms.
 *
 * @module
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { PseudonymizerError } from "./errors.js";

/** Bytes that a key has at least: as many as HMAC-SHA-256 gives security (RFC 2104, 3). */
export const MIN_KEY_BYTES = 32;

/** A new key, from the platform's cryptographic source. */
export function generateKey(): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(MIN_KEY_BYTES));
}

/** A key as a key file holds it: hexadecimal digits and a line end. */
export function formatKey(key: Uint8Array): string {
  return `${bytesToHex(key)}\n`;
}

/**
 * The key in the text of a key file.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY` if it is no hexadecimal text of at least 32 bytes
 */
export function parseKey(text: string): Uint8Array {
  const digits = text.trim();
  // Neither the message nor the error tells anything of what was there: it may be a key, mistyped.
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    throw new PseudonymizerError("BAD_KEY", "key: expected hexadecimal digits only, in pairs");
  }
  if (digits.length < 2 * MIN_KEY_BYTES) {
    throw new PseudonymizerError(
      "BAD_KEY",
      `key: expected at least ${2 * MIN_KEY_BYTES} hexadecimal digits`,
    );
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @throws {@link PseudonymizerError} `BAD_KEY` if the key is shorter than {@link MIN_KEY_BYTES}, or all of its bytes are the same */
export function assertKey(key: Uint8Array): void {
  if (key.length < MIN_KEY_BYTES) {
    throw new PseudonymizerError(
      "BAD_KEY",
      `key: expected at least ${MIN_KEY_BYTES} bytes, got ${key.length}`,
    );
  }
  if (key.every((byte) => byte === key[0])) {
    throw new PseudonymizerError("BAD_KEY", "key: all bytes are the same; generate one");
  }
}
