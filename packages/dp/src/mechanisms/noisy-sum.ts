/**
 * A clipped sum made private: noise on the sum, then the expected batch size as divisor.
 *
 * @module
 */
import type { DpEvent } from "../event.js";
import { sampledGaussian } from "../make-event.js";
import { assertNotNegative, assertPositive, assertProbability } from "./assert-number.js";
import { addGaussianNoise, type NoiseOptions } from "./gaussian-noise.js";
import type { FloatArray } from "./l2-norm.js";

/** How a sum is made private. */
export interface PrivatizeSumOptions extends NoiseOptions {
  /** Standard deviation of the noise over `maxGradNorm` (no unit), at least 0; 0 gives no privacy. */
  readonly noiseMultiplier: number;
  /** The bound C that each unit was clipped to: the sensitivity of the sum. Above 0. */
  readonly maxGradNorm: number;
  /** See `expectedBatchSize`. Above 0; never the number of units that came. */
  readonly expectedBatchSize: number;
  /** Probability with which each unit was in, by itself; 1: all were. */
  readonly sampleRate: number;
}

/**
 * Adds normal noise of standard deviation `noiseMultiplier` · `maxGradNorm` to a sum and divides by the expected batch
 * size, **in place** (Abadi et al. 2016, arXiv:1607.00133, algorithm 1; divisor: McMahan et al. 2018, arXiv:1710.06963, 3.2).
 *
 * @param sum - of clipped units; of an empty batch it is zero, and noise is added as always
 * @returns the event to account, before anything is released
 * @throws {@link RangeError} for options out of their range, or a sum that is not finite: then it was not clipped
 */
export function privatizeSum(sum: readonly FloatArray[], options: PrivatizeSumOptions): DpEvent {
  const { noiseMultiplier, maxGradNorm, expectedBatchSize, sampleRate, ...noise } = options;
  assertNotNegative("noiseMultiplier", noiseMultiplier);
  assertPositive("maxGradNorm", maxGradNorm);
  assertPositive("expectedBatchSize", expectedBatchSize);
  assertProbability("sampleRate", sampleRate);
  if (!sum.every(hasFiniteValues)) throw new RangeError("sum: expected finite values");
  for (const tensor of sum) {
    addGaussianNoise(tensor, noiseMultiplier * maxGradNorm, noise);
    for (let i = 0; i < tensor.length; i++) tensor[i]! /= expectedBatchSize;
  }
  return sampledGaussian({ noiseMultiplier, sampleRate });
}

function hasFiniteValues(values: FloatArray): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}
