/**
 * The files of a folder, one after the other, however many there are.
 *
 * @module
 */
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

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
