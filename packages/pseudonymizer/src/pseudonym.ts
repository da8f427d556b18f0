/**
 * Pseudonyms of patients and their examinations: the same for the same identifier under the same key, or those of a table.
 *
 * @module
 */
import { PseudonymizerError } from "./errors.js";
import type { KeyedHash } from "./keyed-hash.js";

/** How pseudonyms look. */
export interface PseudonymFormat {
  /** What each begins with. Default: nothing. */
  readonly prefix?: string;
  /** Characters after the prefix. Prefix and they are at most 64 together, the length of LO. Default 16. */
  readonly length?: number;
  /** The characters, 2 to 64 different ones. Default: Crockford's base 32. */
  readonly alphabet?: string;
}

/** Crockford's base 32: no I, L, O, U, which are misread. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 80 bits: among a million patients two share a pseudonym with a chance of 4e-13. It fits SH (16 characters). */
export const DEFAULT_PSEUDONYM_FORMAT: PseudonymFormat = {
  prefix: "",
  length: 16,
  alphabet: ALPHABET,
};

/** Among a hundred thousand patients two share a pseudonym of 48 bits with a chance of 2e-5. */
const MIN_BITS = 48;

/** Characters of LO (PS3.5 6.2). */
const MAX_LENGTH = 64;

/** An identifier to its pseudonym. */
export type Pseudonym = (identifier: string) => string;

/**
 * Makes pseudonyms of one kind: those of different kinds have nothing in common, also where identifiers are equal.
 *
 * @param kind - what is identified, such as the attribute's keyword
 * @throws {@link RangeError} if the format allows too few, or too long ones
 */
export function pseudonym(
  hash: KeyedHash,
  kind: string,
  format: PseudonymFormat = DEFAULT_PSEUDONYM_FORMAT,
): Pseudonym {
  const { prefix = "", length = 16, alphabet = ALPHABET } = format;
  assertFormat(prefix, length, alphabet);
  const base = BigInt(alphabet.length);
  return (identifier) => {
    const trimmed = identifier.trim();
    if (trimmed === "") return "";
    let text = "";
    for (let block = 0; text.length < length; block++) {
      // The first hash is of the identifier alone; more are needed for more than a hash has bits.
      const bytes = hash(`${kind}\0${trimmed}${block === 0 ? "" : `\0${block}`}`);
      // A fraction of 128 bits, of which each multiplication brings a digit before the point.
      let fraction = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      for (let i = charactersOfBlock(base); i > 0 && text.length < length; i--) {
        fraction *= base;
        text += alphabet.charAt(Number(fraction >> 128n));
        fraction &= MASK;
      }
    }
    return prefix + text;
  };
}

const MASK = (1n << 128n) - 1n;

/** As many as leave 32 bits of a hash over, so that all characters are equally likely. */
function charactersOfBlock(base: bigint): number {
  return Math.floor(96 / Math.log2(Number(base)));
}

function assertFormat(prefix: string, length: number, alphabet: string): void {
  const characters = new Set(alphabet);
  if (!/^[\x21-\x7e]{2,64}$/.test(alphabet) || characters.size !== alphabet.length) {
    throw new RangeError("alphabet: expected 2 to 64 different characters of ASCII");
  }
  if (
    !/^[\x20-\x7e]*$/.test(prefix) ||
    /[\\^=]/.test(prefix + alphabet) ||
    prefix !== prefix.trim()
  ) {
    throw new RangeError("prefix, alphabet: expected ASCII without \\, ^, = and outer spaces");
  }
  if (!Number.isInteger(length) || length < 1 || prefix.length + length > MAX_LENGTH) {
    throw new RangeError(`length: expected an integer, at most ${MAX_LENGTH} with the prefix`);
  }
  if (length * Math.log2(alphabet.length) < MIN_BITS) {
    throw new RangeError(
      `length: expected ${Math.ceil(MIN_BITS / Math.log2(alphabet.length))} or more: with fewer characters two patients may become one`,
    );
  }
}

/**
 * Makes pseudonyms at random, from the platform's cryptographic source.
 *
 * @throws {@link RangeError} if the format allows too few, or too long ones
 */
export function randomPseudonym(format: PseudonymFormat = DEFAULT_PSEUDONYM_FORMAT): () => string {
  const random = pseudonym(() => globalThis.crypto.getRandomValues(new Uint8Array(16)), "", format);
  return () => random("at random");
}

/**
 * Pseudonyms of a table.
 *
 * The function returned throws {@link PseudonymizerError} `PATIENT_UNKNOWN` for an identifier that the table lacks.
 */
export function pseudonymOfTable(table: ReadonlyMap<string, string>): Pseudonym {
  return (identifier) => {
    const found = table.get(identifier.trim());
    if (found !== undefined) return found;
    throw new PseudonymizerError("PATIENT_UNKNOWN", "the table of patients has no such patient");
  };
}
