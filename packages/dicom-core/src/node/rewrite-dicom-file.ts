/**
 * Rewrites a file on disk into another.
 *
 * @module
 */
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import type { ReadOptions } from "../read/limits.js";
import type { SegmentedBytes } from "../rewrite/segments.js";
import { type TargetOptions, targetExists, writeTarget } from "./file-sink.js";
import { readSource } from "./file-source.js";
import {
  close,
  type FileStatus,
  open,
  runAsync,
  runSync,
  type Steps,
  statusOf,
  statusOfOpen,
} from "./file-system.js";

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

/** What becomes of a file, such as `(file) => rewriteFile(file, edits)`. `file` is valid only until this returns. */
export type Rewrite = (file: DicomFile) => SegmentedBytes;

/** A path, or a function that names it; it is called after the rewrite, whose result may tell the name. */
export type RewriteTarget = string | (() => string);

/**
 * Rewrites a file: reads its header, asks what becomes of it, writes that beside the target and gives it its name. The
 * source stays as it is; memory does not grow with the file.
 *
 * @throws {@link DicomError} `TARGET_IS_SOURCE`, `TARGET_EXISTS`, `SOURCE_CHANGED`, what reading throws, and what
 * `rewrite` throws. No target is left then.
 */
export function rewriteDicomFile(
  source: string,
  target: RewriteTarget,
  rewrite: Rewrite,
  options: RewriteDicomFileOptions = {},
): Promise<void> {
  return runAsync(rewriteSteps(source, target, rewrite, options));
}

/** As {@link rewriteDicomFile}, at once: for workers and command lines. */
export function rewriteDicomFileSync(
  source: string,
  target: RewriteTarget,
  rewrite: Rewrite,
  options: RewriteDicomFileOptions = {},
): void {
  runSync(rewriteSteps(source, target, rewrite, options));
}

function* rewriteSteps(
  source: string,
  target: RewriteTarget,
  rewrite: Rewrite,
  options: RewriteDicomFileOptions,
): Steps<void> {
  const descriptor = yield* open(source, "r");
  try {
    const before = yield* statusOfOpen(descriptor);
    // Asked before any work is done, where the name is known.
    if (typeof target === "string") yield* assertMayWrite(target, before, options);
    const size = Number(before.size);
    const buffer = options.buffer ?? new Uint8Array(Math.min(size, DEFAULT_BUFFER_BYTES));
    const opened = yield* readSource(descriptor, size, buffer, options);
    const segments = rewrite(opened.file);
    const path = typeof target === "string" ? target : target();
    if (path !== target) yield* assertMayWrite(path, before, options);
    yield* writeTarget(path, segments, opened, options, () => assertUnchanged(descriptor, before));
  } finally {
    yield* close(descriptor);
  }
}

function* assertUnchanged(descriptor: number, before: FileStatus): Steps<void> {
  const after = yield* statusOfOpen(descriptor);
  if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) {
    throw new DicomError("SOURCE_CHANGED", "the file changed while it was read");
  }
}

/** The target is named only if it is still not there. */
function* assertMayWrite(
  target: string,
  source: FileStatus,
  { overwrite }: TargetOptions,
): Steps<void> {
  const existing = yield* statusOf(target);
  if (existing === undefined) return;
  if (existing.dev === source.dev && existing.ino === source.ino) {
    throw new DicomError("TARGET_IS_SOURCE", "source and target are one file");
  }
  if (overwrite !== true) throw targetExists();
}
