/**
 * Writes segments to a file: through a temporary file beside the target, so that there is a whole file or none.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, link, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DicomError } from "../errors.js";
import type { SegmentedBytes } from "../rewrite/segments.js";
import { type OpenSource, readInto } from "./file-source.js";

/** Pieces at least this long are written from where they lie; shorter ones are gathered first. */
const DIRECT_BYTES = 32 * 1024;
const GATHER_BYTES = 256 * 1024;

/** How a target is written. */
export interface TargetOptions {
  /** Replace a target that exists. Default false: `TARGET_EXISTS`. */
  readonly overwrite?: boolean;
  /**
   * Wait until the disk has the file (fsync). Default false: a crash of the whole machine may lose files just written,
   * but never leaves half of one in place of an older one.
   */
  readonly sync?: boolean;
}

/**
 * Writes a file.
 *
 * @throws {@link DicomError} `TARGET_EXISTS`, `SOURCE_CHANGED`; errors of the file system. Nothing is left behind.
 */
export async function writeTarget(
  target: string,
  content: SegmentedBytes,
  source: OpenSource,
  options: TargetOptions & { readonly beforeNaming?: () => Promise<void> } = {},
): Promise<void> {
  // The name tells nothing, since names of files may be names of patients.
  const temporary = join(dirname(target), `.${randomBytes(8).toString("hex")}.tmp`);
  const handle = await open(temporary, "wx");
  try {
    try {
      await writeSegments(handle, content, source);
      if (options.sync === true) await handle.sync();
    } finally {
      await handle.close();
    }
    await options.beforeNaming?.();
    if (options.overwrite === true) await rename(temporary, target);
    else await renameUnlessThere(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function writeSegments(
  handle: FileHandle,
  { segments, length }: SegmentedBytes,
  source: OpenSource,
): Promise<void> {
  const gathered = new Uint8Array(Math.min(GATHER_BYTES, length));
  let used = 0;
  const flush = async (direct?: Uint8Array) => {
    const pieces = used > 0 ? [gathered.subarray(0, used)] : [];
    if (direct !== undefined) pieces.push(direct as Uint8Array<ArrayBuffer>);
    used = 0;
    if (pieces.length > 0) await writeAll(handle, pieces);
  };
  for (const segment of segments) {
    const bytes =
      segment instanceof Uint8Array
        ? segment
        : rangeInMemory(source, segment.byteOffset, segment.length);
    if (bytes !== undefined) {
      if (bytes.length >= DIRECT_BYTES) {
        await flush(bytes);
        continue;
      }
      if (used + bytes.length > gathered.length) await flush();
      gathered.set(bytes, used);
      used += bytes.length;
      continue;
    }
    for (let at = 0; at < segment.length; ) {
      const piece = gathered.subarray(
        used,
        used + Math.min(gathered.length - used, segment.length - at),
      );
      await readInto(source.handle, piece, (segment as { byteOffset: number }).byteOffset + at);
      used += piece.length;
      at += piece.length;
      if (used === gathered.length) await flush();
    }
  }
  await flush();
}

function rangeInMemory(
  { bytes }: OpenSource,
  byteOffset: number,
  length: number,
): Uint8Array | undefined {
  return bytes?.subarray(byteOffset, byteOffset + length);
}

async function writeAll(handle: FileHandle, pieces: Uint8Array[]): Promise<void> {
  let { bytesWritten } = await handle.writev(pieces);
  // A write may be short, when a disk is full or a signal comes.
  for (const piece of pieces) {
    if (bytesWritten >= piece.length) {
      bytesWritten -= piece.length;
      continue;
    }
    let at = bytesWritten;
    bytesWritten = 0;
    while (at < piece.length) at += (await handle.write(piece, at)).bytesWritten;
  }
}

/** Gives a file its name, unless there is one of that name: link, not rename, since rename would replace it. */
async function renameUnlessThere(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw targetExists();
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS")
      throw error;
    // No links on this file system. Taking the name first keeps others from taking it.
    await takeName(target);
    await rename(temporary, target);
    return;
  }
  await unlink(temporary);
}

async function takeName(target: string): Promise<void> {
  try {
    await (await open(target, "wx")).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw targetExists();
    throw error;
  }
}

function targetExists(): DicomError {
  return new DicomError("TARGET_EXISTS", "the target exists; replacing it has to be asked for");
}
