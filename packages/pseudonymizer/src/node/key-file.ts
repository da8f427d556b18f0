/**
 * Key files: hexadecimal text that only its owner may read.
 *
 * @module
 */
import { open } from "node:fs/promises";
import { PseudonymizerError } from "../errors.js";
import { formatKey, generateKey, parseKey } from "../key.js";

/** More than any key needs: a file of this size was named by mistake. */
const MAX_KEY_FILE_BYTES = 4096;

/**
 * Reads a key file.
 *
 * @throws {@link PseudonymizerError} `BAD_KEY` if there is none, or no key in it
 */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  let text: string;
  try {
    text = await readBeginning(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PseudonymizerError("BAD_KEY", `the key file cannot be read (${code ?? "unknown"})`);
  }
  if (text.length > MAX_KEY_FILE_BYTES) {
    throw new PseudonymizerError("BAD_KEY", "the key file is no key file: it is too large");
  }
  return parseKey(text);
}

/** A little more than a key file may have, also of a file that never ends. */
async function readBeginning(path: string): Promise<string> {
  const handle = await open(path, "r");
  try {
    const bytes = new Uint8Array(MAX_KEY_FILE_BYTES + 1);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length);
    return String.fromCharCode(...bytes.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/**
 * Writes a new key, readable by its owner only. A file that exists is never replaced: with its key the link to all its
 * pseudonyms would be lost.
 *
 * @throws {@link PseudonymizerError} `BAD_INPUT` if the file exists or cannot be written
 */
export async function writeNewKeyFile(path: string): Promise<void> {
  try {
    const handle = await open(path, "wx", 0o600);
    try {
      await handle.writeFile(formatKey(generateKey()));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PseudonymizerError(
      "BAD_INPUT",
      code === "EEXIST"
        ? "the key file exists, and is not replaced"
        : `the key file cannot be written (${code ?? "unknown"})`,
    );
  }
}
