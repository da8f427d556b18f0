/**
 * The user's own date offsets: a CSV file with the columns `old_patient_id` and `days`.
 *
 * @module
 */
import { readPatientColumn } from "./read-csv.js";

/** A hundred years. */
const MAX_DAYS = 36_525;

/**
 * Reads a table of date offsets: Patient IDs, spaces around them taken off, to the days that are added to their dates.
 *
 * @throws {@link PseudonymizerError} `BAD_INPUT` if there is no such file, `DATE_OFFSET_TABLE` if it lacks a column or
 *   any row, has an empty Patient ID, days that are no whole number within a hundred years, or two offsets for one patient
 */
export function readDateOffsetTable(path: string): ReadonlyMap<string, number> {
  return readPatientColumn(
    path,
    { code: "DATE_OFFSET_TABLE", name: "the date offset table" },
    "days",
    parseDays,
    `a whole number from -${MAX_DAYS} to ${MAX_DAYS}`,
  );
}

function parseDays(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const days = Number(text);
  if (Math.abs(days) > MAX_DAYS) return undefined;
  // "-0" is no offset either.
  return days === 0 ? 0 : days;
}
