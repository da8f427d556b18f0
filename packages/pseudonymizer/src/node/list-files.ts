/**
 * The files of a folder, one after the other, however many there are.
 *
 * @module
 */
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PseudonymizerError } from "../errors.js";

/** A file of a folder. */
export interface ListedFile {
  /** Relative to the folder. */
  readonly path: string;
  /** Links, sockets and the like are listed, but not to be followed. */
  readonly isFile: boolean;
  /** Why this is a folder of which nothing can be listed; undefined otherwise. */
  readonly error?: unknown;
}

/** Lists a folder and the folders in it, in order of names. One that cannot be read does not end the list. */
export async function* listFiles(folder: string, below = ""): AsyncGenerator<ListedFile> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(folder, below), { withFileTypes: true });
  } catch (error) {
    yield { path: below, isFile: false, error };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) yield* listFiles(folder, path);
    else yield { path, isFile: entry.isFile() };
  }
}

/** An input, with what is in it. */
export interface ListedInput {
  /** That the paths of the files are relative to. */
  readonly folder: string;
  readonly files: readonly ListedFile[];
}

/**
 * Lists a folder, or a single file.
 *
 * @throws {@link PseudonymizerError} `BAD_INPUT` if there is neither
 */
export async function listInput(input: string): Promise<ListedInput> {
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

/** What cannot be used, by the code of the file system: its text holds a path. */
export function unusable(what: "input" | "output", error: unknown): PseudonymizerError {
  const { code } = error as NodeJS.ErrnoException;
  const verb = what === "input" ? "read" : "written to";
  return new PseudonymizerError(
    "BAD_INPUT",
    `the ${what} cannot be ${verb} (${code ?? "unknown"})`,
  );
}
