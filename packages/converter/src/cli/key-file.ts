/**
 * Key files, as `dsail-pseudonymize keygen` writes them: hexadecimal text.
 *
 * @module
 */
import { open } from "node:fs/promises";
import { ConverterError } from "../errors.js";

/** More than any key needs: a file of this size was named by mistake. */
const MAX_KEY_FILE_BYTES = 4096;
/** As many as HMAC-SHA-256 gives security (RFC 2104, 3). */
const MIN_KEY_BYTES = 32;

/**
 * Reads a key file.
 *
 * @throws {@link ConverterError} `BAD_KEY` if there is none, or no key in it
 */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  let text: string;
  try {
    text = await readBeginning(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badKey(`the key file cannot be read (${code ?? "unknown"})`);
  }
  if (text.length > MAX_KEY_FILE_BYTES) throw badKey("the key file is no key file: too large");
  const digits = text.trim();
  // Nothing is told of what was there: it may be a key, mistyped.
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    throw badKey("key: expected hexadecimal digits only, in pairs");
  }
  if (digits.length < 2 * MIN_KEY_BYTES) {
    throw badKey(`key: expected at least ${2 * MIN_KEY_BYTES} hexadecimal digits`);
  }
  const key = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (key.every((byte) => byte === key[0])) {
    throw badKey("key: all bytes are the same; generate one");
  }
  return key;
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

function badKey(why: string): ConverterError {
  return new ConverterError("BAD_KEY", why);
}
