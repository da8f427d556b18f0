/**
 * The error of this package: privacy that cannot be promised, or is spent.
 *
 * @module
 */

/** Why. Part of the API (semver). */
export type DpErrorCode =
  /** An event that the accountant does not know, or not under the neighboring relation. */
  | "UNSUPPORTED_EVENT"
  /** The next step would spend more than there is. */
  | "BUDGET_EXCEEDED"
  /** No parameter within the bounds reaches the target. */
  | "NO_CALIBRATION"
  /** A ledger that is broken, was changed, or is another's. */
  | "BAD_LEDGER";

/** Privacy that cannot be promised. Never carries a value of a record. */
export class DpError extends Error {
  override readonly name = "DpError";
  readonly code: DpErrorCode;

  constructor(code: DpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Tells a {@link DpError}, also one of another copy of this package. */
export function isDpError(error: unknown): error is DpError {
  return error instanceof Error && error.name === "DpError" && "code" in error;
}
