/**
 * Paths that have to lie apart from each other.
 *
 * @module
 */
import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PseudonymizerError } from "../errors.js";
import { isWithin } from "./is-within.js";
import { unusable } from "./list-files.js";

/**
 * Input and output may not lie in each other: what was written would be read, or what is read be written over.
 *
 * @throws {@link PseudonymizerError} `FOLDERS_OVERLAP`
 */
export async function assertApart(input: string, output: string): Promise<void> {
  const from = await realpath(input);
  const to = await realpathOfFuture(resolve(output));
  if (isWithin(from, to) || isWithin(to, from)) {
    throw new PseudonymizerError("FOLDERS_OVERLAP", "input and output may not lie in each other");
  }
}

/**
 * A lookup table undoes what the output is for: who is handed the one should not be handed the other.
 *
 * @throws {@link PseudonymizerError} `FOLDERS_OVERLAP`
 */
export async function assertOutside(output: string, lookup: string): Promise<void> {
  const folder = await realpathOfFuture(resolve(output));
  if (isWithin(folder, await realpathOfFuture(resolve(lookup)))) {
    throw new PseudonymizerError("FOLDERS_OVERLAP", "the lookup table may not lie in the output");
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
