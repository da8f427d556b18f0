/**
 * The error of this package: work that is refused.
 *
 * @module
 */

/** Why. Part of the API (semver). */
export type PseudonymizerErrorCode =
  /** A key that is missing, too short, or not hexadecimal. */
  | "BAD_KEY"
  /** A DICOMDIR: it has to be made anew from the pseudonymized files (PS3.15 E.1.1). */
  | "DICOMDIR"
  /** A sequence occurs twice in a data set (PS3.5 7.1): which of them an edit is meant for could not be told. */
  | "DUPLICATE_SEQUENCE"
  /** Input and output are one folder, or one lies in the other. */
  | "FOLDERS_OVERLAP"
  /** An option that is not known, not offered, or excluded by another. */
  | "BAD_OPTION"
  /** A rule that cannot be understood. */
  | "BAD_RULE"
  /** A patient whom a table does not have that has to have all. */
  | "PATIENT_UNKNOWN"
  /** A lookup table that is broken, locked for too long, or says otherwise than the new row. */
  | "LOOKUP_TABLE"
  /** A table of patients and their pseudonyms that is broken or contradicts itself. */
  | "PATIENT_TABLE"
  /** A table of patients and their date offsets that is broken or contradicts itself. */
  | "DATE_OFFSET_TABLE"
  /** What should be read, or written to, is not there or of another kind. */
  | "BAD_INPUT";

/** Work that is refused. Never carries an element's value, a key, or the path of a file. */
export class PseudonymizerError extends Error {
  override readonly name = "PseudonymizerError";
  readonly code: PseudonymizerErrorCode;

  constructor(code: PseudonymizerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Tells a {@link PseudonymizerError}, also one of another copy of this package. */
export function isPseudonymizerError(error: unknown): error is PseudonymizerError {
  return error instanceof Error && error.name === "PseudonymizerError" && "code" in error;
}
