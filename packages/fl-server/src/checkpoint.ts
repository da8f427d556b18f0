/**
 * What a restart needs, in one file that is replaced after each round: a safetensors file of the model and of what the
 * strategy remembers, with the rest as JSON in its metadata. Programs that read safetensors can open it.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  bytesOfTensor,
  collectParameters,
  FlError,
  isFlError,
  type ModelParameters,
  type NamedTensor,
  type SafetensorsMetadata,
  safetensorsHeader,
  safetensorsSource,
} from "@dsail/fl-protocol";
import type { History } from "./history.js";
import type { JsonObject, Strategy, StrategyState } from "./strategy.js";
import { replaceFile } from "./write-file.js";

/** Where a run is. */
export interface Checkpoint {
  readonly runId: string;
  readonly seed: number;
  /** Rounds that are done. */
  readonly round: number;
  readonly strategy: Pick<Strategy, "name" | "options">;
  readonly history: History;
  readonly parameters: ModelParameters;
  readonly state: StrategyState;
}

const FILE = "checkpoint.safetensors";
const KEY = "dsail-fl-checkpoint";
const VERSION = 1;
const PIECE_BYTES = 2 ** 20;
const MODEL = "model/";
const STATE = "state/";

/** A file of parameters is as large as the model; a header that says it has more is broken. */
const NO_LIMITS = { maxMessageBytes: Number.MAX_SAFE_INTEGER, maxTensors: 10_000_000 };

/**
 * Writes it, and returns when it is on the disk.
 *
 * @throws {@link FlError} `BAD_TENSOR` for a dtype that safetensors doesn't have, or two tensors of one name; errors of
 *   the file system
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replaceFile(join(folder, FILE), checkpointChunks(checkpoint));
}

function* checkpointChunks({ parameters, state, ...others }: Checkpoint): Generator<Uint8Array> {
  const tensors = [...prefixed(MODEL, parameters), ...prefixed(STATE, state.tensors ?? [])];
  const { runId, seed, round, strategy, history } = others;
  const { name, options } = strategy;
  const values = { ...(state.values && { values: state.values }) };
  yield safetensorsHeader(tensors, {
    [KEY]: JSON.stringify({
      version: VERSION,
      runId,
      seed,
      round,
      strategy: { name, options },
      history,
      ...values,
    }),
  });
  for (const tensor of tensors) yield bytesOfTensor(tensor);
}

/**
 * Asserts that parameters can be written: before the first round, not after it.
 *
 * @throws {@link FlError} `BAD_TENSOR`
 */
export function assertCheckpointable(parameters: ModelParameters): void {
  safetensorsHeader(prefixed(MODEL, parameters));
}

/**
 * Reads it. Undefined if there is none.
 *
 * @throws {@link FlError} `BAD_CHECKPOINT` if it is broken; errors of the file system
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  // In pieces: a file may be larger than what can be read at once.
  const stream = createReadStream(join(folder, FILE), { highWaterMark: PIECE_BYTES });
  try {
    const source = await safetensorsSource(stream, NO_LIMITS);
    return parseCheckpoint(source.metadata, await collectParameters(source, NO_LIMITS));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (!isFlError(cause) && !(cause instanceof SyntaxError)) throw cause;
    throw new FlError("BAD_CHECKPOINT", "the checkpoint is broken", { cause });
  }
}

function parseCheckpoint(metadata: SafetensorsMetadata, tensors: ModelParameters): Checkpoint {
  const text = metadata[KEY];
  if (text === undefined) throw new FlError("BAD_CHECKPOINT", "not a checkpoint of a federation");
  const rest = JSON.parse(text) as Omit<Checkpoint, "parameters" | "state"> & {
    readonly version: number;
    readonly values?: JsonObject;
  };
  const { version, values, runId, seed, round, strategy, history } = rest;
  if (version !== VERSION) {
    throw new FlError("BAD_CHECKPOINT", `version ${version}, ${VERSION} expected`);
  }
  const remembered = unprefixed(STATE, tensors);
  return {
    ...{ runId, seed, round, strategy, history },
    parameters: unprefixed(MODEL, tensors),
    state: {
      ...(values !== undefined && { values }),
      ...(remembered.length > 0 && { tensors: remembered }),
    },
  };
}

/**
 * Asserts that a checkpoint is of this run.
 *
 * @throws {@link FlError} `BAD_CHECKPOINT`
 */
export function assertSameRun(
  checkpoint: Checkpoint,
  expected: {
    readonly strategy: Pick<Strategy, "name" | "options">;
    readonly runId?: string | undefined;
    readonly seed?: number | undefined;
  },
): void {
  const { runId = checkpoint.runId, seed = checkpoint.seed } = expected;
  const bad = (what: string) =>
    new FlError("BAD_CHECKPOINT", `the checkpoint is of another ${what}`);
  if (runId !== checkpoint.runId) throw bad("run");
  if (seed !== checkpoint.seed) throw bad("seed");
  if (canonical(checkpoint.strategy) !== canonical(expected.strategy)) {
    throw bad(`strategy, ${checkpoint.strategy.name}, or of other options`);
  }
}

/** JSON with sorted keys. */
function canonical({ name, options }: Pick<Strategy, "name" | "options">): string {
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify({ name, options }, sorted);
}

function prefixed(prefix: string, tensors: ModelParameters): NamedTensor[] {
  return tensors.map((tensor) => ({ ...tensor, name: `${prefix}${tensor.name}` }));
}

function unprefixed(prefix: string, tensors: ModelParameters): NamedTensor[] {
  return tensors
    .filter(({ name }) => name.startsWith(prefix))
    .map((tensor) => ({ ...tensor, name: tensor.name.slice(prefix.length) }));
}
