/**
 * A site's images as batches: `@dsail/fl-client/data`.
 *
 * @module
 */
export type { Augmentation } from "./data/augment-image.js";
export { type CreateBatchesOptions, createBatches } from "./data/create-batches.js";
export { type ArraysOptions, datasetOfArrays } from "./data/dataset-of-arrays.js";
export type { DecodeImage } from "./data/decode-image.js";
export type { DecodedImage } from "./data/decoded-image.js";
export { type DirichletSitesOptions, dirichletSites } from "./data/dirichlet-sites.js";
export type { Fit } from "./data/fit-image.js";
export type { Batch, ImageDataset, ReadOptions } from "./data/image-dataset.js";
export { type DicomOptions, openDicomFolder, openImageFolder } from "./data/image-folder.js";
export type { FileProblem, ImageOptions, ImageSplits, Split } from "./data/image-options.js";
export {
  getImbalanceWeights,
  type ImbalancedSamplerOptions,
  imbalancedDatasetSampler,
} from "./data/imbalanced-sampler.js";
export { type ManifestOptions, openManifest } from "./data/manifest-dataset.js";
export { IMAGENET_NORMALIZATION, type Normalization } from "./data/normalization.js";
export { poissonBatches } from "./data/poisson-batches.js";
export {
  batchesOf,
  type CutOptions,
  type ShuffledBatchesOptions,
  shuffledBatches,
} from "./data/shuffled-batches.js";
export { subsetOf } from "./data/subset-of.js";
