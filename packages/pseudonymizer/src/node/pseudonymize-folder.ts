/**
 * Pseudonymizes a file, or a folder with all that is in it.
 *
 * @module
 */
import { mkdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { isDicomError } from "@dsail/dicom-core";
import { DEFAULT_BUFFER_BYTES, type RewriteDicomFileOptions } from "@dsail/dicom-core/node";
import { PseudonymizerError } from "../errors.js";
import type { Pseudonymization } from "../pseudonymization.js";
import { type ListedFile, listFiles } from "./list-files.js";
import { pseudonymizeFile } from "./pseudonymize-file.js";

/** What became of one file. Paths are relative to the input folder. */
export type FileOutcome =
  | { readonly kind: "done"; readonly path: string }
  /** No DICOM, or no regular file. */
  | { readonly kind: "skipped"; readonly path: string }
  | { readonly kind: "failed"; readonly path: string; readonly error: unknown };

/** How a folder is pseudonymized. */
export interface FolderOptions extends Omit<RewriteDicomFileOptions, "buffer"> {
  /** Files under way at a time. Default 4. */
  readonly concurrency?: number;
  /** Called before the first file with how many there are. */
  readonly onStart?: (files: number) => void;
  /** Called for each file, as it ends. */
  readonly onFile?: (outcome: FileOutcome) => void;
}

/** How many files came to which end. */
export interface FolderSummary {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
}

/**
 * Pseudonymizes `input`, a file or a folder, into the folder `output`, which mirrors its tree. A file that fails does not
 * stop the others.
 *
 * @throws {@link PseudonymizerError} `BAD_INPUT`, `FOLDERS_OVERLAP`; nothing is written then
 */
export async function pseudonymizeFolder(
  input: string,
  output: string,
  pseudonymization: Pseudonymization,
  options: FolderOptions = {},
): Promise<FolderSummary> {
  const { concurrency = 4, onStart, onFile, ...rewriteOptions } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`concurrency: expected an integer of 1 or more, got ${concurrency}`);
  }
  const { folder, files } = await filesOf(input);
  await assertApart(input, output);
  const counts = { done: 0, skipped: 0, failed: 0 };
  onStart?.(files.length);
  const madeFolders = new Map<string, Promise<unknown>>();
  const queue = files[Symbol.iterator]();
  const lane = async () => {
    const buffer = new Uint8Array(DEFAULT_BUFFER_BYTES);
    for (const file of queue) {
      const outcome = await outcomeOf(file, async () => {
        const target = join(output, file.path);
        await makeFolder(dirname(target), madeFolders);
        await pseudonymizeFile(join(folder, file.path), target, pseudonymization, {
          ...rewriteOptions,
          buffer,
        });
      });
      counts[outcome.kind]++;
      onFile?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, lane));
  return counts;
}

async function outcomeOf(file: ListedFile, work: () => Promise<void>): Promise<FileOutcome> {
  const { path } = file;
  if (!file.isFile) return { kind: "skipped", path };
  try {
    await work();
    return { kind: "done", path };
  } catch (error) {
    if (isDicomError(error) && error.code === "NOT_DICOM") return { kind: "skipped", path };
    return { kind: "failed", path, error };
  }
}

async function filesOf(
  input: string,
): Promise<{ readonly folder: string; readonly files: readonly ListedFile[] }> {
  const isFolder = await isDirectory(input);
  if (!isFolder)
    return { folder: dirname(input), files: [{ path: basename(input), isFile: true }] };
  const files: ListedFile[] = [];
  for await (const file of listFiles(input)) files.push(file);
  return { folder: input, files };
}

async function isDirectory(input: string): Promise<boolean> {
  try {
    const found = await stat(input);
    if (found.isDirectory()) return true;
    if (found.isFile()) return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PseudonymizerError("BAD_INPUT", `the input cannot be read (${code ?? "unknown"})`);
  }
  throw new PseudonymizerError("BAD_INPUT", "the input is neither a file nor a folder");
}

/** Makes a folder once, also when several files of it are under way. */
async function makeFolder(folder: string, made: Map<string, Promise<unknown>>): Promise<void> {
  let making = made.get(folder);
  if (making === undefined) {
    making = mkdir(folder, { recursive: true });
    made.set(folder, making);
  }
  await making;
}

/** Input and output may not lie in each other: what was written would be read, or what is read be written over. */
async function assertApart(input: string, output: string): Promise<void> {
  const from = await realpath(input);
  const to = await realpathOfFuture(resolve(output));
  if (isWithin(from, to) || isWithin(to, from)) {
    // An input file may lie beside the output folder, but not in it.
    throw new PseudonymizerError("FOLDERS_OVERLAP", "input and output may not lie in each other");
  }
}

function isWithin(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || resolve(way) === way);
}

/** The real path of something that need not exist yet: that of the nearest folder that does, and the rest. */
async function realpathOfFuture(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    return join(await realpathOfFuture(dirname(path)), basename(path));
  }
}
