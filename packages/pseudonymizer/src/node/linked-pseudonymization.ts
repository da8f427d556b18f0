/**
 * A pseudonymization with what lies on disk: the lookup table, and pseudonyms at random, which only it can tell again.
 *
 * @module
 */
import { PseudonymizerError } from "../errors.js";
import type { PatientLink } from "../patient-link.js";
import { type PseudonymFormat, randomPseudonym } from "../pseudonym.js";
import {
  createPseudonymization,
  type PatientPseudonyms,
  type Pseudonymization,
  type PseudonymizationOptions,
} from "../pseudonymization.js";
import { type LookupTable, openLookupTable } from "./lookup-table.js";

/** What is pseudonymized, and how, with files beside it. */
export interface LinkedPseudonymizationOptions
  extends Omit<PseudonymizationOptions, "patientPseudonyms"> {
  /** As in `PseudonymizationOptions`; or at random, kept in the lookup table. */
  readonly patientPseudonyms?:
    | PatientPseudonyms
    | { readonly kind: "random"; readonly format?: PseudonymFormat };
  /**
   * The path of a lookup table, by which pseudonyms can be undone: CSV with the columns `old_patient_id`,
   * `new_patient_id`, `old_accession_number`, `new_accession_number`. Made with mode 0600, or added to. It is as secret
   * as the images, and belongs nowhere near the output.
   */
  readonly lookup?: string;
}

/** A {@link Pseudonymization}, and where links are recorded. */
export interface LinkedPseudonymization extends Pseudonymization {
  /** Records a link, before the file that it is of is written; does nothing without a table. */
  readonly record: (link: PatientLink) => void;
}

/**
 * Prepares a profile under a key.
 *
 * @throws {@link PseudonymizerError} as `createPseudonymization`; `LOOKUP_TABLE`; `BAD_OPTION` if pseudonyms at random have no table
 */
export function createLinkedPseudonymization({
  lookup,
  patientPseudonyms,
  ...options
}: LinkedPseudonymizationOptions): LinkedPseudonymization {
  const table = lookup === undefined ? undefined : openLookupTable(lookup);
  const record = (link: PatientLink) => {
    // A file that names nobody is nobody's.
    if (link.oldPatientId !== "" || link.oldAccessionNumber !== "") table?.record(link);
  };
  if (patientPseudonyms?.kind !== "random") {
    const pseudonymization = createPseudonymization({
      ...options,
      ...(patientPseudonyms === undefined ? {} : { patientPseudonyms }),
    });
    return { ...pseudonymization, record };
  }
  const { format } = patientPseudonyms;
  const random = randomPseudonyms(table, format);
  const pseudonymization = createPseudonymization(options);
  return {
    ...pseudonymization,
    patientPseudonym: random,
    otherPatientPseudonym: random,
    record,
  };
}

function randomPseudonyms(
  table: LookupTable | undefined,
  format: PseudonymFormat | undefined,
): (patientId: string) => string {
  if (table === undefined) {
    throw new PseudonymizerError(
      "BAD_OPTION",
      "pseudonyms at random need a lookup table: nothing else tells them again",
    );
  }
  const make = randomPseudonym(format);
  return (patientId) => {
    const trimmed = patientId.trim();
    return trimmed === "" ? "" : table.patientIdOf(trimmed, make);
  };
}
