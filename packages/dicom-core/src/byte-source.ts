/**
 * The bytes that a data set was read from: all of them, or only the parts that reading the header has touched.
 *
 * @module
 */
import { DicomError } from "./errors.js";

/** A run of bytes of a file. */
export interface ByteRange {
  readonly byteOffset: number;
  readonly length: number;
}

/** Bytes in memory, and the offset in the file of the first of them. */
export interface LoadedPart {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

/** A file's bytes as far as they are in memory. */
export interface ByteSource {
  /** Size of the file in bytes, whether loaded or not. */
  readonly size: number;
  /** What is in memory, in ascending order. */
  readonly parts: readonly LoadedPart[];
}

/** A source that is in memory as a whole. */
export function wholeSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, parts: [{ byteOffset: 0, bytes: plainBytes(bytes) }] };
}

/**
 * The same memory as a plain `Uint8Array`: in a Node `Buffer`, which is one too, `slice` makes no copy, so that writing
 * into the slice would change the file that was read.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Whether all bytes of a range are in memory. */
export function isLoaded(source: ByteSource, byteOffset: number, length: number): boolean {
  return findPart(source, byteOffset, length) !== undefined;
}

/**
 * A view (not a copy) of a range.
 *
 * @throws {@link DicomError} `NOT_LOADED` if it is not in memory as one piece
 */
export function viewBytes(source: ByteSource, byteOffset: number, length: number): Uint8Array {
  const part = findPart(source, byteOffset, length);
  if (part === undefined) {
    throw new DicomError("NOT_LOADED", `${length} bytes were skipped when the header was read`, {
      byteOffset,
    });
  }
  const start = byteOffset - part.byteOffset;
  return part.bytes.subarray(start, start + length);
}

function findPart(source: ByteSource, byteOffset: number, length: number): LoadedPart | undefined {
  const part = lastPartBefore(source.parts, byteOffset);
  const isInside = part !== undefined && byteOffset + length <= part.byteOffset + part.bytes.length;
  return isInside ? part : undefined;
}

/** The last part that begins at an offset or before it: there may be thousands. */
export function lastPartBefore(
  parts: readonly LoadedPart[],
  byteOffset: number,
): LoadedPart | undefined {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle] as LoadedPart).byteOffset <= byteOffset) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1];
}
