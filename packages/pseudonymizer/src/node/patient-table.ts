/**
 * The user's own pseudonyms: a CSV file with the columns `old_patient_id` and `new_patient_id`. A lookup table of D-SAIL
 * is one too.
 *
 * @module
 */
import { readPatientColumn } from "./read-csv.js";

/** What can be written in any character set, and is one value of LO and one component of PN (PS3.5 6.2). */
const PSEUDONYM = /^(?!.*[\\^=])[ -~]{1,64}$/;
const MAX_CHARACTERS = 64;

/**
 * Reads a table of patients: Patient IDs to their pseudonyms, spaces around them taken off. One pseudonym may be that of
 * several Patient IDs, such as those of one patient in two hospitals.
 *
 * @throws {@link PseudonymizerError} `BAD_INPUT` if there is no such file, `PATIENT_TABLE` if it lacks a column or any
 *   row, has an empty Patient ID, a pseudonym that VR LO cannot hold, or two pseudonyms for one patient
 */
export function readPatientTable(path: string): ReadonlyMap<string, string> {
  return readPatientColumn(
    path,
    { code: "PATIENT_TABLE", name: "the patient table" },
    "new_patient_id",
    (text) => (isPseudonym(text) ? text : undefined),
    `1 to ${MAX_CHARACTERS} characters of ASCII without \\, ^ and =`,
  );
}

function isPseudonym(text: string): boolean {
  return PSEUDONYM.test(text);
}
