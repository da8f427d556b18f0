/**
 * Which images come together in the steps of an epoch.
 *
 * @module
 */
import type { RandomSource } from "@dsail/dp";
import type { ImageDataset } from "../../data/image-dataset.js";
import { imbalancedDatasetSampler } from "../../data/imbalanced-sampler.js";
import { poissonBatches } from "../../data/poisson-batches.js";
import { batchesOf, shuffledBatches } from "../../data/shuffled-batches.js";
import type { Balance } from "./trainer-options.js";

/** How an epoch is drawn. */
export interface EpochBatchesOptions {
  readonly batchSize: number;
  readonly balance: Balance;
  /** The run's. */
  readonly seed: number;
  /** Another one for each epoch of each round. */
  readonly epoch: number;
  /** Given: Poisson sampling, by this source. */
  readonly poisson?: { readonly random?: RandomSource };
}

/** Steps of an epoch: how often `batchSize` goes into the images, rounded up with privacy, down without. */
export function stepsPerEpoch(size: number, batchSize: number, isPrivate: boolean): number {
  return isPrivate ? Math.ceil(size / batchSize) : Math.max(1, Math.floor(size / batchSize));
}

/**
 * The indices of each step. Without privacy a last batch that is not full is left out, as D-SAIL does, unless it is the
 * only one.
 *
 * @throws {@link FlError} `BAD_CONFIG` for a sampler that privacy forbids
 */
export function epochBatches(
  { size, labels }: Pick<ImageDataset, "size" | "labels">,
  { batchSize, balance, seed, epoch, poisson }: EpochBatchesOptions,
): Iterable<readonly number[]> {
  const dp = poisson !== undefined;
  if (balance === "sampler") {
    const drawn = imbalancedDatasetSampler(labels, { seed, epoch, dp });
    return batchesOf(drawn, batchSize, { dropLast: size >= batchSize });
  }
  if (dp) {
    const steps = stepsPerEpoch(size, batchSize, true);
    return poissonBatches(size, sampleRateOf(size, batchSize), { steps, ...poisson });
  }
  return shuffledBatches(size, batchSize, { seed, epoch, dropLast: size >= batchSize });
}

/** The probability with which an image is in a batch: the expected size over the number of images, at most 1. */
export function sampleRateOf(size: number, batchSize: number): number {
  return Math.min(1, batchSize / size);
}
