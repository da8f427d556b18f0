/**
 * Pseudonyms of patients and their examinations: letters and digits, the same for the same identifier under the same key.
 *
 * @module
 */
import type { KeyedHash } from "./keyed-hash.js";

/** Crockford's base 32: no I, L, O, U, which are misread. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 80 bits: among a million patients two share a pseudonym with a chance of 4e-13. It fits SH (16 characters). */
const LENGTH = 16;

/** An identifier to its pseudonym. */
export type Pseudonym = (identifier: string) => string;

/**
 * Makes pseudonyms of one kind: those of different kinds have nothing in common, also where identifiers are equal.
 *
 * @param kind - what is identified, such as the attribute's keyword
 */
export function pseudonym(hash: KeyedHash, kind: string): Pseudonym {
  return (identifier) => {
    const trimmed = identifier.trim();
    if (trimmed === "") return "";
    const bytes = hash(`${kind}\0${trimmed}`);
    let bits = 0;
    let held = 0;
    let text = "";
    for (let i = 0; text.length < LENGTH; ) {
      if (held < 5) {
        bits = (bits << 8) | (bytes[i++] as number);
        held += 8;
        continue;
      }
      held -= 5;
      text += ALPHABET[(bits >>> held) & 31];
      bits &= (1 << held) - 1;
    }
    return text;
  };
}
