/**
 * Turn DICOM into training data.
 *
 * @module
 */
export { ConverterError, type ConverterErrorCode, isConverterError } from "./errors.js";
export type { Item } from "./item.js";
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
