/**
 * `@dsail/converter/label`: labels of DICOM files, written and read.
 *
 * @module
 */
export { type LabelOptions, labelFile } from "./label-file.js";
export { parseTagOrKeyword } from "./parse-tag-or-keyword.js";
export { LABEL_TAG, readLabel, readLabelOfJson } from "./read-label.js";
