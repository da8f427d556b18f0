/**
 * The models of a run as files that others can read: D-SAIL's `SaveModelStrategy`.
 *
 * `round-N-weights.npz` (for numpy), `round-N.safetensors`, `best-weights.npz`, and `history.json`.
 *
 * @module
 */
import { access, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  bytesOfTensor,
  decodeBfloat16,
  FlError,
  type ModelParameters,
  type NamedTensor,
  npzChunks,
  safetensorsHeader,
} from "@dsail/fl-protocol";
import type { History, RoundRecord } from "./history.js";
import { replaceFile } from "./write-file.js";

/** Which model is the best. */
export interface BestModel {
  /** `loss`, or the name of a metric; of the clients' evaluation, or else of the server's. Default `loss`. */
  readonly by?: string;
  /** Whether less is better, or more. Default `min` for the loss, `max` for a metric. */
  readonly mode?: "min" | "max";
}

/** What is saved where. */
export interface SaveModelOptions {
  /** Made if it is not there. */
  readonly folder: string;
  readonly best?: BestModel;
  /** Whether files of another run may be replaced. Default false. */
  readonly overwrite?: boolean;
}

/** Saves models. */
export interface ModelSaver {
  /** Saves the model of the last round of `history`. Returns whether it is the best so far. */
  readonly save: (parameters: ModelParameters, history: History) => Promise<boolean>;
  /** Whether the model of a round is there. */
  readonly has: (round: number) => Promise<boolean>;
}

const OWN_FILE =
  /^(round-\d+-weights\.npz|round-\d+\.safetensors|best-weights\.npz|history\.json)$/;

/**
 * Makes ready to save.
 *
 * @param isResumed - of a run that goes on, whose files are its own
 * @throws {@link FlError} `BAD_CONFIG` if the folder has models already
 */
export async function createModelSaver(
  { folder, best = {}, overwrite = false }: SaveModelOptions,
  isResumed: boolean,
): Promise<ModelSaver> {
  await mkdir(folder, { recursive: true });
  if (!overwrite && !isResumed && (await readdir(folder)).some((name) => OWN_FILE.test(name))) {
    throw new FlError("BAD_CONFIG", "the folder to save to has the models of another run");
  }
  const npzOf = (round: number) => join(folder, `round-${round}-weights.npz`);
  return {
    has: (round) =>
      access(npzOf(round)).then(
        () => true,
        () => false,
      ),
    save: async (parameters, history) => {
      const round = history.rounds.at(-1)!.round;
      const readable = parameters.map(withoutBfloat16);
      await replaceFile(npzOf(round), npzChunks(readable));
      await replaceFile(join(folder, `round-${round}.safetensors`), safetensorsChunks(parameters));
      const isBest = isLastBest(history.rounds, best);
      if (isBest) await replaceFile(join(folder, "best-weights.npz"), npzChunks(readable));
      const text = `${JSON.stringify(history, undefined, 2)}\n`;
      await replaceFile(join(folder, "history.json"), [new TextEncoder().encode(text)]);
      return isBest;
    },
  };
}

/** Whether no round before was as good as the last one. */
function isLastBest(rounds: readonly RoundRecord[], { by = "loss", mode }: BestModel): boolean {
  const sign = (mode ?? (by === "loss" ? "min" : "max")) === "min" ? 1 : -1;
  const scores = rounds.map((record) => sign * scoreOf(record, by));
  const last = scores.pop()!;
  return !Number.isNaN(last) && scores.every((score) => Number.isNaN(score) || last < score);
}

/** NaN where there is none. */
function scoreOf({ evaluate, central }: RoundRecord, by: string): number {
  const scoreIn = (part: RoundRecord["evaluate"] | RoundRecord["central"]) =>
    by === "loss" ? part?.loss : part?.metrics[by];
  const value = scoreIn(evaluate) ?? scoreIn(central);
  return typeof value === "number" ? value : Number.NaN;
}

/** numpy has no bfloat16: each is the same number as a float32. */
function withoutBfloat16(tensor: NamedTensor): NamedTensor {
  if (tensor.dtype !== "bfloat16") return tensor;
  const { name, shape, data } = tensor;
  return { name, shape, dtype: "float32", data: decodeBfloat16(data) };
}

function* safetensorsChunks(parameters: ModelParameters): Generator<Uint8Array> {
  yield safetensorsHeader(parameters);
  for (const tensor of parameters) yield bytesOfTensor(tensor);
}
