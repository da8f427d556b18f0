/**
 * Errors as one line that may be shown.
 *
 * @module
 */
import { isDicomError } from "@dsail/dicom-core";
import { isConverterError } from "../errors.js";

/** What is told of a failure. Never an element's value, a key or a path. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly at?: string | undefined;
}

/** `TRUNCATED: the data ends inside a value at (7FE0,0010)`. */
export function formatFailure({ code, message, at }: Failure): string {
  return `${code}: ${message}${at === undefined || at === "" ? "" : ` at ${at}`}`;
}

/** What can be told of an error: its text only if it is one of ours, since others hold paths, or values. */
export function failureOf(error: unknown): Failure {
  if (isDicomError(error)) return { code: error.code, message: error.message, at: error.at };
  if (isConverterError(error)) return { code: error.code, message: error.message };
  const code: unknown = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === "string" && /^[A-Z0-9_]{2,40}$/.test(code)) {
    return { code, message: "the file system, or Node, refused" };
  }
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return { code: "UNEXPECTED", message: `an unexpected ${name}: please report it` };
}
