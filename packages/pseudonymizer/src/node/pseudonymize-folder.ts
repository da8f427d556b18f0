/**
 * Pseudonymizes a file, or a folder with all that is in it.
 *
 * @module
 */
import { realpath, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { RewriteDicomFileOptions } from "@dsail/dicom-core/node";
import { PseudonymizerError } from "../errors.js";
import { failureOf } from "../failure.js";
import { assertKey } from "../key.js";
import { createFileTask, type FileOutcome, type FolderJob } from "./folder-job.js";
import { isWithin } from "./is-within.js";
import { type ListedFile, listFiles } from "./list-files.js";
import { hasWorkers, runInWorkers } from "./worker-pool.js";

/** Fewer files are done sooner than workers start. */
const FILES_WORTH_WORKERS = 64;

/** More than that wait for the disk rather than for a core. */
const MAX_USUAL_WORKERS = 4;

/** Files under way at a time where there are no workers. */
const LANES = 4;

/** How a folder is pseudonymized. */
export interface FolderOptions extends Omit<RewriteDicomFileOptions, "buffer"> {
  /** Secret of at least 32 bytes. The same key gives the same pseudonyms. */
  readonly key: Uint8Array;
  /**
   * Threads. 0 works in this one, without blocking it. Default: as many as there are cores, at most 4; 0 for fewer than 64
   * files.
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
 * Pseudonymizes `input`, a file or a folder, into the folder `output`, which mirrors its tree. A file that fails does not
 * stop the others.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY`, `BAD_INPUT`, `FOLDERS_OVERLAP`; nothing is written then
 */
export async function pseudonymizeFolder(
  input: string,
  output: string,
  options: FolderOptions,
): Promise<FolderSummary> {
  const { key, workers, skipExisting = false, signal, onStart, onFile, ...rest } = options;
  assertKey(key);
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0)) {
    throw new RangeError(`workers: expected an integer of 0 or more, got ${workers}`);
  }
  const { folder, files } = await filesOf(input);
  await assertApart(input, output);
  onStart?.(files.length);
  const counts = { done: 0, skipped: 0, failed: 0 };
  const count = (outcome: FileOutcome) => {
    counts[outcome.kind]++;
    onFile?.(outcome);
  };
  for (const { path, isFile, error } of files) {
    if (error !== undefined) count({ kind: "failed", path, failure: failureOf(error) });
    else if (!isFile) count({ kind: "skipped", path });
  }
  const paths = files.filter(({ isFile }) => isFile).map(({ path }) => path);
  const queue = until(signal, paths);
  const job: FolderJob = { input: folder, output, key, skipExisting, options: rest };
  const threads = Math.min(workers ?? usualWorkers(paths.length), paths.length);
  if (threads > 0 && hasWorkers()) {
    await runInWorkers(job, queue, threads, count);
  } else {
    await runHere(job, queue, count);
  }
  return { ...counts, left: files.length - counts.done - counts.skipped - counts.failed };
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

async function filesOf(
  input: string,
): Promise<{ readonly folder: string; readonly files: readonly ListedFile[] }> {
  if (!(await isDirectory(input))) {
    return { folder: dirname(input), files: [{ path: basename(input), isFile: true }] };
  }
  const files: ListedFile[] = [];
  for await (const file of listFiles(input)) {
    if (file.error !== undefined && file.path === "") throw unusable("input", file.error);
    files.push(file);
  }
  return { folder: input, files };
}

async function isDirectory(input: string): Promise<boolean> {
  try {
    const found = await stat(input);
    if (found.isDirectory()) return true;
    if (found.isFile()) return false;
  } catch (error) {
    throw unusable("input", error);
  }
  throw new PseudonymizerError("BAD_INPUT", "the input is neither a file nor a folder");
}

function unusable(what: "input" | "output", error: unknown): PseudonymizerError {
  const { code } = error as NodeJS.ErrnoException;
  const verb = what === "input" ? "read" : "written to";
  return new PseudonymizerError(
    "BAD_INPUT",
    `the ${what} cannot be ${verb} (${code ?? "unknown"})`,
  );
}

/** Input and output may not lie in each other: what was written would be read, or what is read be written over. */
async function assertApart(input: string, output: string): Promise<void> {
  const from = await realpath(input);
  const to = await realpathOfFuture(resolve(output));
  if (isWithin(from, to) || isWithin(to, from)) {
    throw new PseudonymizerError("FOLDERS_OVERLAP", "input and output may not lie in each other");
  }
}

/** The real path of something that need not exist yet: that of the nearest folder that does, and the rest. */
async function realpathOfFuture(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) {
      throw unusable("output", error);
    }
    return join(await realpathOfFuture(dirname(path)), basename(path));
  }
}
