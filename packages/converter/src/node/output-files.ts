/**
 * The files that one input becomes: all of them, or none.
 *
 * @module
 */
import type { BigIntStats } from "node:fs";
import { lstat, mkdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConverterError } from "../errors.js";
import { codeOf } from "./file-system-error.js";
import type { FolderJob } from "./folder-job.js";
import { giveName, writeTemporary } from "./transfer-file.js";

/** What is written for one input. */
export interface OutputFiles {
  /** Relative to the output, with `/`, in the order in which they were written. */
  readonly written: readonly string[];
  /**
   * Writes a file that has no name yet, or, in a dry run, sees that it could be.
   *
   * @throws {@link ConverterError} `TARGET_EXISTS`, `FOLDERS_OVERLAP` if it would replace the input; errors of the file system
   */
  readonly write: (path: string, content: () => Uint8Array | string) => Promise<void>;
  /**
   * Gives all files their names: where the input is whole.
   *
   * @throws {@link ConverterError} `TARGET_EXISTS`; errors of the file system
   */
  readonly finish: () => Promise<void>;
  /** Takes back what was written, unless it replaced something. */
  readonly remove: () => Promise<void>;
}

/** A file on its way. */
interface Staged {
  readonly temporary: string;
  readonly target: string;
  readonly isNew: boolean;
}

/**
 * @param source - the input, relative to the job's
 * @param taken - what inputs before have become: of two that would become one file the second one fails, even where files
 * may be replaced, or it would have pixels of one patient and metadata of another
 */
export function createOutputFiles(
  {
    input,
    output,
    overwrite,
    dryRun,
  }: Pick<FolderJob, "input" | "output" | "overwrite" | "dryRun">,
  source: string,
  taken: Set<string>,
): OutputFiles {
  const written = new Set<string>();
  const staged: Staged[] = [];
  const named: Staged[] = [];
  return {
    get written() {
      return [...written];
    },
    write: async (path, content) => {
      const target = join(output, path);
      if (written.has(path) || taken.has(path)) throw targetExists();
      // To know it early; whether it is so when the file gets its name is seen then.
      const there = await statsOf(target);
      if (there !== undefined && (!overwrite || there.isDirectory())) throw targetExists();
      if (there !== undefined) assertOther(there, await statsOf(join(input, source)));
      if (!dryRun) {
        const bytes = content();
        await mkdir(dirname(target), { recursive: true });
        const temporary = await writeTemporary(target, bytes);
        staged.push({ temporary, target, isNew: there === undefined });
      }
      written.add(path);
    },
    finish: async () => {
      for (let next = staged[0]; next !== undefined; next = staged[0]) {
        await giveName(next.temporary, next.target, overwrite);
        named.push(next);
        staged.shift();
      }
      for (const path of written) taken.add(path);
    },
    remove: async () => {
      const paths = [
        ...staged.map(({ temporary }) => temporary),
        ...named.filter(({ isNew }) => isNew).map(({ target }) => target),
      ];
      for (const path of paths) await unlink(path).catch(() => undefined);
    },
  };
}

/** Of a link, not of what it leads to. */
async function statsOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** The output of a single file may be the folder that it is in. */
function assertOther(target: BigIntStats, source: BigIntStats | undefined): void {
  if (target.dev !== source?.dev || target.ino !== source.ino) return;
  throw new ConverterError("FOLDERS_OVERLAP", "the output would replace the input");
}

function targetExists(): ConverterError {
  return new ConverterError("TARGET_EXISTS", "a file to be written is there already");
}
