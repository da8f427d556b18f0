/**
 * Data sets on disk, for Node: `@dsail/converter/node`.
 *
 * @module
 */
export {
  type AddedLabels,
  type AddLabelOptions,
  addLabel,
  type LabelledFile,
} from "./node/add-label.js";
export {
  type Classified,
  type ClassifyOptions,
  classifyByLabel,
} from "./node/classify-by-label.js";
export {
  composeFolder,
  compressFolder,
  decomposeFolder,
  transcodeFolder,
} from "./node/convert-folder.js";
export type {
  ComposeFolderOptions,
  CompressionReport,
  CompressOptions,
  DecomposeOptions,
  FileOutcome,
  Frames,
  RunOptions,
  RunSummary,
  TranscodeFolderOptions,
} from "./node/folder-job.js";
export { type GroupTableOptions, readGroupTable } from "./node/group-table.js";
export type { GroupBy, GroupByTable, GroupByTag } from "./node/grouping.js";
export { formatManifestCsv, parseManifestCsv } from "./node/manifest-csv.js";
export { readManifest } from "./node/manifest-files.js";
export {
  type ImageDataset,
  type ImageItem,
  openDataset,
  type ReadImageFolderOptions,
  readImageFolder,
} from "./node/read-image-folder.js";
export { readLabelOfFile } from "./node/read-label-of-file.js";
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
export {
  type ManifestProblem,
  type Verification,
  type VerifyManifestOptions,
  verifyManifest,
} from "./node/verify-manifest.js";
