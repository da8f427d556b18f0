/**
 * Errors of the file system, whose messages have the paths of files.
 *
 * @module
 */
import { ConverterError } from "../errors.js";

/** What to throw in place of an error: its code only. Other errors, refusals of ours too, stay as they are. */
export function withoutPath(what: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return new ConverterError("BAD_INPUT", `${what} (${code ?? "unknown"})`);
}

/** The code of an error of the file system, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
