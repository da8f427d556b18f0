/**
 * What a run may be told.
 *
 * @module
 */
import type { Limits, ServerTransport } from "@dsail/fl-protocol";
import type { SpoolOptions } from "./aggregate/spool.js";
import type { UpdateLimits } from "./round.js";
import type { SaveModelOptions } from "./save-model.js";
import type { Logger, ServerEvent } from "./server-event.js";
import { assertCount, assertNumber } from "./strategies/strategy-options.js";
import type { Strategy } from "./strategy.js";

/** Where the state of a run is kept. */
export interface CheckpointOptions {
  /** Made if it is not there. One for each run. */
  readonly folder: string;
  /** Go on after the last round that is on the disk; begin anew if there is none. Default false. */
  readonly resume?: boolean;
  /** Whether the state of another run may be replaced. Default false. */
  readonly overwrite?: boolean;
}

/** Options of a run. */
export interface ServerOptions {
  /** Where clients come from; one at least. */
  readonly transports: readonly ServerTransport[];
  readonly strategy: Strategy;
  /** How many rounds, those before a resume included. 1 or more. */
  readonly numRounds: number;
  /** Names the run; the same after a resume. Default: random. */
  readonly runId?: string;
  /** For the choice of clients: an integer. Default: random. */
  readonly seed?: number;
  /**
   * Milliseconds without progress after which a client has failed: see `RequestOptions.timeoutMs`. Not the length of a
   * round: a client that is slow, and tells so, has its time. Default: no limit.
   */
  readonly roundTimeoutMs?: number;
  /** Milliseconds to wait for as many clients as are needed, before each round. Default 24 hours, as Flower. */
  readonly waitForClientsTimeoutMs?: number;
  /** What follows on a round that failed. Default `retry`. */
  readonly onRoundFailure?: "retry" | "stop";
  /** How often a round is tried again. Default 2. */
  readonly maxRoundRetries?: number;
  /** What a result may be; one that is not is a failure of its client. */
  readonly updateLimits?: UpdateLimits;
  /** For parameters that a client is asked for in the beginning. */
  readonly limits?: Limits;
  /** Where updates wait for their turn. */
  readonly spool?: SpoolOptions;
  /** Default: nothing outlives the process. */
  readonly checkpoint?: CheckpointOptions;
  /** Default: no files. */
  readonly saveModel?: SaveModelOptions;
  /** Ends the run: clients are let go, and what is done is returned. */
  readonly signal?: AbortSignal;
  /** Told what happens. Must not throw. */
  readonly onEvent?: (event: ServerEvent) => void;
  /** Gets a line for each event. */
  readonly log?: Logger;
}

/** Flower's. */
const DEFAULT_WAIT_MS = 24 * 60 * 60 * 1000;

/** Options with the defaults of those that have one. */
export type ResolvedServerOptions = ServerOptions &
  Required<Pick<ServerOptions, "waitForClientsTimeoutMs" | "onRoundFailure" | "maxRoundRetries">>;

/** @throws {@link RangeError} */
export function resolveServerOptions(options: ServerOptions): ResolvedServerOptions {
  const { transports, numRounds, seed, roundTimeoutMs } = options;
  const { waitForClientsTimeoutMs = DEFAULT_WAIT_MS, maxRoundRetries = 2 } = options;
  if (transports.length === 0) throw new RangeError("transports: expected one at least");
  assertCount("numRounds", numRounds, 1);
  assertCount("maxRoundRetries", maxRoundRetries, 0);
  assertNumber("waitForClientsTimeoutMs", waitForClientsTimeoutMs, waitForClientsTimeoutMs >= 0);
  if (roundTimeoutMs !== undefined) {
    assertNumber("roundTimeoutMs", roundTimeoutMs, roundTimeoutMs > 0);
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new RangeError(`seed: expected an integer, got ${seed}`);
  }
  const { onRoundFailure = "retry" } = options;
  return { ...options, waitForClientsTimeoutMs, maxRoundRetries, onRoundFailure };
}
