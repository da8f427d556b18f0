/**
 * A clipping bound that follows a quantile of the norms, itself private (Andrew, Thakkar, McMahan & Ramaswamy 2021,
 * arXiv:1905.03871).
 *
 * Each unit tells one bit: whether its norm was within the bound. The bits are shifted to ±½ before they are summed
 * (section 3): so the count's sensitivity to one unit more or less is ½, which theorem 1 takes for granted.
 *
 * @module
 */
import { secureRandom } from "../random/secure-random.js";
import { assertNotNegative, assertPositive, assertProbability } from "./assert-number.js";
import { addGaussianNoise, type NoiseOptions } from "./gaussian-noise.js";

/** How the bound moves. */
export interface AdaptiveClippingOptions extends NoiseOptions {
  /** Share γ of units whose norm shall be within the bound, 0 to 1. Default 0.5. */
  readonly targetQuantile?: number;
  /** η of the geometric update, at least 0. Default 0.2. */
  readonly learningRate?: number;
  /** Standard deviation σ_b of the noise on the count, above 0. Default: expected units / 20. */
  readonly countNoise?: number;
  /** Units expected in a step, above 0: `expectedBatchSize`, not those that came. */
  readonly expectedCount: number;
}

/**
 * The bound of the next step: C · exp(-η (b̃ - γ)), b̃ the share within the bound, with noise (algorithm 1).
 *
 * @param maxGradNorm - C, that the bits were told for; above 0
 * @param isWithinNorm - the bits of the units that came; none is a step like another
 * @throws {@link RangeError} for options out of their range
 */
export function adaptMaxGradNorm(
  maxGradNorm: number,
  isWithinNorm: readonly boolean[],
  options: AdaptiveClippingOptions,
): number {
  const { targetQuantile = 0.5, learningRate = 0.2, expectedCount } = options;
  const { random = secureRandom(), hardening = "opacus" } = options;
  const countNoise = options.countNoise ?? defaultCountNoise(expectedCount);
  assertPositive("maxGradNorm", maxGradNorm);
  assertPositive("expectedCount", expectedCount);
  assertProbability("targetQuantile", targetQuantile);
  assertNotNegative("learningRate", learningRate);
  assertPositive("countNoise", countNoise);

  const shifted = new Float64Array(1);
  for (const bit of isWithinNorm) shifted[0]! += bit ? 0.5 : -0.5;
  addGaussianNoise(shifted, countNoise, { random, hardening });
  const share = shifted[0]! / expectedCount + 0.5;
  return maxGradNorm * Math.exp(-learningRate * (share - targetQuantile));
}

/**
 * The noise multiplier z_Δ of the sum that, together with the noisy count, costs as much as a fixed bound with
 * `noiseMultiplier` does: (z^-2 - (2σ_b)^-2)^(-1/2) (theorem 1). The step's event has `noiseMultiplier`.
 *
 * @param noiseMultiplier - z, of sum and count together, above 0
 * @param countNoise - σ_b, above z / 2
 * @throws {@link RangeError} where the count alone would cost as much, or more
 */
export function sumNoiseMultiplier(noiseMultiplier: number, countNoise: number): number {
  assertPositive("noiseMultiplier", noiseMultiplier);
  assertPositive("countNoise", countNoise);
  if (!(2 * countNoise > noiseMultiplier)) {
    throw new RangeError(
      `countNoise: expected more than noiseMultiplier / 2 = ${noiseMultiplier / 2}, got ${countNoise}`,
    );
  }
  // No squares, which overflow.
  const share = noiseMultiplier / (2 * countNoise);
  return noiseMultiplier / Math.sqrt((1 - share) * (1 + share));
}

/**
 * The other way round: the noise multiplier z that a sum with z_Δ and a count with σ_b have together:
 * (z_Δ^-2 + (2σ_b)^-2)^(-1/2).
 *
 * @throws {@link RangeError} unless both are above 0
 */
export function combinedNoiseMultiplier(sumMultiplier: number, countNoise: number): number {
  assertPositive("sumMultiplier", sumMultiplier);
  assertPositive("countNoise", countNoise);
  const less = Math.min(sumMultiplier, 2 * countNoise);
  return less / Math.hypot(1, less / Math.max(sumMultiplier, 2 * countNoise));
}

/** σ_b = m / 20, as section 3.1 proposes and Flower does. */
export function defaultCountNoise(expectedCount: number): number {
  return expectedCount / 20;
}
