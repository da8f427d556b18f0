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
export {
  type CharacterSets,
  DEFAULT_CHARACTER_SETS,
  decodeText,
  parseCharacterSets,
} from "./character-set.js";
export type { DataElement, Item } from "./data-element.js";
export { type Dataset, type Encoding, findElement } from "./dataset.js";
export {
  type DateParts,
  type DatePrecision,
  type DateTimeParts,
  type DicomAge,
  type DicomDate,
  type DicomDateTime,
  type DicomRange,
  type DicomTime,
  formatAge,
  formatDate,
  formatDateTime,
  formatTime,
  parseAge,
  parseDate,
  parseDateRange,
  parseDateTime,
  parseDateTimeRange,
  parseTime,
  parseTimeRange,
  type TimeParts,
  type TimePrecision,
} from "./date-time.js";
export { type DicomFile, isDicomdir, metaUid } from "./dicom-file.js";
export { type DictionaryVR, vrOfTag } from "./dictionary/vr-of-tag.js";
export {
  DicomError,
  type DicomErrorCode,
  type DicomErrorPlace,
  isDicomError,
} from "./errors.js";
export type { Finding, FindingCode } from "./findings.js";
export {
  type BulkData,
  type DatasetToJsonOptions,
  datasetToJson,
} from "./json/dataset-to-json.js";
export {
  formatJson,
  type JsonDataset,
  type JsonElement,
  type JsonPersonName,
  type JsonValue,
} from "./json/json-model.js";
export { type JsonToElementsOptions, jsonToElements } from "./json/json-to-elements.js";
export { formatPath, type Path, parsePath } from "./path.js";
export {
  formatPersonName,
  type PersonName,
  type PersonNameGroup,
  type PersonNameInit,
  parsePersonName,
} from "./person-name.js";
export {
  DEFLATED_IMAGE_FRAME,
  HTJ2K,
  HTJ2K_LOSSLESS,
  HTJ2K_LOSSLESS_RPCL,
  JPEG_2000,
  JPEG_2000_LOSSLESS,
  JPEG_BASELINE,
  JPEG_EXTENDED,
  JPEG_LOSSLESS,
  JPEG_LOSSLESS_SV1,
  JPEG_LS_LOSSLESS,
  JPEG_LS_NEAR_LOSSLESS,
  RLE_LOSSLESS,
} from "./pixel-data/codecs/transfer-syntaxes.js";
// Here, not in `./pixel-data`: who writes pixels needs no codecs, which bundlers would follow.
export { nativePixelData } from "./pixel-data/native-bytes.js";
export { randomUid } from "./random-uid.js";
export { DEFAULT_READ_LIMITS, type ReadLimits, type ReadOptions } from "./read/limits.js";
export {
  type ReadRange,
  readDataset,
  readFile,
  readHeader,
  readHeaderSync,
} from "./read/part10.js";
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
export { characterSetsOf } from "./values/character-sets-of.js";
export {
  type DecimalString,
  parseDecimalString,
  readDecimalStrings,
} from "./values/decimal-string.js";
export { effectiveVR } from "./values/effective-vr.js";
export { readBytes, readLittleEndianBytes } from "./values/read-bytes.js";
export { readBigInts, readNumbers, readTags } from "./values/read-numbers.js";
export { readPersonNames } from "./values/read-person-names.js";
export { readStrings, readText } from "./values/read-text.js";
export { readValues, type Values } from "./values/read-values.js";
export type { ElementOrTag } from "./values/resolve-element.js";
export { isVR, type VR, type VRDescription, VRS } from "./vr.js";
export { datasetToElements } from "./write/dataset-to-elements.js";
export type { ElementInit, ElementValueInit } from "./write/element-init.js";
export { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from "./write/implementation.js";
export {
  type FileMetaInit,
  type WriteOptions,
  writeDataset,
  writeFile,
  writeFileMetaInformation,
} from "./write/part10.js";
