/**
 * What is irregular in a file and could be read all the same.
 *
 * @module
 */

/** What was irregular. Part of the API (semver). */
export type FindingCode =
  /** No 128-byte preamble with `DICM` (PS3.10 7.1): the data begins at once. */
  | "NO_PREAMBLE"
  /** No file meta information (PS3.10 7.1); the transfer syntax was inferred. */
  | "NO_FILE_META_INFORMATION"
  /** No (0002,0000), or one that is wrong. */
  | "BAD_FILE_META_GROUP_LENGTH"
  /** No (0002,0010); the transfer syntax was inferred. */
  | "NO_TRANSFER_SYNTAX"
  /** (0002,0010) is no transfer syntax of PS3.6; read as explicit VR little endian (PS3.5 10.3). */
  | "UNKNOWN_TRANSFER_SYNTAX"
  /** The data set is not encoded as (0002,0010) says; it was read as what it is. */
  | "TRANSFER_SYNTAX_MISMATCH"
  /** A part of an explicit VR data set is encoded in implicit VR. */
  | "IMPLICIT_VR_IN_EXPLICIT"
  /** An item of a UN element, which has to be implicit VR (PS3.5 6.2.2), is explicit VR. */
  | "EXPLICIT_VR_IN_UN"
  /** Two letters that are no VR; read as UN with a 16-bit length. */
  | "UNKNOWN_VR"
  /** A value of implicit VR is no sequence, though the dictionary says so; read as UN. */
  | "NOT_A_SEQUENCE"
  /** A value with an odd length (PS3.5 7.1.1). */
  | "ODD_LENGTH"
  /** An element that does not come in ascending order (PS3.5 7.1). */
  | "OUT_OF_ORDER"
  /** A tag that occurs twice in a row. */
  | "DUPLICATE_TAG"
  /** Bytes behind the last element. */
  | "TRAILING_BYTES"
  /** The data ends inside an element (with `allowTruncated`). */
  | "TRUNCATED"
  /** An element reaches beyond its item or sequence (with `allowLengthMismatch`). */
  | "LENGTH_MISMATCH"
  /** A delimiter where none belongs. */
  | "STRAY_DELIMITER";

/** An irregularity that did not prevent reading. */
export interface Finding {
  readonly code: FindingCode;
  /** The element, as a path; empty for the file as a whole. */
  readonly at: string;
  /** Offset into the file, or into the inflated data set if it is deflated; in bytes. */
  readonly byteOffset: number;
}
