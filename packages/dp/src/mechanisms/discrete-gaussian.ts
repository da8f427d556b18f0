/**
 * The discrete Gaussian, sampled exactly (Canonne, Kamath & Steinke 2020, arXiv:2004.00010, algorithms 1 to 3): integers
 * x with probability proportional to exp(-x² / 2σ²), without any floating-point number. The answer to Mironov's attack.
 *
 * Not constant in time: how long a sample takes depends on it.
 *
 * @module
 */
import type { RandomSource } from "../random/random-source.js";
import { secureRandom } from "../random/secure-random.js";
import { uniformBigIntBelow, uniformIntegerBelow } from "../random/uniform-integer.js";

/** A fraction; the denominator is above 0. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * One integer of the discrete Gaussian around 0.
 *
 * @param sigmaSquared - the parameter σ² (the variance is a little below it where σ is small), above 0, at most 2^80
 * @param random - default {@link secureRandom}
 * @throws {@link RangeError} for another parameter
 */
export function sampleDiscreteGaussian(
  sigmaSquared: Rational,
  random: RandomSource = secureRandom(),
): bigint {
  return discreteGaussianSampler(sigmaSquared, random)();
}

/** {@link sampleDiscreteGaussian}, prepared for many samples. */
export function discreteGaussianSampler(
  sigmaSquared: Rational,
  random: RandomSource,
): () => bigint {
  const { numerator: n, denominator: d } = sigmaSquared;
  if (!(n > 0n && d > 0n && n <= d << 80n)) {
    // Its value is not told: nobody needs 300 digits.
    throw new RangeError("sigmaSquared: expected 0 < x <= 2^80, got another fraction");
  }
  const t = squareRoot(n / d) + 1n; // floor(σ) + 1
  const scale = Number(t);
  const dt = d * t;
  const divisor = 2n * n * dt * t;
  return () => {
    for (;;) {
      const candidate = discreteLaplace(scale, random);
      // Algorithm 3: exp(-(|Y| - σ²/t)² / 2σ²), σ² = n/d.
      const magnitude = BigInt(Math.abs(candidate));
      const distance = magnitude * dt - n;
      if (bernoulliExp(distance * distance, divisor, random)) return BigInt(candidate);
    }
  };
}

/** Algorithm 2 with s = 1: integers x with probability proportional to exp(-|x| / t). */
function discreteLaplace(t: number, random: RandomSource): number {
  for (;;) {
    const rest = uniformIntegerBelow(t, random);
    if (!bernoulliExpOfFraction(rest, t, random)) continue;
    let whole = 0;
    while (bernoulliExpOfFraction(1, 1, random)) whole++;
    // Exact below 2^53: t <= 2^40 + 1, and `whole` reaches 4096 with probability e^-4096.
    const magnitude = rest + t * whole;
    const isNegative = uniformIntegerBelow(2, random) === 1;
    if (isNegative && magnitude === 0) continue;
    return isNegative ? -magnitude : magnitude;
  }
}

/** True with probability exp(-numerator / denominator), algorithm 1. */
function bernoulliExp(numerator: bigint, denominator: bigint, random: RandomSource): boolean {
  for (let whole = numerator / denominator; whole > 0n; whole--) {
    if (!bernoulliExpOfFraction(1, 1, random)) return false;
  }
  const rest = numerator % denominator;
  // Algorithm 1 for a fraction up to 1: the first k with a failure of probability fraction / k is odd.
  let k = 1n;
  while (uniformBigIntBelow(denominator * k, random) < rest) k++;
  return k % 2n === 1n;
}

/** The same in numbers, for a fraction up to 1 with a small denominator. */
function bernoulliExpOfFraction(
  numerator: number,
  denominator: number,
  random: RandomSource,
): boolean {
  let k = 1;
  // Exact below 2^53: k reaches 4096 with probability 1/4096!.
  while (uniformIntegerBelow(denominator * k, random) < numerator) k++;
  return k % 2 === 1;
}

/** The whole part of the root, by Newton's method. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
