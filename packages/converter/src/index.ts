/**
 * Turn DICOM into training data.
 *
 * @module
 */
export { type ComposeOptions, compose } from "./compose/compose.js";
export type { PatientIdSource } from "./compose/patient-id.js";
export { ConverterError, type ConverterErrorCode, isConverterError } from "./errors.js";
export type { Item } from "./item.js";
export { type LabelOptions, labelFile } from "./label/label-file.js";
export { parseTagOrKeyword } from "./label/parse-tag-or-keyword.js";
export { LABEL_TAG, readLabel, readLabelOfJson } from "./label/read-label.js";
export {
  createManifest,
  formatManifestJson,
  type Manifest,
  type ManifestCount,
  type ManifestEntry,
  parseManifestJson,
} from "./manifest.js";
export {
  DEFAULT_FRACTIONS,
  DEFAULT_SEED,
  type DefaultSplit,
  type Fractions,
  type InSplit,
  type SplitOptions,
  splitItems,
} from "./split.js";
export {
  type AtSite,
  DEFAULT_SITES,
  type SiteOptions,
  type Skew,
  splitSites,
} from "./split-sites.js";
