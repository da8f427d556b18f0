/**
 * Hundreds of clients in one process, for simulations: each is a real client with its own transport, and their trainers
 * share a few threads.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import {
  type ClientTransport,
  FlError,
  type ModelParameters,
  type Scalars,
} from "@dsail/fl-protocol";
import { type ClientOptions, createClient } from "../client.js";
import type { ClientEvent, ClientResult } from "../client-event.js";
import type { EvaluateResult, FitResult, Trainer, TrainerContext } from "../trainer.js";
import type { TrainerCall } from "./trainer-job.js";
import { createTrainerPool, hasWorkers, type TrainerPool } from "./trainer-pool.js";

/** Which clients, and how they learn. */
export interface VirtualClientsOptions
  extends Pick<ClientOptions, "policy" | "signal" | "backOff"> {
  /** How many. 1 or more. */
  readonly count: number;
  /** A client's transport. */
  readonly transportOf: (clientId: string) => ClientTransport;
  /**
   * A module that exports `createTrainer(options)`; it is loaded in each thread, and has a trainer made for each client, when
   * that is first asked for anything.
   */
  readonly trainerModule: URL;
  /** What `createTrainer` gets for a client, from 0: such as its share of the data. A copy of it goes to the thread. */
  readonly trainerOptionsOf?: (index: number) => unknown;
  /**
   * Threads, and so how many train at a time. 0: all one after the other in this thread. Default: one for each core; 0 when
   * this package is run from its sources.
   */
  readonly workers?: number;
  /** Default: `client-001`, with as many digits as needed, so that their order is that of their names. */
  readonly clientIdOf?: (index: number) => string;
  /** Called with all that happens to any of them. */
  readonly onEvent?: (clientId: string, event: ClientEvent) => void;
}

/** How a virtual client ended. */
export interface VirtualClientResult extends ClientResult {
  readonly clientId: string;
}

/**
 * Runs clients until each has ended.
 *
 * Of the parameters of a round there is one copy for all threads, if the transport gives all clients the same (the one in
 * memory does), and one for each that trains. What a client has learned waits in memory until the server reads it.
 *
 * @returns how each ended, in their order
 * @throws {@link RangeError} for a count that is none; {@link FlError} `BAD_CONFIG` for threads where there is no built
 *   worker
 */
export function runVirtualClients(
  options: VirtualClientsOptions,
): Promise<readonly VirtualClientResult[]> {
  return runVirtualClientsIn(options);
}

/** @param workerModule - the worker's own; default: the built one */
export async function runVirtualClientsIn(
  options: VirtualClientsOptions,
  workerModule?: URL,
): Promise<readonly VirtualClientResult[]> {
  const { count, transportOf, trainerModule, trainerOptionsOf = () => undefined } = options;
  const { policy, signal, backOff, onEvent } = options;
  const canHaveWorkers = workerModule !== undefined || hasWorkers();
  const { workers = canHaveWorkers ? availableParallelism() : 0 } = options;
  assertCount("count", count, 1);
  assertCount("workers", workers, 0);
  if (workers > 0 && !canHaveWorkers) {
    throw new FlError("BAD_CONFIG", "workers: there is no built worker, use 0");
  }
  const width = Math.max(3, String(count).length);
  const { clientIdOf = (i: number) => `client-${String(i + 1).padStart(width, "0")}` } = options;
  const pool = createTrainerPool(
    { trainerModule, trainerOptionsOf, workers: Math.min(workers, count) },
    ...(workerModule === undefined ? [] : [workerModule]),
  );
  try {
    const clients = Array.from({ length: count }, async (_, i) => {
      const clientId = clientIdOf(i);
      const client = createClient({
        transport: transportOf(clientId),
        trainer: trainerIn(pool, i),
        ...(policy && { policy }),
        ...(signal && { signal }),
        ...(backOff && { backOff }),
        ...(onEvent && { onEvent: (event) => onEvent(clientId, event) }),
      });
      return { clientId, ...(await client.run()) };
    });
    return await Promise.all(clients);
  } finally {
    await pool.close();
  }
}

/** A client's trainer, wherever it is. */
function trainerIn(pool: TrainerPool, index: number): Trainer {
  const call = (call: Omit<TrainerCall, "round">, context: TrainerContext) =>
    pool.call(index, { ...call, round: context.round }, context);
  return {
    getParameters: async (config, context) =>
      (await call({ kind: "getParameters", config }, context)) as ModelParameters,
    fit: async (parameters, config, context) =>
      (await call({ kind: "fit", parameters, config }, context)) as FitResult,
    evaluate: async (parameters, config, context) =>
      (await call({ kind: "evaluate", parameters, config }, context)) as EvaluateResult,
    getProperties: async (config, context) =>
      (await call({ kind: "getProperties", config }, context)) as Scalars,
  };
}

function assertCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name}: expected an integer of ${least} or more, got ${value}`);
}
