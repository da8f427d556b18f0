/**
 * A file with edits applied, as segments of the old file and new bytes.
 *
 * @module
 */
import { type DicomFile, isDicomdir } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import { deflateDataset, type FileMetaInit, writeFileMetaInformation } from "../write/part10.js";
import { type Edit, groupEdits } from "./edit.js";
import { rewriteDataset } from "./rewrite-dataset.js";
import { joinSegments, type SegmentedBytes, SegmentList } from "./segments.js";

/** What changes in a file. */
export interface FileEdits {
  /** Edits of the data set. */
  readonly dataset?: readonly Edit[];
  /** Edits of the file meta information. Not to be given together with `newFileMetaInformation`. */
  readonly fileMetaInformation?: readonly Edit[];
  /** Replaces preamble and file meta information; nothing of the old ones stays. */
  readonly newFileMetaInformation?: FileMetaInit;
  /** Leaves out what follows the last element. Default false. */
  readonly dropTrailing?: boolean;
}

/**
 * The file with edits applied. What no edit concerns comes out byte for byte; with no edit at all, the whole file.
 *
 * @throws {@link DicomError} `UNSUPPORTED_DICOMDIR` when the data set of a DICOMDIR is edited; `BAD_PATH`, `BAD_VALUE`,
 * `BAD_VR`, `BAD_CHARACTER_SET` where an edit cannot be made
 */
export function rewriteFile(file: DicomFile, edits: FileEdits): SegmentedBytes {
  const out = new SegmentList();
  addHead(out, file, edits);
  const changes = edits.dataset ?? [];
  if (changes.length > 0 && isDicomdir(file)) {
    throw new DicomError(
      "UNSUPPORTED_DICOMDIR",
      "a DICOMDIR cannot be edited: its records point at byte offsets; make it anew from its files",
    );
  }
  const drop = (edits.dropTrailing ?? false) && file.trailing.length > 0;
  const endOfElements = file.trailing.byteOffset;
  const end = drop ? endOfElements : endOfElements + file.trailing.length;
  if (!file.transferSyntax.deflated) {
    if (changes.length === 0) {
      out.addRange(file.datasetOffset, end);
    } else {
      out.addAll(rewriteDataset(file.dataset, groupEdits(changes)));
      out.addRange(endOfElements, end);
    }
    return out;
  }
  // Offsets refer to the inflated bytes: they are put together, and deflated anew.
  if (changes.length === 0 && !drop) {
    out.addRange(file.datasetOffset, file.source.size);
    return out;
  }
  const inflated = rewriteDataset(file.dataset, groupEdits(changes));
  inflated.addRange(endOfElements, end);
  out.addBytes(deflateDataset(joinSegments(inflated, file.dataset.source)));
  return out;
}

/**
 * The same for a file that is in memory, as one piece.
 *
 * @throws as {@link rewriteFile}
 */
export function rewriteBytes(file: DicomFile, edits: FileEdits): Uint8Array {
  return joinSegments(rewriteFile(file, edits), file.source);
}

function addHead(out: SegmentList, file: DicomFile, edits: FileEdits): void {
  const { fileMetaInformation, newFileMetaInformation } = edits;
  if (newFileMetaInformation !== undefined) {
    if (fileMetaInformation !== undefined && fileMetaInformation.length > 0) {
      throw new TypeError(
        "edits: expected fileMetaInformation or newFileMetaInformation, got both",
      );
    }
    out.addBytes(writeFileMetaInformation(newFileMetaInformation));
    return;
  }
  if (fileMetaInformation === undefined || fileMetaInformation.length === 0) {
    out.addRange(0, file.datasetOffset);
    return;
  }
  const [first] = file.fileMetaInformation.elements;
  out.addRange(0, first?.byteOffset ?? file.datasetOffset);
  out.addAll(rewriteDataset(file.fileMetaInformation, groupEdits(fileMetaInformation)));
}
