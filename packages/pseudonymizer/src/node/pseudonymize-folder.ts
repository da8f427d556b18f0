/**
 * Pseudonymizes a file, or a folder with all that is in it.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import type { RewriteDicomFileOptions } from "@dsail/dicom-core/node";
import { failureOf } from "../failure.js";
import { assertApart, assertOutside } from "./apart.js";
import { createFileTask, type FileOutcome, type FolderJob } from "./folder-job.js";
import {
  createLinkedPseudonymization,
  type LinkedPseudonymizationOptions,
} from "./linked-pseudonymization.js";
import { listInput } from "./list-files.js";
import type { OutputNames } from "./output-path.js";
import { hasWorkers, runInWorkers } from "./worker-pool.js";

/** Fewer files are done sooner than workers start. */
const FILES_WORTH_WORKERS = 64;

/** More than that wait for the disk rather than for a core. */
const MAX_USUAL_WORKERS = 4;

/** Files under way at a time where there are no workers. */
const LANES = 4;

/** How a folder is pseudonymized. */
export interface FolderOptions
  extends LinkedPseudonymizationOptions,
    Omit<RewriteDicomFileOptions, "buffer"> {
  /** How files in the output are named. Default `pseudonyms`: no name is taken from the input. */
  readonly names?: OutputNames;
  /**
   * Threads. 0 works in this one, without blocking it. Default: as many as there are cores, at most 4; 0 for fewer than 64
   * files,
   * and where a rule is a function.
   */
  readonly workers?: number;
  /**
   * Skip files whose targets exist: to go on where a run was stopped, since targets are whole or not there. Default false:
   * they fail.
   */
  readonly skipExisting?: boolean;
  /** Once aborted, no further file is begun; those under way are finished. */
  readonly signal?: AbortSignal;
  /** Called before the first file with how many there are. */
  readonly onStart?: (files: number) => void;
  /** Called for each file, as it ends; in no order. */
  readonly onFile?: (outcome: FileOutcome) => void;
}

/** How many files came to which end. */
export interface FolderSummary {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  /** Not begun, since `signal` was aborted. */
  readonly left: number;
}

/**
 * Pseudonymizes `input`, a file or a folder, into the folder `output`. A file that fails does not stop the others.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY`, `BAD_OPTION`, `BAD_RULE`, `LOOKUP_TABLE`, `BAD_INPUT`, `FOLDERS_OVERLAP`;
 * nothing is written then
 */
export async function pseudonymizeFolder(
  input: string,
  output: string,
  options: FolderOptions,
): Promise<FolderSummary> {
  const {
    workers,
    skipExisting = false,
    names = "pseudonyms",
    signal,
    onStart,
    onFile,
    ...rest
  } = options;
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0)) {
    throw new RangeError(`workers: expected an integer of 0 or more, got ${workers}`);
  }
  const { folder, files } = await listInput(input);
  await assertApart(input, output);
  if (options.lookup !== undefined) await assertOutside(output, options.lookup);
  // What is wrong with them is told before anything is done. A lookup table may be made here.
  createLinkedPseudonymization(rest);
  onStart?.(files.length);
  const counts = { done: 0, skipped: 0, failed: 0 };
  const targets = new Set<string>();
  const tell = (outcome: FileOutcome) => {
    const told = withoutSecond(outcome, targets);
    counts[told.kind]++;
    onFile?.(told);
  };
  // Whether a target was there before, or another file of this run has just come to it, is known only at the end.
  const held: FileOutcome[] = [];
  const count = (outcome: FileOutcome) => {
    const mayBeSecond = names !== "mirror" && outcome.kind === "skipped";
    if (mayBeSecond && outcome.target !== undefined) held.push(outcome);
    else tell(outcome);
  };
  for (const { path, isFile, error } of files) {
    if (error !== undefined) count({ kind: "failed", path, failure: failureOf(error) });
    else if (!isFile) count({ kind: "skipped", path });
  }
  const paths = files.filter(({ isFile }) => isFile).map(({ path }) => path);
  const queue = until(signal, paths);
  const job: FolderJob = {
    input: folder,
    output,
    pseudonymization: rest,
    names,
    skipExisting,
    options: rest,
  };
  // A function cannot be sent to a worker.
  const isData = !(options.rules ?? []).some(({ decide }) => decide !== undefined);
  const threads = isData ? Math.min(workers ?? usualWorkers(paths.length), paths.length) : 0;
  if (threads > 0 && hasWorkers()) {
    await runInWorkers(job, queue, threads, count);
  } else {
    await runHere(job, queue, count);
  }
  for (const outcome of held) tell(outcome);
  return { ...counts, left: files.length - counts.done - counts.skipped - counts.failed };
}

/** Two files of an input that come to one target: of one of them nothing is left, which is no success. */
function withoutSecond(outcome: FileOutcome, targets: Set<string>): FileOutcome {
  if (outcome.kind === "failed" || outcome.target === undefined) return outcome;
  if (!targets.has(outcome.target)) {
    if (outcome.kind === "done") targets.add(outcome.target);
    return outcome;
  }
  const failure = {
    code: "TARGET_EXISTS",
    message: "another file of the input has the same SOP Instance UID, and one output for both",
  };
  return { kind: "failed", path: outcome.path, failure };
}

function usualWorkers(files: number): number {
  return files < FILES_WORTH_WORKERS ? 0 : Math.min(MAX_USUAL_WORKERS, availableParallelism());
}

/** The paths, as long as nobody says stop. All who take from it share it. */
function* until(signal: AbortSignal | undefined, paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    if (signal?.aborted === true) return;
    yield path;
  }
}

async function runHere(
  job: FolderJob,
  queue: Iterator<string>,
  onFile: (outcome: FileOutcome) => void,
): Promise<void> {
  const lane = async () => {
    const task = createFileTask(job);
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      onFile(await task(next.value));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
