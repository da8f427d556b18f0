/**
 * The files of a folder of classes.
 *
 * @module
 */
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ConverterError } from "../errors.js";
import { isName } from "../relative-path.js";
import { withoutPath } from "./file-system-error.js";
import { MANIFEST_NAME } from "./transfer.js";

/** What was found. */
export interface ListedClasses {
  /** Relative to the folder, with `/`, in order. */
  readonly paths: readonly string[];
  /** Hidden files and folders (`.name`), links, sockets and the like: never followed, copied or moved. */
  readonly skipped: number;
}

/**
 * Lists the files of `<folder>/…/<class>/…/<file>`, with `levels` folders above the class. A manifest in the folder itself is
 * passed over.
 *
 * @throws {@link ConverterError} `BAD_INPUT` if a file is in no class, has a name not to be used everywhere, or cannot be read;
 * or if there is none
 */
export async function listClasses(folder: string, levels: number): Promise<ListedClasses> {
  const paths: string[] = [];
  let skipped = 0;
  const visit = async (below: readonly string[]): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await readdir(join(folder, ...below), { withFileTypes: true });
    } catch (error) {
      throw withoutPath("a folder cannot be read", error);
    }
    for (const entry of entries) {
      const path = [...below, entry.name];
      if (entry.name.startsWith(".")) skipped += 1;
      else if (entry.isDirectory()) await visit(path);
      else if (!entry.isFile()) skipped += 1;
      else if (path.length === 1 && entry.name === MANIFEST_NAME) continue;
      else if (path.length < levels + 2) {
        throw new ConverterError("BAD_INPUT", "the input has a file that is in no class");
      } else if (!path.every(isName)) {
        throw new ConverterError("BAD_INPUT", "the name of a file has one of \\ : or a control");
      } else paths.push(path.join("/"));
    }
  };
  await visit([]);
  if (paths.length === 0) throw new ConverterError("BAD_INPUT", "the input has no files");
  return { paths: paths.sort(), skipped };
}
