/**
 * The interface of D-SAIL's own pseudonymizer, by rules of this package's engine, for Node: `@dsail/pseudonymizer/dsail`.
 *
 * @module
 */
// For those who pseudonymize files.

// For those who make actions of their own.
export type { CustomContext, CustomElement, CustomOutcome } from "../custom-rule.js";
export type { DsailAction, DsailActions } from "../dsail/action.js";
export {
  clean,
  deleteOrEmpty,
  deleteOrEmptyOrReplace,
  deleteOrEmptyOrReplaceUid,
  deleteOrReplace,
  empty,
  emptyOrReplace,
  keep,
  // A reserved word can be exported, but not declared.
  remove as delete,
  replace,
  replaceAndKeepCorrespondence,
  replaceUid,
} from "../dsail/actions.js";
export { type AnonymizeDatasetOptions, anonymizeDataset } from "../dsail/anonymize-dataset.js";
export {
  deleteElement,
  emptyElement,
  replaceElement,
  replaceElementDate,
  replaceElementDateTime,
  replaceElementUid,
} from "../dsail/element.js";
export {
  ACTION_NAMES,
  generateActions,
  generateActionsDictionary,
  initializeActions,
} from "../dsail/generate-actions.js";
export { parseActions } from "../dsail/parse-actions.js";
export { getPrivateTag, getPrivateTags, type PrivateTag } from "../dsail/private-tag.js";
export { type RegexpOptions, regexp } from "../dsail/regexp.js";
export { dsailRules } from "../dsail/rules.js";
export type { DsailTag } from "../dsail/tag.js";
export {
  ALL_TAGS,
  D_TAGS,
  P_TAGS,
  U_TAGS,
  X_D_TAGS,
  X_TAGS,
  X_Z_D_TAGS,
  X_Z_TAGS,
  X_Z_U_STAR_TAGS,
  Z_D_TAGS,
  Z_TAGS,
} from "../dsail/tag-groups.js";
export { type AnonymizeOptions, anonymize } from "./dsail/anonymize.js";
export { type AnonymizeFileOptions, anonymizeDicomFile } from "./dsail/anonymize-dicom-file.js";
