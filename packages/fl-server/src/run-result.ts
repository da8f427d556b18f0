/**
 * How a run ends.
 *
 * @module
 */
import type { ModelParameters } from "@dsail/fl-protocol";
import type { History } from "./history.js";

/** All rounds were done; something ended it before; the caller did. */
export type RunStatus = "completed" | "failed" | "aborted";

/** The terminal state of a run. Every run that began has one. */
export interface RunResult {
  readonly status: RunStatus;
  readonly runId: string;
  readonly seed: number;
  /** Rounds that are done, those before a resume included. */
  readonly rounds: number;
  readonly history: History;
  /** After the last round that is done; undefined if there were none at all. */
  readonly parameters?: ModelParameters;
  /** Why it is not complete: a code of `FlError` or `DpError`. */
  readonly code?: string;
  /** The same in words. */
  readonly message?: string;
  /** What was thrown. */
  readonly cause?: unknown;
}
