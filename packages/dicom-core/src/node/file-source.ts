/**
 * A DICOM file on disk: its header is read, its bulk stays there until it is copied.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises";
import type { ByteRange } from "../byte-source.js";
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import type { ReadOptions } from "../read/limits.js";
import { readFile, readHeader } from "../read/part10.js";

/**
 * Reads the header of a file, however large the file. Values that were skipped, such as pixel data, are not loaded;
 * see `isLoaded`.
 *
 * @throws {@link DicomError} as `readFile`; errors of the file system
 */
export async function readDicomFile(path: string, options: ReadOptions = {}): Promise<DicomFile> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    return await readHeader(size, (range) => readRange(handle, range), options);
  } finally {
    await handle.close();
  }
}

/** A file that is open for rewriting. */
export interface OpenSource {
  readonly handle: FileHandle;
  readonly file: DicomFile;
  /** The whole file, if it fitted into the buffer. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Reads an open file: as a whole into `buffer` if it fits, so that one system call will do; else its header only.
 * The data set refers to `buffer`, and is void when that is used again.
 */
export async function readSource(
  handle: FileHandle,
  size: number,
  buffer: Uint8Array,
  options: ReadOptions,
): Promise<OpenSource> {
  if (size > buffer.length) {
    const file = await readHeader(size, (range) => readRange(handle, range), options);
    return { handle, file, bytes: undefined };
  }
  const bytes = buffer.subarray(0, size);
  await readInto(handle, bytes, 0);
  return { handle, file: readFile(bytes, options), bytes };
}

async function readRange(
  handle: FileHandle,
  { byteOffset, length }: ByteRange,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await readInto(handle, bytes, byteOffset);
  return bytes;
}

/** Fills `bytes` from an offset of the file. @throws {@link DicomError} `SOURCE_CHANGED` if the file ends before */
export async function readInto(
  handle: FileHandle,
  bytes: Uint8Array,
  byteOffset: number,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, byteOffset + done);
    if (bytesRead === 0) {
      throw new DicomError("SOURCE_CHANGED", "the file became shorter while it was read", {
        byteOffset: byteOffset + done,
      });
    }
    done += bytesRead;
  }
}
