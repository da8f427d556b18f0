/**
 * A DICOM file on disk, open while it is worked on: a small one in memory, of a large one the header.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises";
import { type DicomFile, readFile, readHeader } from "@dsail/dicom-core";
import type { OpenFramesOptions } from "@dsail/dicom-core/pixel-data";

/** Files up to this size are read as a whole. */
const MAX_BYTES_IN_MEMORY = 32 * 1024 * 1024;

/** A file, and how to read what is not in memory. */
export interface OpenDicomFile {
  readonly file: DicomFile;
  readonly readRange: OpenFramesOptions["readRange"];
}

/**
 * Opens a file, works on it, and closes it.
 *
 * @throws {@link DicomError} as `readFile`; errors of the file system; what `work` throws
 */
export async function withDicomFile<Result>(
  path: string,
  work: (opened: OpenDicomFile) => Promise<Result>,
): Promise<Result> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    if (size <= MAX_BYTES_IN_MEMORY) {
      const bytes = await readExactly(handle, 0, size);
      return await work({ file: readFile(bytes), readRange: undefined });
    }
    const readRange = ({ byteOffset, length }: { byteOffset: number; length: number }) =>
      // A length comes from the file, which may say anything.
      readExactly(handle, byteOffset, Math.max(0, Math.min(length, size - byteOffset)));
    return await work({ file: await readHeader(size, readRange), readRange });
  } finally {
    await handle.close();
  }
}

/** Fewer bytes, if the file has become shorter: what is missing will be found missing. */
async function readExactly(
  handle: FileHandle,
  byteOffset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(bytes, at, length - at, byteOffset + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}
