/**
 * The content of a file to come: slices of the old one, and new bytes.
 *
 * @module
 */
import { type ByteRange, type ByteSource, viewBytes } from "../byte-source.js";

/** New bytes, or a range of the source. */
export type Segment = Uint8Array | ByteRange;

/** Bytes described, not yet copied. */
export interface SegmentedBytes {
  readonly segments: readonly Segment[];
  /** Bytes of all segments together. */
  readonly length: number;
}

/** Segments in the making. Ranges that follow each other become one. */
export class SegmentList implements SegmentedBytes {
  readonly segments: Segment[] = [];
  length = 0;

  addBytes(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.segments.push(bytes);
    this.length += bytes.length;
  }

  /** Adds the source's bytes from `start` up to, not including, `end`. */
  addRange(start: number, end: number): void {
    if (end <= start) return;
    this.length += end - start;
    const last = this.segments[this.segments.length - 1];
    if (
      last !== undefined &&
      !(last instanceof Uint8Array) &&
      last.byteOffset + last.length === start
    ) {
      this.segments[this.segments.length - 1] = {
        byteOffset: last.byteOffset,
        length: last.length + end - start,
      };
      return;
    }
    this.segments.push({ byteOffset: start, length: end - start });
  }

  addAll(list: SegmentedBytes): void {
    for (const segment of list.segments) {
      if (segment instanceof Uint8Array) this.addBytes(segment);
      else this.addRange(segment.byteOffset, segment.byteOffset + segment.length);
    }
  }
}

/**
 * The bytes as one piece.
 *
 * @param source - what the ranges refer to; all of them have to be in memory
 * @throws {@link DicomError} `NOT_LOADED` if a range is not
 */
export function joinSegments({ segments, length }: SegmentedBytes, source: ByteSource): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const segment of segments) {
    joined.set(
      segment instanceof Uint8Array
        ? segment
        : viewBytes(source, segment.byteOffset, segment.length),
      at,
    );
    at += segment.length;
  }
  return joined;
}

/** The bytes as a Blob of slices of the Blob that was read: nothing is copied until it is saved. */
export function segmentsToBlob({ segments }: SegmentedBytes, source: Blob): Blob {
  return new Blob(
    segments.map((segment) =>
      segment instanceof Uint8Array
        ? (segment as Uint8Array<ArrayBuffer>)
        : source.slice(segment.byteOffset, segment.byteOffset + segment.length),
    ),
    { type: "application/dicom" },
  );
}
