/**
 * The clipping bound for noise whose size is given.
 *
 * @module
 */
import { type CalibrationOptions, calibrateNoise, type ToleranceOption } from "./calibrate.js";

/** A target, and the noise that there is. `eventOf` is given a noise multiplier. */
export interface ClippingBoundOptions extends CalibrationOptions, ToleranceOption {
  /** Standard deviation of the noise on the sum, in the unit of the gradients; above 0, finite. */
  readonly noiseStandardDeviation: number;
}

/** Below this a double loses digits, and gradients are not told apart. */
const LEAST_BOUND = 2 ** -100;

/**
 * The largest `maxGradNorm` under which noise of this size meets the target: privacy is of their ratio, the noise multiplier
 * (Abadi et al. 2016, arXiv:1607.00133, algorithm 1).
 *
 * @throws {@link DpError} `NO_CALIBRATION` if no noise multiplier up to 1e6 is enough
 * @throws {@link RangeError} for options out of their range
 */
export function calibrateMaxGradNorm(options: ClippingBoundOptions): number {
  const { noiseStandardDeviation } = options;
  if (!(noiseStandardDeviation > 0 && Number.isFinite(noiseStandardDeviation))) {
    throw new RangeError(
      `noiseStandardDeviation: expected above 0, finite, got ${noiseStandardDeviation}`,
    );
  }
  const noiseMultiplier = calibrateNoise(options);
  let maxGradNorm = noiseStandardDeviation / noiseMultiplier;
  if (!(maxGradNorm >= LEAST_BOUND && maxGradNorm < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `noiseStandardDeviation: ${noiseStandardDeviation} goes with a maxGradNorm that is no bound: ${maxGradNorm}`,
    );
  }
  // Rounded up, the bound would leave less noise than the target needs.
  while (noiseStandardDeviation / maxGradNorm < noiseMultiplier) {
    maxGradNorm -= maxGradNorm * Number.EPSILON;
  }
  return maxGradNorm;
}
