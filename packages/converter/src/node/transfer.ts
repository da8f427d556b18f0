/**
 * Copies or moves the files of a data set to where a plan says.
 *
 * @module
 */
import { access, constants, lstat, mkdir, readdir, realpath, rmdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { ConverterError } from "../errors.js";
import { codeOf, withoutPath } from "./file-system-error.js";
import { copyFile, digestOf, isSameFile, moveFile, writeNewText } from "./transfer-file.js";

/** How files get to where they belong. */
export interface TransferOptions {
  /** Default `copy`: the input stays as it is. */
  readonly mode?: "copy" | "move";
  /** Check and decide all, and write nothing: the result is as if. Default false. */
  readonly dryRun?: boolean;
  /** Stops between two files. Each file is then in the input or in the output, as a whole. */
  readonly signal?: AbortSignal;
  /** After each file. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** One file: both paths relative, with `/`. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  /** The real path of the folder that `from` is in, if that is not the input. */
  readonly root?: string;
}

/** A text to be written. */
export interface NewFile {
  /** Relative to the output. */
  readonly path: string;
  readonly text: string;
}

/** Input and output, by their real paths. */
export interface Folders {
  readonly input: string;
  readonly output: string;
}

/**
 * @throws {@link ConverterError} `FOLDERS_OVERLAP`; `BAD_INPUT` if the input is no folder
 */
export async function resolveFolders(input: string, output: string): Promise<Folders> {
  let folders: Folders;
  try {
    folders = { input: await realpath(input), output: await realpathOfNew(output) };
    if (!(await lstat(folders.input)).isDirectory()) {
      throw new ConverterError("BAD_INPUT", "the input is no folder");
    }
  } catch (error) {
    throw withoutPath("input or output cannot be used", error);
  }
  if (isWithin(folders.input, folders.output) || isWithin(folders.output, folders.input)) {
    throw new ConverterError("FOLDERS_OVERLAP", "input and output are, or lie in, one another");
  }
  return folders;
}

/**
 * @throws {@link ConverterError} `TARGET_EXISTS` if there is something in the folder: were it the rest of an interrupted run,
 * the next would divide the patients anew, and have one in two splits
 */
export async function assertEmpty(output: string): Promise<void> {
  let names: string[] = [];
  try {
    names = await readdir(output);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw withoutPath("the output cannot be used", error);
  }
  if (names.length > 0) {
    throw new ConverterError("TARGET_EXISTS", "the output has to be empty, or not there yet");
  }
}

/**
 * Does it: names are checked to be free before the first file is written.
 *
 * @param last - what to write when all files are there, in this order; told the SHA-256 of each file. A file that is moved has to be
 * read for it, and in a dry run every one
 * @throws {@link ConverterError} `TARGET_EXISTS`, `COPY_DIFFERS`, `BAD_INPUT`; the signal's reason
 */
export async function transfer(
  { input, output }: Folders,
  transfers: readonly Transfer[],
  { mode = "copy", dryRun = false, signal, onProgress }: TransferOptions,
  last?: (digests: readonly string[]) => readonly NewFile[],
): Promise<void> {
  if (mode !== "copy" && mode !== "move") {
    throw new TypeError(`mode: expected copy or move, got ${String(mode)}`);
  }
  const sources = transfers.map(({ from, root = input }) => join(root, from));
  const targets = transfers.map(({ to }) => join(output, to));
  try {
    await assertFree(targets, async (target, i) => {
      // What an interrupted move has left in both places is moved to the end.
      return mode === "move" && isSameFile(sources[i] as string, target);
    });
    const folders = dryRun ? [] : new Set([output, ...targets.map(dirname)]);
    for (const folder of folders) await mkdir(folder, { recursive: true });
    const digests: string[] = [];
    for (const [i, source] of sources.entries()) {
      signal?.throwIfAborted();
      const target = targets[i] as string;
      if (dryRun) {
        await access(source, constants.R_OK);
        if (last !== undefined) digests.push(await digestOf(source));
      } else if (mode === "copy") digests.push(await copyFile(source, target));
      else {
        await moveFile(source, target);
        if (last !== undefined) digests.push(await digestOf(target));
      }
      onProgress?.(i + 1, transfers.length);
    }
    const files = last?.(digests) ?? [];
    if (dryRun) return;
    for (const { path, text } of files) await writeNewText(join(output, path), text);
    if (mode === "move") await removeEmptied(input, transfers);
  } catch (error) {
    throw withoutPath("a file cannot be transferred", error);
  }
}

async function assertFree(
  targets: readonly string[],
  mayBeThere: (target: string, index: number) => Promise<boolean> = async () => false,
): Promise<void> {
  if (new Set(targets).size !== targets.length) {
    throw new ConverterError("TARGET_EXISTS", "two files would have one name");
  }
  for (const [i, target] of targets.entries()) {
    try {
      await lstat(target);
    } catch (error) {
      if (codeOf(error) === "ENOENT") continue;
      throw error;
    }
    if (await mayBeThere(target, i)) continue;
    throw new ConverterError("TARGET_EXISTS", "a file to be written is there already");
  }
}

/** The folders of which the last file was moved, the innermost first; never the input, or a root, itself. */
async function removeEmptied(input: string, transfers: readonly Transfer[]): Promise<void> {
  const folders = new Set<string>();
  for (const { from, root = input } of transfers) {
    for (let at = dirname(from); at !== "."; at = dirname(at)) folders.add(join(root, at));
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    try {
      await rmdir(folder);
    } catch {
      // Something else is in it: it stays.
    }
  }
}

/** The real path of something that need not be there yet. */
export async function realpathOfNew(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realpath(whole);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(whole) === whole) throw error;
    return join(await realpathOfNew(dirname(whole)), basename(whole));
  }
}

function isWithin(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  // On another drive the way is absolute.
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || resolve(way) === way);
}
