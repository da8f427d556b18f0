/**
 * The errors of federated learning, and what they tell a program.
 *
 * @module
 */

/** Why. Part of the API (semver). */
export type FlErrorCode =
  /** Bytes that are no message, or not the one that is expected here. */
  | "BAD_MESSAGE"
  /** An array file, or an archive of them, that is broken or holds what is no number. */
  | "BAD_TENSOR"
  /** More bytes, tensors, entries or dimensions than are allowed. */
  | "LIMIT_EXCEEDED"
  /** Tensors of other names, shapes or dtypes than agreed. */
  | "SHAPE_MISMATCH"
  /** NaN or infinity where a finite number has to be. */
  | "NOT_FINITE"
  /** An update that moves further, or counts more examples, than is allowed. */
  | "UPDATE_REFUSED"
  /** The other side is not there, or went away. */
  | "DISCONNECTED"
  /** No answer, and no progress of one, in the time there was. */
  | "TIMEOUT"
  /** Ended by the caller. */
  | "ABORTED"
  /** The other side is not who it should be, or may not do this. */
  | "UNAUTHORIZED"
  /** The other side can't do what it was asked for. */
  | "NOT_IMPLEMENTED"
  /** The other side tried, and failed. */
  | "FAILED"
  /** Fewer clients, or fewer results, than are needed. */
  | "TOO_FEW_RESULTS"
  /** Options that contradict each other, or a file of them that is wrong. */
  | "BAD_CONFIG"
  /** A site's images, or a list of them, that can't be read. */
  | "BAD_DATA"
  /** What is on the disk is broken, or of another run. */
  | "BAD_CHECKPOINT"
  /** The site's policy forbids it. */
  | "POLICY";

/** What is known of where it happened. */
export interface FlErrorOptions extends ErrorOptions {
  /** The round, from 1. */
  readonly round?: number;
  /** Whose message it was. */
  readonly clientId?: string;
}

/** A message, an update or a round that is refused or failed. Never carries a value of a tensor, a key, or a path. */
export class FlError extends Error {
  override readonly name = "FlError";
  readonly code: FlErrorCode;
  readonly round: number | undefined;
  readonly clientId: string | undefined;

  constructor(code: FlErrorCode, message: string, options: FlErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.round = options.round;
    this.clientId = options.clientId;
  }
}

/** Tells an {@link FlError}, also one of another copy of this package. */
export function isFlError(error: unknown): error is FlError {
  return error instanceof Error && error.name === "FlError" && "code" in error;
}
