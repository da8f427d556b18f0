/**
 * Bytes of files of images.
 *
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { badData, withoutPath } from "./bad-data.js";
import { type ImageHeader, isJpeg, readImageHeader } from "./image-header.js";

/** No image of a sensible number of pixels is larger. */
const MAX_FILE_BYTES = 2 ** 30;

/** Where most files have said how large their image is. */
const HEADER_BYTES = 2 ** 12;

/** @throws {@link FlError} `BAD_DATA` if it cannot be read or is a link, `LIMIT_EXCEEDED` from 1 GiB on */
export function readImageFile(path: string): Promise<Uint8Array> {
  return withFile(path, readAll);
}

/**
 * Format and size of an image; all of a file is read only where something long stands before them.
 *
 * @throws {@link FlError} as {@link readImageFile}; `BAD_DATA` for another format
 */
export function readImageFileHeader(path: string): Promise<ImageHeader> {
  return withFile(path, async (file, size) => {
    const first = new Uint8Array(Math.min(size, HEADER_BYTES));
    const { bytesRead } = await file.read(first, 0, first.length, 0);
    const bytes = first.subarray(0, bytesRead);
    const header = readImageHeader(bytes);
    if (header !== undefined) return header;
    const later = isJpeg(bytes) ? readImageHeader(await readAll(file, size)) : undefined;
    if (later === undefined) throw badData("an image is no PNG, BMP or JPEG file");
    return later;
  });
}

async function readAll(file: FileHandle, size: number): Promise<Uint8Array> {
  if (size > MAX_FILE_BYTES) throw badData("the file of an image is too large", "LIMIT_EXCEEDED");
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

async function withFile<T>(
  path: string,
  work: (file: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  try {
    // Windows has no such flag. Nor would it open a link to what is not there.
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw badData("an image is no file");
      return await work(file, stats.size);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw withoutPath("an image cannot be read", error);
  }
}
