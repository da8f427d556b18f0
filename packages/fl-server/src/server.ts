/**
 * A server: it accepts clients, runs the rounds of a federation, and ends in a state that says how.
 *
 * @module
 */
import { randomBytes, randomUUID } from "node:crypto";
import { FlError, type Listening, type ServerTransport } from "@dsail/fl-protocol";
import { createScratch } from "./aggregate/scratch.js";
import { createSpool } from "./aggregate/spool.js";
import { assertSameRun, type Checkpoint, readCheckpoint } from "./checkpoint.js";
import { type ClientRegistry, createClientRegistry } from "./clients.js";
import type { RunResult } from "./run-result.js";
import { type Run, runRounds } from "./run-rounds.js";
import { createModelSaver } from "./save-model.js";
import { logEvent, type ServerEvent } from "./server-event.js";
import {
  type ResolvedServerOptions,
  resolveServerOptions,
  type ServerOptions,
} from "./server-options.js";

/**
 * Runs a federation to its end. Once clients are accepted nothing is thrown any more: whatever happens is the status of
 * the result.
 *
 * The result depends on the strategy, the seed, the clients that were connected and what they answered: not on the order in
 * which they came or answered.
 *
 * @throws {@link RangeError} for an option out of its range; {@link FlError} `BAD_CONFIG` if an address can't be had, or
 *   there are models of another run; `BAD_CHECKPOINT` if there is a checkpoint that is not to be gone on with, or that of
 *   another run
 */
export async function runServer(options: ServerOptions): Promise<RunResult> {
  const resolved = resolveServerOptions(options);
  const { onEvent, log, saveModel, transports } = resolved;
  const tell = (event: ServerEvent) => {
    if (log !== undefined) logEvent(log, event);
    onEvent?.(event);
  };
  const last = await lastCheckpoint(resolved);
  const saver =
    saveModel === undefined ? undefined : await createModelSaver(saveModel, last !== undefined);
  const registry = createClientRegistry(tell);
  const over = new AbortController();
  const run: Run = {
    runId: last?.runId ?? resolved.runId ?? randomUUID(),
    seed: last?.seed ?? resolved.seed ?? randomBytes(6).readUIntBE(0, 6),
    options: resolved,
    registry,
    spool: createSpool(resolved.spool),
    scratch: createScratch(),
    saver,
    signal: resolved.signal ?? over.signal,
    tell,
    progress: {
      state: last?.state ?? {},
      history: last?.history ?? { rounds: [] },
      ...(last && { parameters: last.parameters }),
    },
  };
  const listening = await listenAll(transports, registry, tell);
  if (last !== undefined) tell({ kind: "resumed", round: last.round });
  let ended: Pick<RunResult, "status" | "code" | "message" | "cause">;
  try {
    await runRounds(run);
    ended = { status: "completed" };
  } catch (error) {
    ended = endedBy(error, run.signal);
  }
  await registry.releaseAll();
  await Promise.allSettled(listening.map(({ close }) => close()));
  return finish(run, ended);
}

function finish(
  { runId, seed, progress, tell }: Run,
  ended: Pick<RunResult, "status" | "code" | "message" | "cause">,
): RunResult {
  const { history, parameters } = progress;
  const rounds = history.rounds.at(-1)?.round ?? 0;
  const { cause, ...told } = ended;
  tell({ kind: "finished", ...told, rounds });
  return {
    ...{ runId, seed, rounds, history },
    ...ended,
    ...(parameters !== undefined && { parameters }),
  };
}

/** What an error says of how a run ended. */
function endedBy(
  error: unknown,
  signal: AbortSignal,
): Pick<RunResult, "status" | "code" | "message" | "cause"> {
  if (signal.aborted) return { status: "aborted", code: "ABORTED", message: "ended by the caller" };
  const { code, message, name } = error as { code?: unknown; message?: unknown; name?: unknown };
  const isOurs = (name === "FlError" || name === "DpError") && typeof code === "string";
  // What others throw may quote anything, a path too: it is in `cause`.
  const why = typeof code === "string" ? code : String(name);
  return isOurs
    ? { status: "failed", code: String(code), message: String(message), cause: error }
    : { status: "failed", code: "FAILED", message: `an unexpected error (${why})`, cause: error };
}

/** The checkpoint to go on from. @throws {@link FlError} `BAD_CHECKPOINT` */
async function lastCheckpoint({
  checkpoint,
  strategy,
  runId,
  seed,
}: ResolvedServerOptions): Promise<Checkpoint | undefined> {
  if (checkpoint === undefined) return undefined;
  const { folder, resume = false, overwrite = false } = checkpoint;
  if (!resume && overwrite) return undefined;
  const last = await readCheckpoint(folder);
  if (last === undefined) return undefined;
  if (!resume) {
    throw new FlError(
      "BAD_CHECKPOINT",
      "there is a checkpoint: resume, overwrite, or take another folder",
    );
  }
  assertSameRun(last, { strategy, runId, seed });
  return last;
}

/** All transports, or none. */
async function listenAll(
  transports: readonly ServerTransport[],
  registry: ClientRegistry,
  tell: (event: ServerEvent) => void,
): Promise<readonly Listening[]> {
  const listening: Listening[] = [];
  try {
    for (const transport of transports) {
      const one = await transport.listen({
        onConnect: registry.add,
        onProblem: ({ code, message }) => tell({ kind: "clientRefused", code, message }),
      });
      listening.push(one);
      tell({ kind: "listening", transport: transport.name, address: one.address });
    }
    return listening;
  } catch (error) {
    await Promise.allSettled(listening.map(({ close }) => close()));
    throw error;
  }
}
