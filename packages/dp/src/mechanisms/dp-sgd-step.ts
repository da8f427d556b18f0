/**
 * One step of DP-SGD (Abadi et al. 2016, arXiv:1607.00133, algorithm 1), up to the optimizer.
 *
 * @module
 */
import type { DpEvent } from "../event.js";
import type { FloatArray } from "./l2-norm.js";
import { type PrivatizeSumOptions, privatizeSum } from "./noisy-sum.js";
import { sumClippedGradients } from "./sum-clipped.js";

/** What {@link dpSgdGradient} needs to know beside the gradients. */
export interface DpSgdOptions extends PrivatizeSumOptions {
  /** Samples in the batch that came; 0 is a batch like another. */
  readonly batchSize: number;
  /** Values of one sample in each tensor. */
  readonly sizes: readonly number[];
}

/** A gradient that may be released once its event is accounted. */
export interface PrivateGradient {
  /** The mean over the expected batch, one array for each tensor. */
  readonly gradient: readonly Float32Array[];
  /** What to account. */
  readonly event: DpEvent;
  /** Samples that were not finite and contribute zero. Private: for the data's owner only. */
  readonly nonFiniteSamples: number;
}

/**
 * Per-sample gradients of a Poisson sample to the gradient an optimizer takes: clip, sum, add noise, divide by the
 * expected size. Any optimizer may follow: what it does to the gradient costs nothing.
 *
 * @param perSampleGradients - one array for each tensor, samples one after another; stay as they are
 * @throws {@link RangeError} as `sumClippedGradients` and `privatizeSum`
 */
export function dpSgdGradient(
  perSampleGradients: readonly FloatArray[],
  { batchSize, sizes, ...options }: DpSgdOptions,
): PrivateGradient {
  const { maxGradNorm } = options;
  const clipped = sumClippedGradients(perSampleGradients, { batchSize, sizes, maxGradNorm });
  const event = privatizeSum(clipped.sum, options);
  return {
    gradient: clipped.sum.map((tensor) => Float32Array.from(tensor)),
    event,
    nonFiniteSamples: clipped.nonFiniteSamples,
  };
}
