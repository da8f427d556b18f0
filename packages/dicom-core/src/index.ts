/**
 * Read, edit and write DICOM: a file is edited, not re-encoded.
 *
 * @module
 */
// For those who read and write files.
export {
  type ByteRange,
  type ByteSource,
  isLoaded,
  type LoadedPart,
  viewBytes,
  wholeSource,
} from "./byte-source.js";
export type { DataElement, Item } from "./data-element.js";
export { type Dataset, type Encoding, findElement } from "./dataset.js";
export { type DicomFile, isDicomdir, metaUid } from "./dicom-file.js";
export {
  DicomError,
  type DicomErrorCode,
  type DicomErrorPlace,
  isDicomError,
} from "./errors.js";
export type { Finding, FindingCode } from "./findings.js";
export { formatPath, type Path, parsePath } from "./path.js";
export { DEFAULT_READ_LIMITS, type ReadLimits, type ReadOptions } from "./read/limits.js";
export { type ReadRange, readFile, readHeader, readHeaderSync } from "./read/part10.js";
export type { Edit } from "./rewrite/edit.js";
export { type FileEdits, rewriteBytes, rewriteFile } from "./rewrite/rewrite-file.js";
export {
  joinSegments,
  type Segment,
  type SegmentedBytes,
  segmentsToBlob,
} from "./rewrite/segments.js";
export {
  elementOf,
  formatTag,
  formatTagWords,
  formatWord,
  groupOf,
  isPrivateCreatorTag,
  isPrivateTag,
  parseTag,
  privateCreatorTagOf,
  type TagNumber,
  tagOf,
} from "./tag.js";
export {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type TransferSyntax,
  transferSyntaxOf,
} from "./transfer-syntax.js";
export { isVR, type VR, type VRDescription, VRS } from "./vr.js";
export type { ElementInit, ElementValueInit } from "./write/element-init.js";
export { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from "./write/implementation.js";
export {
  type FileMetaInit,
  type WriteOptions,
  writeDataset,
  writeFile,
  writeFileMetaInformation,
} from "./write/part10.js";
