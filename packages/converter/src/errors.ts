/**
 * The error of this package: work that is refused.
 *
 * @module
 */

/** Why. Part of the API (semver). */
export type ConverterErrorCode =
  /** Fractions, or shares of sites, that are no shares of a whole. */
  | "BAD_FRACTIONS"
  /** The name of a split, site or class that cannot be the name of a folder. */
  | "BAD_NAME"
  /** Two items of one id. */
  | "DUPLICATE_ITEM"
  /** A part that was asked for would be empty. */
  | "SPLIT_IMPOSSIBLE"
  /** Nobody said which files belong to one patient. */
  | "GROUPING_NEEDED"
  /** A file for which the grouping gives no group. */
  | "GROUP_UNKNOWN"
  /** A table of groups that is no CSV, lacks a column, or says two things of one file. */
  | "BAD_TABLE"
  /** What is no tag, or the tag of an element that can be no label. */
  | "BAD_TAG"
  /** A label that its element cannot hold, or by which no folder can be named. */
  | "BAD_LABEL"
  /** Files that have no label. */
  | "LABEL_MISSING"
  /** A manifest that is broken, or says what is not so. */
  | "BAD_MANIFEST"
  /** Input and output are one folder, or one lies in the other. */
  | "FOLDERS_OVERLAP"
  /** A file to be written is there already, or two would have one name. */
  | "TARGET_EXISTS"
  /** What was written is not what was read. Nothing was deleted. */
  | "COPY_DIFFERS"
  /** What should be read, or written to, is not there or of another kind. */
  | "BAD_INPUT"
  /** A photometric interpretation that is not known, or does not go with the number of samples. */
  | "UNSUPPORTED_PHOTOMETRIC"
  /** A file of an image that is damaged, too large, or of a form that is not read. */
  | "BAD_IMAGE"
  /** A key file that cannot be read, or has no key in it. */
  | "BAD_KEY"
  /** Images that a reference does not describe: of another size, number or kind. */
  | "IMAGE_MISMATCH";

/** Work that is refused. Never carries a group, a value, or the path of a file. */
export class ConverterError extends Error {
  override readonly name = "ConverterError";
  readonly code: ConverterErrorCode;

  constructor(code: ConverterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Tells a {@link ConverterError}, also one of another copy of this package. */
export function isConverterError(error: unknown): error is ConverterError {
  return error instanceof Error && error.name === "ConverterError" && "code" in error;
}
