/**
 * Where training within a round was, kept in a file after each epoch, so that a client that was ended goes on there.
 *
 * @module
 */
import { readFile, rm } from "node:fs/promises";
import {
  type ModelParameters,
  type NamedTensor,
  readSafetensors,
  writeSafetensors,
} from "@dsail/fl-protocol";
import writeFileAtomic from "write-file-atomic";

/** What training goes on from. */
interface RoundProgress {
  /** Epochs that are done. */
  readonly epochs: number;
  /** What was watched, after each of them; null where there was no value. */
  readonly monitored: readonly (number | null)[];
  readonly parameters: ModelParameters;
  /** What the optimizer remembers. */
  readonly optimizer: ModelParameters;
  /** Of the best epoch, where it is kept. */
  readonly best: ModelParameters;
  /** The clipping bound, which an adaptive one moves; undefined without privacy. */
  readonly maxGradNorm: number | undefined;
}

/** The file of a trainer. */
export interface RoundCheckpoint {
  /** What there is for this work; undefined for none, that of other work, or one that is broken: then it begins anew. */
  readonly read: (work: string) => Promise<RoundProgress | undefined>;
  readonly write: (work: string, progress: RoundProgress) => Promise<void>;
  /** The round is over. */
  readonly clear: () => Promise<void>;
}

const FORMAT = "dsail-round-checkpoint-1";

/** Parts of the file, by what names begin with. */
const PARTS = ["parameters", "optimizer", "best"] as const;

/**
 * The checkpoint at a path. For this user only: parameters within a round are not yet noisy enough for anyone else's eyes
 * than the site's.
 *
 * The `work` of its functions names what is done, such as a hash of the parameters and settings that a round began with.
 */
export function roundCheckpoint(path: string): RoundCheckpoint {
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
    write: async (work, { epochs, monitored, maxGradNorm, ...parts }) => {
      const tensors = PARTS.flatMap((part) =>
        parts[part].map((tensor): NamedTensor => ({ ...tensor, name: `${part}/${tensor.name}` })),
      );
      const told = { epochs: String(epochs), monitored: JSON.stringify(monitored) };
      const bound = maxGradNorm === undefined ? {} : { maxGradNorm: String(maxGradNorm) };
      const bytes = writeSafetensors(tensors, { format: FORMAT, work, ...told, ...bound });
      await writeFileAtomic(path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
        mode: 0o600,
      });
    },
    clear: () => rm(path, { force: true }),
  };
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
      monitored: JSON.parse(metadata["monitored"] ?? "[]") as (number | null)[],
      parameters: part("parameters"),
      optimizer: part("optimizer"),
      best: part("best"),
      maxGradNorm:
        metadata["maxGradNorm"] === undefined ? undefined : Number(metadata["maxGradNorm"]),
    };
  } catch {
    // What can't be read is no help; the round begins anew, and nothing is lost but time.
    return undefined;
  }
}
