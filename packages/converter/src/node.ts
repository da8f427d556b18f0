/**
 * Data sets on disk, for Node: `@dsail/converter/node`.
 *
 * @module
 */
export type { GroupBy } from "./node/grouping.js";
export { formatManifestCsv, parseManifestCsv } from "./node/manifest-csv.js";
export {
  type MergeCategoriesOptions,
  type Merged,
  mergeCategories,
  type SplitCategoriesOptions,
  type SplitOnDisk,
  type SplitSitesOnDiskOptions,
  splitCategories,
  splitSitesOnDisk,
} from "./node/split-categories.js";
export type { TransferOptions } from "./node/transfer.js";
