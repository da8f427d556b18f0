/**
 * The key of a run that was given none, as D-SAIL's never were.
 *
 * @module
 */
import { lstat } from "node:fs/promises";
import { isPseudonymizerError, PseudonymizerError } from "../../errors.js";
import { generateKey } from "../../key.js";
import { readKeyFile, writeNewKeyFile } from "../key-file.js";

/**
 * With a lookup table, the key in the file beside it, with its name and `.key`, which is made with it: so that the next run
 * gives a study the same UIDs. It is no more secret than the table. Without one, a key that is forgotten after the run:
 * nobody can link what it made.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY` if there is a table but no key beside it
 */
export async function keyOfRun(lookup: string | undefined): Promise<Uint8Array> {
  if (lookup === undefined) return generateKey();
  const path = `${lookup}.key`;
  if (!(await exists(path))) {
    if (await exists(lookup)) {
      throw new PseudonymizerError(
        "BAD_KEY",
        "there is no key file beside the lookup table (its name and .key): name the key that it was begun with",
      );
    }
    await writeUnlessThere(path);
  }
  return readKeyFile(path);
}

/** Another run may have begun at the same time: its key is taken then. */
async function writeUnlessThere(path: string): Promise<void> {
  try {
    await writeNewKeyFile(path);
  } catch (error) {
    if (!isPseudonymizerError(error) || !(await exists(path))) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
