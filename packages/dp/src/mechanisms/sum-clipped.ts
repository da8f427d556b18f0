/**
 * The sum of clipped per-sample gradients: the first half of a step of DP-SGD.
 *
 * @module
 */
import { clipFactor } from "./clip.js";
import { type FloatArray, l2Norm } from "./l2-norm.js";

/** What {@link sumClippedGradients} needs to know beside the gradients. */
export interface SumClippedOptions {
  /** Samples in the batch; 0 is a batch like another. */
  readonly batchSize: number;
  /** Values of one sample in each tensor: the shape without the batch, multiplied out. */
  readonly sizes: readonly number[];
  /** The bound C of each sample's norm over all tensors, 2^-100 or more, finite. */
  readonly maxGradNorm: number;
}

/** A sum of sensitivity `maxGradNorm`. Private until noise is added; norms and counts are private always. */
export interface ClippedSum {
  /** One array for each tensor. float64, so that the batch's order and size do not show in roundings. */
  readonly sum: readonly Float64Array[];
  /** Norm of each sample before clipping; `NaN` or `Infinity` where it was not finite. */
  readonly norms: Float64Array;
  /** Samples that were not finite and contribute zero (see `clipInPlace`). */
  readonly nonFiniteSamples: number;
}

/**
 * Adds up per-sample gradients, each clipped to `maxGradNorm`. Gradients stay as they are.
 *
 * @param perSampleGradients - one array for each tensor, samples one after another (Opacus' `grad_sample`)
 * @throws {@link RangeError} if lengths do not fit, or for a bound that `clipFactor` refuses
 */
export function sumClippedGradients(
  perSampleGradients: readonly FloatArray[],
  { batchSize, sizes, maxGradNorm }: SumClippedOptions,
): ClippedSum {
  assertLengths(perSampleGradients, batchSize, sizes);
  clipFactor(0, maxGradNorm); // a wrong bound is refused for an empty batch too
  const sum = sizes.map((size) => new Float64Array(size));
  const norms = new Float64Array(batchSize);
  let nonFiniteSamples = 0;
  for (let n = 0; n < batchSize; n++) {
    const sample = perSampleGradients.map((tensor, t) =>
      tensor.subarray(n * sizes[t]!, (n + 1) * sizes[t]!),
    );
    const norm = l2Norm(sample);
    norms[n] = norm;
    const factor = clipFactor(norm, maxGradNorm);
    if (!(norm < Infinity)) nonFiniteSamples++;
    // A factor of 0 is a sample left out: NaN times 0 is NaN.
    else if (factor > 0) addScaled(sum, sample, factor);
  }
  return { sum, norms, nonFiniteSamples };
}

function addScaled(
  sum: readonly Float64Array[],
  sample: readonly FloatArray[],
  factor: number,
): void {
  for (const [t, total] of sum.entries()) {
    const values = sample[t]!;
    for (let i = 0; i < total.length; i++) total[i]! += factor * values[i]!;
  }
}

function assertLengths(
  tensors: readonly FloatArray[],
  batchSize: number,
  sizes: readonly number[],
): void {
  if (!(Number.isSafeInteger(batchSize) && batchSize >= 0)) {
    throw new RangeError(`batchSize: expected an integer of 0 or more, got ${batchSize}`);
  }
  if (sizes.length !== tensors.length) {
    throw new RangeError(`sizes: expected ${tensors.length} of them, got ${sizes.length}`);
  }
  tensors.forEach((tensor, t) => {
    const expected = batchSize * sizes[t]!;
    if (tensor.length !== expected) {
      throw new RangeError(
        `perSampleGradients[${t}]: expected ${expected} values, got ${tensor.length}`,
      );
    }
  });
}
