/**
 * All that planning needs, made once of a key, a profile and its options.
 *
 * @module
 */
import type { TableOption } from "./action.js";
import { type CleanText, createCleanText, type DescriptorOptions } from "./clean-text.js";
import { type ContentItemRuleOf, contentItemRules } from "./content-item.js";
import { type CustomRule, type CustomRuleOf, customRules } from "./custom-rule.js";
import { PseudonymizerError } from "./errors.js";
import { createIdentifiersOf, type IdentifiersOf } from "./identifiers.js";
import { createIodAttributes, type IodAttributes } from "./iod-attributes.js";
import { createIodTypes, type IodTypes } from "./iod-types.js";
import { keyedHash } from "./keyed-hash.js";
import { type DateChange, dateChanges, type ModifiedDates } from "./modified-dates.js";
import { checkOptions } from "./option.js";
import { profileRules, type RuleOf } from "./profile.js";
import {
  DEFAULT_PSEUDONYM_FORMAT,
  type Pseudonym,
  type PseudonymFormat,
  pseudonym,
  pseudonymOfTable,
} from "./pseudonym.js";
import { keyedUid, type ReplaceUid, replaceUid } from "./replace-uid.js";
import { type PrivateElement, type SafePrivateOf, safePrivateElements } from "./safe-private.js";

/** The pseudonyms of patients. */
export type PatientPseudonyms =
  /** Made by HMAC under the key: the same everywhere, with no table. The default. */
  | { readonly kind: "keyed"; readonly format?: PseudonymFormat }
  /** From a table, by Patient ID; files of patients whom it lacks are refused. */
  | { readonly kind: "table"; readonly pseudonyms: ReadonlyMap<string, string> };

/** What is pseudonymized, and how. Plain data, but for rules that are functions. */
export interface PseudonymizationOptions {
  /** Secret of at least 32 bytes. The same key gives the same pseudonyms. */
  readonly key: Uint8Array;
  /** Options of PS3.15 Annex E. Default: none, the Basic Profile alone. */
  readonly options?: readonly TableOption[];
  /**
   * What becomes of attributes that no rule names. `remove` is the allow-list mode: only attributes of the instance's IOD
   * stay, and of their texts only words that are known to be safe. Default `keep`.
   */
  readonly unlisted?: "keep" | "remove";
  /** How dates are modified, where they are. Default: by up to ten years into the past, under the key. */
  readonly modifiedDates?: ModifiedDates;
  /** How descriptors are cleaned, where they are. */
  readonly descriptors?: DescriptorOptions;
  /** Private elements that are safe besides those of Table E.3.10-1; for the option `retainSafePrivate`. */
  readonly safePrivate?: readonly PrivateElement[];
  /** Rules that come before those of the standard; the later one decides. */
  readonly rules?: readonly CustomRule[];
  /** Default: keyed, 16 letters and digits. */
  readonly patientPseudonyms?: PatientPseudonyms;
}

/** Rules and keyed functions. */
export interface Pseudonymization {
  readonly options: ReadonlySet<TableOption>;
  /** Whether rules of the user's have a say. */
  readonly hasCustomRules: boolean;
  readonly ruleOf: RuleOf;
  readonly customRuleOf: CustomRuleOf | undefined;
  readonly contentItemRuleOf: ContentItemRuleOf;
  readonly safePrivateOf: SafePrivateOf;
  /** Types of attributes by SOP class, on which conditional actions depend. */
  readonly iodTypes: IodTypes;
  /** The attributes of each IOD, in allow-list mode. */
  readonly iodAttributes: IodAttributes | undefined;
  readonly replaceUid: ReplaceUid;
  /** A new UID for what has none, from bytes that tell it apart. */
  readonly hashUid: (bytes: Uint8Array) => string;
  readonly patientPseudonym: Pseudonym;
  /** Of patients whom a file mentions besides the one that it is of. */
  readonly otherPatientPseudonym: Pseudonym;
  /** Of an accession number, with its patient: two sites may use one number. */
  readonly accessionPseudonym: (patientId: string, accessionNumber: string) => string;
  readonly dateChangeOf: (patient: string) => DateChange;
  readonly cleanText: CleanText;
  readonly identifiersOf: IdentifiersOf;
}

/**
 * Prepares a profile under a key.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY`, `BAD_OPTION`, `BAD_RULE`; {@link RangeError} if a number is out of its range
 */
export function createPseudonymization({
  key,
  options = [],
  unlisted = "keep",
  modifiedDates,
  descriptors = {},
  safePrivate = [],
  rules = [],
  patientPseudonyms = { kind: "keyed" },
}: PseudonymizationOptions): Pseudonymization {
  const hash = keyedHash(key);
  const checked = checkOptions(options);
  assertOneOf("unlisted", unlisted, ["keep", "remove"]);
  assertOneOf("descriptors.level", descriptors.level ?? "strict", ["strict", "moderate"]);
  assertOneOf("patientPseudonyms.kind", patientPseudonyms.kind, ["keyed", "table"]);
  if (modifiedDates !== undefined && !checked.has("retainLongitudinalModifiedDates")) {
    throw new PseudonymizerError(
      "BAD_OPTION",
      "modifiedDates: dates are only modified with the option retainLongitudinalModifiedDates",
    );
  }
  if (safePrivate.length > 0 && !checked.has("retainSafePrivate")) {
    throw new PseudonymizerError("BAD_OPTION", "safePrivate: is for the option retainSafePrivate");
  }
  const keyed = pseudonym(hash, "PatientID", formatOf(patientPseudonyms));
  const accession = pseudonym(hash, "AccessionNumber");
  return {
    options: checked,
    hasCustomRules: rules.length > 0,
    ruleOf: profileRules(checked),
    customRuleOf: customRules(rules),
    contentItemRuleOf: contentItemRules(checked),
    safePrivateOf: safePrivateElements(safePrivate),
    iodTypes: createIodTypes(),
    iodAttributes: unlisted === "remove" ? createIodAttributes() : undefined,
    replaceUid: replaceUid(hash),
    hashUid: (bytes) => keyedUid(hash, bytes),
    patientPseudonym:
      patientPseudonyms.kind === "table" ? pseudonymOfTable(patientPseudonyms.pseudonyms) : keyed,
    otherPatientPseudonym:
      patientPseudonyms.kind === "table"
        ? (id) => patientPseudonyms.pseudonyms.get(id.trim()) ?? keyed(id)
        : keyed,
    accessionPseudonym: (patientId, accessionNumber) =>
      accessionNumber === "" ? "" : accession(`${patientId}\0${accessionNumber}`),
    dateChangeOf: dateChanges(modifiedDates ?? { kind: "keyed" }, hash),
    cleanText: createCleanText(descriptors),
    identifiersOf: createIdentifiersOf(checked, descriptors.identifiers),
  };
}

function assertOneOf(name: string, value: string, expected: readonly string[]): void {
  if (!expected.includes(value)) {
    throw new PseudonymizerError("BAD_OPTION", `${name}: expected one of ${expected.join(", ")}`);
  }
}

function formatOf(pseudonyms: PatientPseudonyms): PseudonymFormat {
  return (pseudonyms.kind === "keyed" ? pseudonyms.format : undefined) ?? DEFAULT_PSEUDONYM_FORMAT;
}
