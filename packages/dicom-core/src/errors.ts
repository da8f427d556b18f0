/**
 * The one error of this package for data that cannot be read, and work that is refused.
 *
 * Wrong arguments of a programmer are `TypeError` and `RangeError`; irregular but readable data is no
 * error at all, but a {@link Finding} beside the result.
 *
 * @module
 */

/** What went wrong. Part of the API (semver); the text of a message is not. */
export type DicomErrorCode =
  /** The bytes are no DICOM file, and no bare data set either. */
  | "NOT_DICOM"
  /** The data ends inside an element. */
  | "TRUNCATED"
  /** A limit of {@link ReadLimits} was reached. */
  | "LIMIT_EXCEEDED"
  /** A length, or a delimiter, contradicts what surrounds it. */
  | "BAD_LENGTH"
  /** A VR that cannot hold what was found or asked for. */
  | "BAD_VR"
  /** A value that its VR does not allow. */
  | "BAD_VALUE"
  /** A path that does not parse, or leads nowhere. */
  | "BAD_PATH"
  /** A deflated data set that does not inflate. */
  | "BAD_DEFLATE"
  /** A character set that is not known, or text that it cannot express. */
  | "BAD_CHARACTER_SET"
  /** JSON that does not follow the DICOM JSON model. */
  | "BAD_JSON"
  /** A transfer syntax that cannot be read, or written. */
  | "UNSUPPORTED_TRANSFER_SYNTAX"
  /** Editing a DICOMDIR: its records point at byte offsets, which an edit would move. */
  | "UNSUPPORTED_DICOMDIR"
  /** The bytes of a value were skipped when the header was read. */
  | "NOT_LOADED"
  /** The target exists, and replacing it was not asked for. */
  | "TARGET_EXISTS"
  /** Source and target are one file. */
  | "TARGET_IS_SOURCE"
  /** The source changed while it was read. */
  | "SOURCE_CHANGED";

/** Where a {@link DicomError} arose. */
export interface DicomErrorPlace {
  /** The element, as a path such as `(0040,A730)[1].(0008,0100)`. */
  readonly at?: string | undefined;
  /** Offset into the file, or into the inflated data set if the file is deflated; in bytes. */
  readonly byteOffset?: number | undefined;
  readonly cause?: unknown;
}

/** Data that cannot be read or written as asked. Never carries an element's value. */
export class DicomError extends Error {
  override readonly name = "DicomError";
  readonly code: DicomErrorCode;
  /** The element, as a path such as `(0040,A730)[1].(0008,0100)`, where one is to blame. */
  readonly at: string | undefined;
  /** Offset into the file, or into the inflated data set if the file is deflated; in bytes. */
  readonly byteOffset: number | undefined;

  constructor(code: DicomErrorCode, message: string, place: DicomErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.code = code;
    this.at = place.at;
    this.byteOffset = place.byteOffset;
  }
}

/** Tells a {@link DicomError}, also one of another copy of this package. */
export function isDicomError(error: unknown): error is DicomError {
  return error instanceof Error && error.name === "DicomError" && "code" in error;
}
