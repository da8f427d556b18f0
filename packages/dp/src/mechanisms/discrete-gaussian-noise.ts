/**
 * Noise that is exact: values on a lattice, integers of the discrete Gaussian added (Canonne, Kamath & Steinke 2020,
 * arXiv:2004.00010; on rounded vectors: Kairouz, Liu & Steinke 2021, arXiv:2102.06387).
 *
 * @module
 */
import type { RandomSource } from "../random/random-source.js";
import { secureRandom } from "../random/secure-random.js";
import { assertPositive } from "./assert-number.js";
import { discreteGaussianSampler, type Rational } from "./discrete-gaussian.js";
import type { FloatArray } from "./l2-norm.js";

/** A lattice and the noise on it. */
export interface DiscreteGaussianNoiseOptions {
  /** σ in units of the values, above 0, at most 2^40 · `granularity`. */
  readonly standardDeviation: number;
  /** Distance of the lattice's points: a power of two, so that no rounding is hidden. Small next to σ. */
  readonly granularity: number;
  /** Default {@link secureRandom}. */
  readonly random?: RandomSource;
}

/**
 * Rounds values to the nearest points of the lattice and adds noise of the lattice, **in place**.
 *
 * Rounding moves what one unit changes: the sensitivity to account is {@link latticeSensitivity}, not that before. The
 * noise multiplier is `standardDeviation` over it. A sum of noise σ on the lattice has the Rényi divergence of the
 * continuous Gaussian as its bound (theorem 4, proposition 5); under sampling, accountants of the continuous one are near, not proven.
 *
 * @throws {@link RangeError} for options out of their range, or a value that is not finite
 */
export function addDiscreteGaussianNoise(
  values: FloatArray,
  { standardDeviation, granularity, random = secureRandom() }: DiscreteGaussianNoiseOptions,
): void {
  assertPositive("standardDeviation", standardDeviation);
  assertPowerOfTwo(granularity);
  const sigma = standardDeviation / granularity; // exact: a power of two
  if (!(sigma <= 2 ** 40 && sigma >= 2 ** -40)) {
    throw new RangeError(`granularity: expected σ / granularity of 2^-40 to 2^40, got ${sigma}`);
  }
  // Checked before noise is drawn, so that nothing is half done.
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]! / granularity)) {
      throw new RangeError("values: expected values whose quotient by granularity is finite");
    }
  }
  const root = rationalOf(sigma);
  const sample = discreteGaussianSampler(
    { numerator: root.numerator ** 2n, denominator: root.denominator ** 2n },
    random,
  );
  for (let i = 0; i < values.length; i++) {
    // IEEE 754 rounds the exact sum: what is lost is lost after the noise, and depends on the noisy sum alone.
    values[i] = (Math.round(values[i]! / granularity) + Number(sample())) * granularity;
  }
}

/**
 * The most one unit changes a sum, once the sum is rounded to a lattice: each of n values moves by up to one point more,
 * so C + `granularity` · √n.
 *
 * @param sensitivity - C, before rounding, at least 0
 * @throws {@link RangeError} for a granularity that is no power of two
 */
export function latticeSensitivity(
  sensitivity: number,
  { granularity, length }: { readonly granularity: number; readonly length: number },
): number {
  assertPowerOfTwo(granularity);
  return sensitivity + granularity * Math.sqrt(length);
}

function assertPowerOfTwo(granularity: number): void {
  if (!(granularity > 0 && 2 ** Math.round(Math.log2(granularity)) === granularity)) {
    throw new RangeError(`granularity: expected a power of two, got ${granularity}`);
  }
}

/** A float64 as the fraction that it is. */
function rationalOf(value: number): Rational {
  let denominator = 1n;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(whole), denominator };
}
