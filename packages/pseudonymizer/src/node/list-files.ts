/**
 * The files of a folder, one after the other, however many there are.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A file of a folder. */
export interface ListedFile {
  /** Relative to the folder. */
  readonly path: string;
  /** Links, sockets and the like are listed, but not to be followed. */
  readonly isFile: boolean;
}

/** Lists a folder and the folders in it, in order of names. */
export async function* listFiles(folder: string, below = ""): AsyncGenerator<ListedFile> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) yield* listFiles(folder, path);
    else yield { path, isFile: entry.isFile() };
  }
}
