/**
 * A file as it was read: header and meta information as data sets, all else as ranges of bytes.
 *
 * @module
 */
import type { ByteRange, ByteSource } from "./byte-source.js";
import { type Dataset, findElement } from "./dataset.js";
import type { Finding } from "./findings.js";
import type { TransferSyntax } from "./transfer-syntax.js";

/** A DICOM file (PS3.10 7), or a bare data set. */
export interface DicomFile {
  /** The file's bytes, as far as they are in memory. */
  readonly source: ByteSource;
  /** Whether the file begins with the 128-byte preamble and `DICM`. */
  readonly hasPreamble: boolean;
  /** Group 0002; without elements if the file has none. */
  readonly fileMetaInformation: Dataset;
  /** The data set. If the file is deflated, its offsets refer to the inflated bytes, `dataset.source`. */
  readonly dataset: Dataset;
  /** Where the data set begins in the file (deflated or not). */
  readonly datasetOffset: number;
  /** How the data set is encoded: as the file says, unless a finding says otherwise. */
  readonly transferSyntax: TransferSyntax;
  /** What follows the last element, in the bytes of `dataset.source`. */
  readonly trailing: ByteRange;
  /** What is irregular. */
  readonly findings: readonly Finding[];
}

const MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10";

/** Whether the file is a DICOMDIR (PS3.10 8.6): its directory records, or the SOP class of its meta information, say so. */
export function isDicomdir(file: DicomFile): boolean {
  const DIRECTORY_RECORD_SEQUENCE = 0x00041220;
  return (
    findElement(file.dataset, DIRECTORY_RECORD_SEQUENCE) !== undefined ||
    metaUid(file.fileMetaInformation, 0x00020002) === MEDIA_STORAGE_DIRECTORY
  );
}

/** A UID of the file meta information, always explicit VR little endian and ASCII. */
export function metaUid(fileMetaInformation: Dataset, tag: number): string | undefined {
  const element = findElement(fileMetaInformation, tag);
  if (element === undefined) return undefined;
  const part = fileMetaInformation.source.parts.find(
    (p) =>
      p.byteOffset <= element.valueOffset && p.byteOffset + p.bytes.length >= element.endOffset,
  );
  if (part === undefined) return undefined;
  const start = element.valueOffset - part.byteOffset;
  const bytes = part.bytes.subarray(start, start + element.valueLength);
  return String.fromCharCode(...bytes.subarray(0, 256))
    .replace(/[\0 ]+$/, "")
    .trim();
}
