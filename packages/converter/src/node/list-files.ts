/**
 * The files of a folder and of the folders in it.
 *
 * @module
 */
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ConverterError } from "../errors.js";
import { isRelativePath } from "../relative-path.js";
import { withoutPath } from "./file-system-error.js";

/** What was found. */
export interface ListedFiles {
  /** Relative to the folder, with `/`, in order of code units. */
  readonly paths: readonly string[];
  /** Hidden files and folders (`.name`), links, sockets and the like: never followed, copied or moved. */
  readonly skipped: number;
}

/**
 * @throws {@link ConverterError} `BAD_INPUT` if a folder cannot be read
 */
export async function listFiles(folder: string): Promise<ListedFiles> {
  const paths: string[] = [];
  let skipped = 0;
  const visit = async (below: string): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await readdir(join(folder, below), { withFileTypes: true });
    } catch (error) {
      throw withoutPath("a folder cannot be read", error);
    }
    for (const entry of entries) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.name.startsWith(".")) skipped += 1;
      else if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) paths.push(path);
      else skipped += 1;
    }
  };
  await visit("");
  return { paths: paths.sort(), skipped };
}

/** @throws {@link ConverterError} `BAD_INPUT` if a name is not to be used everywhere */
export function assertPortable(paths: readonly string[]): void {
  if (!paths.every(isRelativePath)) {
    throw new ConverterError("BAD_INPUT", "the name of a file has one of \\ : or a control");
  }
}
