/**
 * Rényi differential privacy (Mironov 2017, arXiv:1702.07476): how far apart the outputs on two neighboring data sets
 * are, by an order above 1; and the epsilon and delta that follow. RDP of several mechanisms adds up (Prop. 1).
 *
 * Every function is an upper bound, and never NaN.
 *
 * @module
 */
import { logMomentMinusOne } from "./sampled-gaussian-moment.js";
import { logAddExp } from "./special-functions.js";

/** The orders of Opacus: 1.1, 1.2 to 10.9, then 12 to 63. */
export const DEFAULT_ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 52 }, (_, i) => 12 + i),
];

/** Times many steps, what is lost below the least double would be something. */
function aboveUnderflow(rdp: number): number {
  return rdp + Number.MIN_VALUE;
}

/** Normal noise on a sum of sensitivity 1 (Mironov 2017, Prop. 7). */
export function rdpOfGaussian(order: number, noiseMultiplier: number): number {
  // Not σ²: it is 0 or infinite long before the quotient is.
  return aboveUnderflow(order / 2 / noiseMultiplier / noiseMultiplier);
}

/**
 * Normal noise on a sum over a Poisson sample (Mironov, Talwar & Zhang 2019, arXiv:1908.10530, section 3.3).
 *
 * @param sampleRate - above 0, below 1
 */
export function rdpOfSampledGaussian(
  order: number,
  sampleRate: number,
  noiseMultiplier: number,
): number {
  // Sampling never costs privacy: the divergence is quasi-convex (van Erven & Harremoës 2014, Th. 13).
  const unsampled = rdpOfGaussian(order, noiseMultiplier);
  if (unsampled === Number.POSITIVE_INFINITY) return unsampled;
  const logMoment = logAddExp(logMomentMinusOne(order, sampleRate, noiseMultiplier), 0);
  const rdp = logMoment / (order - 1);
  // Not a number where a term overflows, near the largest double: the bound holds there too.
  return rdp >= 0 ? Math.min(aboveUnderflow(rdp), unsampled) : unsampled;
}

/** Below this 1/b the closed form loses its digits, and is within 1e-7 of itself of a bound that does not. */
const SMALL_PURE_EPSILON = 1e-7;

/** Laplace noise of scale b on a sum of sensitivity 1 (Mironov 2017, Prop. 6 and table II). */
export function rdpOfLaplace(order: number, noiseMultiplier: number): number {
  const pureEpsilon = 1 / noiseMultiplier;
  // Bun & Steinke 2016 (arXiv:1605.02635), Prop. 1.4: holds for all that is ε-DP.
  const quadratic = aboveUnderflow((order / 2) * pureEpsilon * pureEpsilon);
  if (pureEpsilon < SMALL_PURE_EPSILON) return Math.min(pureEpsilon, quadratic);
  if (pureEpsilon === Number.POSITIVE_INFINITY) return pureEpsilon;
  // The closed form after exp((α-1)/b) is taken out, which may overflow.
  const share = (order - 1) / (2 * order - 1);
  const log = Math.log1p(share * Math.expm1((1 - 2 * order) * pureEpsilon));
  return Math.min(pureEpsilon + log / (order - 1), quadratic);
}

/**
 * Tree aggregation with restarts (Kairouz et al. 2021, arXiv:2103.00039, appendix D; dp_accounting 0.6.0): a record that
 * is in one step of all trees is in as many sums as its tree is deep.
 *
 * @param maxSteps - of the tree with the most steps, at least 1
 */
export function rdpOfTreeAggregation(
  order: number,
  maxSteps: number,
  noiseMultiplier: number,
): number {
  // ⌈log2(steps + 1)⌉, as an integer: the number of binary digits.
  const depth = maxSteps.toString(2).length;
  return depth * rdpOfGaussian(order, noiseMultiplier);
}

/** What rounding adds to a sum, relative to its summands. */
const ROUNDING = 2 ** -50;

/**
 * The epsilon of an RDP at one order (Canonne, Kamath & Steinke 2020, arXiv:2004.00010v4, Prop. 12).
 *
 * @param delta - above 0, below 1
 * @returns at least 0
 */
export function epsilonOfRdp(order: number, rdp: number, delta: number): number {
  // Bretagnolle-Huber: δ² <= 1 - exp(-KL), and KL is at most the RDP of any order. (0, δ)-DP then.
  if (delta * delta + Math.expm1(-rdp) > 0) return 0;
  const ofDelta = -Math.log(delta) / (order - 1);
  const epsilon = rdp + ofDelta + Math.log1p(-1 / order) - Math.log(order) / (order - 1);
  return Math.max(0, epsilon + ROUNDING * (rdp + ofDelta));
}

/**
 * The delta of an RDP at one order: {@link epsilonOfRdp} solved for delta.
 *
 * @param epsilon - at least 0
 * @returns 0 to 1
 */
export function deltaOfRdp(order: number, rdp: number, epsilon: number): number {
  const total = Math.sqrt(-Math.expm1(-rdp));
  if (rdp === Number.POSITIVE_INFINITY || epsilon === Number.POSITIVE_INFINITY) {
    return rdp === Number.POSITIVE_INFINITY ? 1 : 0;
  }
  const excess = rdp - epsilon + ROUNDING * (rdp + epsilon);
  const log = (order - 1) * (excess + Math.log1p(-1 / order)) - Math.log(order);
  return Math.min(1, total, Math.exp(log));
}
