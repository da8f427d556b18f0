/**
 * What the server is told of a failure.
 *
 * @module
 */
import { type FailureReply, isFlError } from "@dsail/fl-protocol";

/** A name as programs have them: what carries no value. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** So long that every message of ours is whole. */
const MAX_LENGTH = 300;

/**
 * Tells of an error without its values: the text of an {@link FlError}, which never has any, and of every other error only
 * its code (`ENOENT`) or its name.
 */
export function failureOf(error: unknown): FailureReply {
  if (isFlError(error)) {
    const code = error.code === "NOT_IMPLEMENTED" ? error.code : "FAILED";
    const message =
      error.code === "NOT_IMPLEMENTED" ? error.message : `${error.code}: ${error.message}`;
    return { kind: "failure", code, message: message.slice(0, MAX_LENGTH) };
  }
  return { kind: "failure", code: "FAILED", message: nameOf(error) };
}

/** The code of an error, or its name; `Error` if both could be anything. */
export function nameOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  const known = [code, name].find((text) => typeof text === "string" && IDENTIFIER.test(text));
  return typeof known === "string" ? known : "Error";
}
