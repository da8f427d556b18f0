/**
 * All that planning needs, made once of a key and a profile.
 *
 * @module
 */
import { createIodTypes, type IodTypes } from "./iod-types.js";
import { keyedHash } from "./keyed-hash.js";
import { basicProfile, type RuleOf } from "./profile.js";
import { type Pseudonym, pseudonym } from "./pseudonym.js";
import { formatUuidUid, type ReplaceUid, replaceUid } from "./replace-uid.js";

/** Rules and keyed functions. */
export interface Pseudonymization {
  readonly ruleOf: RuleOf;
  /** Types of attributes by SOP class, on which conditional actions depend. */
  readonly iodTypes: IodTypes;
  readonly replaceUid: ReplaceUid;
  /** A new UID for what has none, from bytes that tell it apart. */
  readonly hashUid: (bytes: Uint8Array) => string;
  readonly patientPseudonym: Pseudonym;
  /** Of an accession number, with its patient: two sites may use one number. */
  readonly accessionPseudonym: Pseudonym;
}

/**
 * Prepares the Basic Profile under a key.
 *
 * @param key - secret of at least 32 bytes; the same key gives the same pseudonyms
 * @throws {@link PseudonymizerError} `BAD_KEY`
 */
export function createPseudonymization(key: Uint8Array): Pseudonymization {
  const hash = keyedHash(key);
  return {
    ruleOf: basicProfile(),
    iodTypes: createIodTypes(),
    replaceUid: replaceUid(hash),
    hashUid: (bytes) => formatUuidUid(hash(bytes)),
    patientPseudonym: pseudonym(hash, "PatientID"),
    accessionPseudonym: pseudonym(hash, "AccessionNumber"),
  };
}
