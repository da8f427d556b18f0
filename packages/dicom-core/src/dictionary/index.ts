/**
 * `@dsail/dicom-core/dictionary`: names, VRs and UIDs of the standard (PS3.6 2025b).
 *
 * @module
 */
export {
  type DictionaryEntry,
  keywordOfTag,
  lookupKeyword,
  lookupTag,
  tagOfKeyword,
} from "./lookup.js";
export { firstRepetitionOf, isInTagRange, parseTagRange, type TagRange } from "./tag-range.js";
export {
  isSopClassUid,
  isTransferSyntaxUid,
  lookupUid,
  TRANSFER_SYNTAXES,
  type TransferSyntaxEntry,
  type UidEntry,
} from "./uids.js";
export { type DictionaryVR, vrOfTag } from "./vr-of-tag.js";
