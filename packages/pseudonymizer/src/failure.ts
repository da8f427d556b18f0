/**
 * Why a file was not pseudonymized, as data that may be shown, logged and sent between threads.
 *
 * @module
 */
import { isDicomError } from "@dsail/dicom-core";
import { isPseudonymizerError } from "./errors.js";

/** A failure. Never holds an element's value, a key or a path of a file. */
export interface Failure {
  /** The code of a `DicomError` or {@link PseudonymizerError}, that of the file system such as `ENOSPC`, or `UNEXPECTED`. */
  readonly code: string;
  readonly message: string;
  /** The element, as a path such as `(0040,A730)[1].(0008,0100)`, where one is to blame. */
  readonly at?: string;
  /** Where in the file, in bytes. */
  readonly byteOffset?: number;
}

/** What can be told of an error: its text only if it is one of ours, since others hold paths, or values. */
export function failureOf(error: unknown): Failure {
  if (isDicomError(error)) {
    return {
      code: error.code,
      message: error.message,
      ...(error.at === undefined ? {} : { at: error.at }),
      ...(error.byteOffset === undefined ? {} : { byteOffset: error.byteOffset }),
    };
  }
  if (isPseudonymizerError(error)) return { code: error.code, message: error.message };
  const code: unknown = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === "string" && /^[A-Z0-9_]{2,40}$/.test(code)) {
    return { code, message: "the file system, or Node, refused" };
  }
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return { code: "UNEXPECTED", message: `an unexpected ${name}: please report it` };
}

/** One line: `TRUNCATED: the data ends inside a value at (7FE0,0010), byte 1488`. */
export function formatFailure({ code, message, at, byteOffset }: Failure): string {
  const place = at === undefined || at === "" ? "" : ` at ${at}`;
  return `${code}: ${message}${place}${byteOffset === undefined ? "" : `, byte ${byteOffset}`}`;
}
