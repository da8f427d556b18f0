/**
 * How images and tables of the site are refused.
 *
 * @module
 */
import { FlError, type FlErrorCode } from "@dsail/fl-protocol";

const CODE: FlErrorCode = "BAD_DATA";

/** @param why - names no file and no class: what is thrown may reach the server */
export function badData(why: string, code: FlErrorCode = CODE): FlError {
  return new FlError(code, why);
}

/** What to throw in place of an error of the file system, whose message has a path: its code only. Others stay as they are. */
export function withoutPath(what: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return badData(`${what} (${code ?? "unknown"})`);
}
