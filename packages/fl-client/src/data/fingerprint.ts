/**
 * Names of data, to know them again.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";

/** Files that are asked about together. */
const AT_ONCE = 64;

/** 64 hexadecimal digits of parts, each a text or bytes. */
export function digestOf(...parts: readonly (string | NodeJS.ArrayBufferView)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const length = typeof part === "string" ? part.length : part.byteLength;
    hash.update(`${length}:`).update(part);
  }
  return hash.digest("hex");
}

/** For each file its path, size and time of change: another text when it was written again. */
export async function statesOfFiles(folder: string, paths: readonly string[]): Promise<string[]> {
  const states: string[] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const stateOf = async (path: string): Promise<string> => {
      // One that is not there is told by whoever reads it.
      const { size, mtimeMs } = (await stat(join(folder, path)).catch(() => undefined)) ?? {};
      return JSON.stringify([path, size, mtimeMs]);
    };
    states.push(...(await Promise.all(paths.slice(from, from + AT_ONCE).map(stateOf))));
  }
  return states;
}
