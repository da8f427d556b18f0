/**
 * Where training within a round was, kept in a file after each epoch, so that a client that was ended goes on there; after the
 * last, so that the same round, asked for again, costs no privacy again.
 *
 * @module
 */
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import {
  FlError,
  type ModelParameters,
  type NamedTensor,
  readSafetensors,
  writeSafetensors,
} from "@dsail/fl-protocol";
import writeFileAtomic from "write-file-atomic";

/** What training goes on from. */
export interface RoundProgress {
  /** Epochs that are done. */
  readonly epochs: number;
  /** Whether they are all: also when the fit stopped early, or its budget ended. */
  readonly isOver: boolean;
  /** What the ledger said after them; undefined without privacy. A ledger that knows of less did not pay for them. */
  readonly epsilon: number | undefined;
  /** What was watched, after each of them; null where there was no value. */
  readonly monitored: readonly (number | null)[];
  readonly parameters: ModelParameters;
  /** What the optimizer remembers. */
  readonly optimizer: ModelParameters;
  /** Of the best epoch, where it is kept. */
  readonly best: ModelParameters;
  /** Of the last epoch. */
  readonly trainLoss: number | undefined;
  /** The clipping bound, which an adaptive one moves; undefined without privacy. */
  readonly maxGradNorm: number | undefined;
}

/** The file of a trainer. */
export interface RoundCheckpoint {
  /** What there is for this work; undefined for none, that of other work, or one that is broken: then it begins anew. */
  readonly read: (work: string) => Promise<RoundProgress | undefined>;
  readonly write: (work: string, progress: RoundProgress) => Promise<void>;
  readonly clear: () => Promise<void>;
}

const FORMAT = "dsail-round-checkpoint-1";

/** Parts of the file, by what names begin with. */
const PARTS = ["parameters", "optimizer", "best"] as const;

/**
 * The checkpoint at a path, whose folder is made. For this user only: parameters within a round are not yet noisy enough for
 * anyone else's eyes than the site's.
 *
 * The `work` of its functions names what is done, such as a hash of the parameters and settings that a round began with.
 *
 * @throws {@link FlError} `BAD_CONFIG` if there can be no such file
 */
export function roundCheckpoint(path: string): RoundCheckpoint {
  assertWritable(path);
  return {
    read: async (work) => {
      let bytes: Uint8Array;
      try {
        bytes = await readFile(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
      return parse(bytes, work);
    },
    write: async (work, { epochs, isOver, monitored, ...progress }) => {
      const { epsilon, trainLoss, maxGradNorm, ...parts } = progress;
      const tensors = PARTS.flatMap((part) =>
        parts[part].map((tensor): NamedTensor => ({ ...tensor, name: `${part}/${tensor.name}` })),
      );
      const told = {
        epochs: String(epochs),
        isOver: String(isOver),
        monitored: JSON.stringify(monitored),
        ...(epsilon !== undefined && { epsilon: String(epsilon) }),
        ...(trainLoss !== undefined && { trainLoss: String(trainLoss) }),
        ...(maxGradNorm !== undefined && { maxGradNorm: String(maxGradNorm) }),
      };
      const bytes = writeSafetensors(tensors, { format: FORMAT, work, ...told });
      await writeFileAtomic(path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
        mode: 0o600,
      });
    },
    clear: () => rm(path, { force: true }),
  };
}

/** Before anything is learned: what can't be kept would be lost, and what it cost in privacy with it. */
function assertWritable(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    accessSync(dirname(path), constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() ?? true) return;
  } catch {}
  throw new FlError(
    "BAD_CONFIG",
    "checkpointPath: expected a file in a folder that can be written",
  );
}

function parse(bytes: Uint8Array, work: string): RoundProgress | undefined {
  try {
    const { parameters: tensors, metadata } = readSafetensors(bytes);
    if (metadata["format"] !== FORMAT || metadata["work"] !== work) return undefined;
    const part = (name: string): ModelParameters =>
      tensors
        .filter((tensor) => tensor.name.startsWith(`${name}/`))
        .map((tensor) => ({ ...tensor, name: tensor.name.slice(name.length + 1) }));
    return {
      epochs: Number(metadata["epochs"]),
      isOver: metadata["isOver"] === "true",
      epsilon: numberOf(metadata["epsilon"]),
      monitored: JSON.parse(metadata["monitored"] ?? "[]") as (number | null)[],
      parameters: part("parameters"),
      optimizer: part("optimizer"),
      best: part("best"),
      trainLoss: numberOf(metadata["trainLoss"]),
      maxGradNorm: numberOf(metadata["maxGradNorm"]),
    };
  } catch {
    // What can't be read is no help; the round begins anew, and nothing is lost but time.
    return undefined;
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
