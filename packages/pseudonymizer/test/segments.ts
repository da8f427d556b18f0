/**
 * The bytes that segments describe.
 *
 * @module
 */
import { type DicomFile, joinSegments, type SegmentedBytes } from "@dsail/dicom-core";

/** What would be written to disk. */
export function bytesOfSegments(segments: SegmentedBytes, file: DicomFile): Uint8Array {
  return joinSegments(segments, file.source);
}
