/**
 * The log of the moment generating function of a composed privacy loss: what the tilt, and by Chernoff's bound the
 * window, of a composition are taken from.
 *
 * @module
 */
import type { GridLoss } from "./discretize.js";
import type { PrivacyLoss } from "./privacy-loss.js";

/** Steps of one loss, for which this is known. */
export interface RepeatedPoints {
  readonly count: number;
  /** The range of the loss. */
  readonly least: number;
  readonly most: number;
  /** Of one step. */
  readonly cumulantAt: (tilt: number) => Cumulant;
}

/** The log of the mean of e^(tilt * loss), and its first and second derivative: mean and variance of the tilted loss. */
interface Cumulant {
  readonly value: number;
  readonly mean: number;
  readonly variance: number;
}

/** No tilt beyond this is ever taken; a smaller one gives a bound too. */
const MAX_TILT = 1000;

/** Losses between two exponentials; a product in between is off by a rounding for each. */
const BLOCK = 32;

/** Points that stand for a loss well enough to plan with; no bound may rest on them. */
export function planningPoints({ density, atoms }: PrivacyLoss, count: number): RepeatedPoints {
  const points = 1000;
  const losses = new Float64Array(points + atoms.length);
  const masses = new Float64Array(points + atoms.length);
  const width = (density.to - density.from) / points;
  for (let i = 0; i < points; i++) {
    const u = density.from + (i + 0.5) * width;
    losses[i] = density.loss(u);
    masses[i] = density.density(u) * width;
  }
  atoms.forEach(({ loss, mass }, i) => {
    losses[points + i] = loss;
    masses[points + i] = mass;
  });
  const least = losses.reduce((a, b) => Math.min(a, b));
  const most = losses.reduce((a, b) => Math.max(a, b));
  return {
    count,
    least,
    most,
    cumulantAt: (tilt) => {
      const top = Math.max(tilt * least, tilt * most);
      return moments(
        losses.length,
        (i) => masses[i]! * Math.exp(tilt * losses[i]! - top),
        losses,
        top,
      );
    },
  };
}

/** The finite losses of a grid. */
export function gridPoints({ interval, first, masses }: GridLoss, count: number): RepeatedPoints {
  const losses = masses.map((_, i) => (first + i) * interval);
  const least = losses[0]!;
  const most = losses[losses.length - 1]!;
  return {
    count,
    least,
    most,
    cumulantAt: (tilt) => {
      const top = Math.max(tilt * least, tilt * most);
      const ratio = Math.exp(tilt * interval);
      let factor = 1;
      const weight = (i: number) => {
        factor = i % BLOCK === 0 ? Math.exp(tilt * losses[i]! - top) : factor * ratio;
        return masses[i]! * factor;
      };
      return moments(losses.length, weight, losses, top);
    },
  };
}

function moments(
  length: number,
  weightOf: (i: number) => number,
  losses: Float64Array,
  top: number,
): Cumulant {
  let sum = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i < length; i++) {
    const weight = weightOf(i);
    sum += weight;
    first += weight * losses[i]!;
    second += weight * losses[i]! * losses[i]!;
  }
  const mean = first / sum;
  return { value: top + Math.log(sum), mean, variance: Math.max(0, second / sum - mean * mean) };
}

/** Of all steps together. */
function cumulant(parts: readonly RepeatedPoints[], tilt: number): Cumulant {
  let value = 0;
  let mean = 0;
  let variance = 0;
  for (const { count, cumulantAt } of parts) {
    const one = cumulantAt(tilt);
    value += count * one.value;
    mean += count * one.mean;
    variance += count * one.variance;
  }
  return { value, mean, variance };
}

/** A tilt for the epsilon of a delta. */
export function tiltForDelta(parts: readonly RepeatedPoints[], delta: number): number {
  // Chernoff: epsilon <= (K(t) - log delta) / t. Its derivative is 0 where t K'(t) - K(t) = -log delta; this grows.
  const best = findTilt((tilt) => {
    const { value, mean } = cumulant(parts, tilt);
    return tilt * mean - value + Math.log(delta);
  });
  const epsilonAt = (tilt: number) => (cumulant(parts, tilt).value - Math.log(delta)) / tilt;
  const epsilon = best > 0 ? Math.max(0, epsilonAt(best)) : 0;
  return narrowest(parts, best, epsilon);
}

/** A tilt for the delta of an epsilon. */
export function tiltForEpsilon(parts: readonly RepeatedPoints[], epsilon: number): number {
  // Chernoff: delta <= e^(K(t) - t epsilon).
  const best = findTilt((tilt) => cumulant(parts, tilt).mean - epsilon);
  return narrowest(parts, best, epsilon);
}

/**
 * Of tilts whose Chernoff bound of delta is not much worse than the best one's, that with the narrowest window. Where
 * single large losses are what matters, and Chernoff's bound is loose, the best one's is wide.
 */
function narrowest(parts: readonly RepeatedPoints[], best: number, epsilon: number): number {
  const logDeltaAt = (tilt: number) => cumulant(parts, tilt).value - tilt * epsilon;
  const limit = logDeltaAt(best) + 9;
  let found = best;
  let width = Number.POSITIVE_INFINITY;
  for (const part of [1, 0.85, 0.7, 0.55, 0.4, 0.25]) {
    const tilt = best * part;
    if (logDeltaAt(tilt) > limit) break;
    const window = chernoffWindow(parts, tilt, 1e-12);
    // A lesser tilt has to be worth it.
    if (window.to - window.from < 0.8 * width) {
      found = tilt;
      width = window.to - window.from;
    }
  }
  return found;
}

/** Where something that grows with the tilt passes 0, roughly: any tilt gives a bound. */
function findTilt(slope: (tilt: number) => number): number {
  let low = Math.log(1e-3);
  let high = Math.log(MAX_TILT);
  if (slope(Math.exp(low)) >= 0) return 0;
  while (high - low > 0.02) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp(high);
}

/** Losses outside of which a tilted composition has little mass. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * Chernoff: P(X >= b) <= e^(K(t + s) - K(t) - s b) for the loss X tilted by t, any s > 0; below alike with s < 0.
 *
 * @param tailMass - what may be outside, on either side
 */
export function chernoffWindow(
  parts: readonly RepeatedPoints[],
  tilt: number,
  tailMass: number,
): Window {
  const { value, mean, variance } = cumulant(parts, tilt);
  const tail = -Math.log(tailMass);
  let from = 0;
  let to = 0;
  for (const { count, least, most } of parts) {
    from += count * least;
    to += count * most;
  }
  // What is best for a normal distribution, and smaller for the heavier tails of few steps.
  const best = Math.sqrt((2 * tail) / Math.max(variance, 1e-30));
  for (const part of [1, 0.65, 0.4, 0.2, 0.1]) {
    const s = Math.min(best, MAX_TILT) * part;
    to = Math.min(to, (cumulant(parts, tilt + s).value - value + tail) / s);
    from = Math.max(from, (value - cumulant(parts, tilt - s).value - tail) / s);
  }
  return { from: Math.min(from, mean), to: Math.max(to, mean) };
}
