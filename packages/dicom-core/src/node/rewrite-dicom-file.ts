/**
 * Rewrites a file on disk into another.
 *
 * @module
 */
import { open, stat } from "node:fs/promises";
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import type { ReadOptions } from "../read/limits.js";
import { type FileEdits, rewriteFile } from "../rewrite/rewrite-file.js";
import type { SegmentedBytes } from "../rewrite/segments.js";
import { type TargetOptions, writeTarget } from "./file-sink.js";
import { readSource } from "./file-source.js";

/** Files up to this size are read as a whole. */
export const DEFAULT_BUFFER_BYTES: number = 1024 * 1024;

/** How a file is rewritten. */
export interface RewriteDicomFileOptions extends ReadOptions, TargetOptions {
  /**
   * Memory to read into, to be used again for the next file; files that fit are read as a whole. Default: 1 MiB that is
   * allocated for this file.
   */
  readonly buffer?: Uint8Array;
}

/**
 * Rewrites a file: reads its header, asks for edits, writes the result beside the target and gives it its name. The
 * source stays as it is; memory does not grow with the file.
 *
 * @param edit - decides what changes; `file` is valid only until it returns
 * @throws {@link DicomError} `TARGET_IS_SOURCE`, `TARGET_EXISTS`, `SOURCE_CHANGED`, what reading and rewriting throw, and
 * what `edit` throws. No target is left then.
 */
export async function rewriteDicomFile(
  source: string,
  target: string,
  edit: (file: DicomFile) => FileEdits | Promise<FileEdits>,
  options: RewriteDicomFileOptions = {},
): Promise<void> {
  await transformDicomFile(
    source,
    target,
    async (file) => rewriteFile(file, await edit(file)),
    options,
  );
}

/** As {@link rewriteDicomFile}, for those who make the segments themselves. */
export async function transformDicomFile(
  source: string,
  target: string,
  transform: (file: DicomFile) => SegmentedBytes | Promise<SegmentedBytes>,
  options: RewriteDicomFileOptions = {},
): Promise<void> {
  const handle = await open(source, "r");
  try {
    const before = await handle.stat({ bigint: true });
    await assertOtherFile(target, before);
    const buffer =
      options.buffer ?? new Uint8Array(Math.min(Number(before.size), DEFAULT_BUFFER_BYTES));
    const opened = await readSource(handle, Number(before.size), buffer, options);
    await writeTarget(target, await transform(opened.file), opened, {
      ...options,
      beforeNaming: async () => {
        const after = await handle.stat({ bigint: true });
        if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) {
          throw new DicomError("SOURCE_CHANGED", "the file changed while it was read");
        }
      },
    });
  } finally {
    await handle.close();
  }
}

interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

async function assertOtherFile(target: string, source: FileIdentity): Promise<void> {
  let existing: FileIdentity;
  try {
    existing = await stat(target, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (existing.dev === source.dev && existing.ino === source.ino) {
    throw new DicomError("TARGET_IS_SOURCE", "source and target are one file");
  }
}
