/**
 * What a run works on: a folder with the folders in it, or one file.
 *
 * @module
 */
import { realpath, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ConverterError } from "../errors.js";
import { withoutPath } from "./file-system-error.js";
import { listFiles } from "./list-files.js";
import { realpathOfNew, resolveFolders } from "./transfer.js";

/** What was found. */
export interface Input {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly skipped: number;
  readonly isFolder: boolean;
}

/** @throws {@link ConverterError} `BAD_INPUT` if it is not there, or cannot be read */
export async function listInput(path: string): Promise<Input> {
  let real: string;
  try {
    real = await realpath(path);
    const found = await stat(real);
    if (!found.isDirectory()) {
      // A pipe would be waited for without end.
      if (!found.isFile()) {
        throw new ConverterError("BAD_INPUT", "the input is neither a folder nor a file");
      }
      return { folder: dirname(real), paths: [basename(real)], skipped: 0, isFolder: false };
    }
  } catch (error) {
    throw withoutPath("the input cannot be read", error);
  }
  return { folder: real, ...(await listFiles(real)), isFolder: true };
}

/** Of a single file, the output may be near it: only another file is written there. */
export async function resolveOutput(
  folder: string,
  output: string,
  isFolder: boolean,
): Promise<string> {
  if (isFolder) return (await resolveFolders(folder, output)).output;
  try {
    return await realpathOfNew(output);
  } catch (error) {
    throw withoutPath("the output cannot be used", error);
  }
}
