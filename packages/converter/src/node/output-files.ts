/**
 * The files that one input becomes: all of them, or none.
 *
 * @module
 */
import { mkdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConverterError } from "../errors.js";
import { codeOf } from "./file-system-error.js";
import type { FolderJob } from "./folder-job.js";
import { writeNewFile } from "./transfer-file.js";

/** What is written for one input. */
export interface OutputFiles {
  /** Relative to the output, with `/`, in the order in which they were written. */
  readonly written: readonly string[];
  /**
   * Writes a file, or, in a dry run, sees that it could be.
   *
   * @throws {@link ConverterError} `TARGET_EXISTS`; errors of the file system
   */
  readonly write: (path: string, content: () => Uint8Array | string) => Promise<void>;
  /** Takes back what was written, unless it replaced something. */
  readonly remove: () => Promise<void>;
}

export function createOutputFiles({
  output,
  overwrite,
  dryRun,
}: Pick<FolderJob, "output" | "overwrite" | "dryRun">): OutputFiles {
  const written: string[] = [];
  return {
    written,
    write: async (path, content) => {
      const target = join(output, path);
      if (written.includes(path)) throw targetExists();
      if (dryRun) {
        if (!overwrite && (await isThere(target))) throw targetExists();
      } else {
        const bytes = content();
        await mkdir(dirname(target), { recursive: true });
        await writeNewFile(target, bytes, overwrite);
      }
      written.push(path);
    },
    remove: async () => {
      if (dryRun || overwrite) return;
      for (const path of written) await unlink(join(output, path)).catch(() => undefined);
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return false;
    throw error;
  }
}

function targetExists(): ConverterError {
  return new ConverterError("TARGET_EXISTS", "a file to be written is there already");
}
