/**
 * delta(epsilon) of a composed loss, the "hockey-stick" divergence: the mean of max(0, 1 - e^(epsilon - x)) over the
 * losses x, and the mass of an infinite loss; and its inverse.
 *
 * All errors of the composition are added for an upper bound, and taken away for a lower one.
 *
 * @module
 */
import type { ComposedLoss } from "./compose.js";

/** Which side of the truth a bound is on. */
export type Side = "upper" | "lower";

/** delta at the points of the grid, and what it takes to find it between them. */
interface Curve {
  /** Of the grid point i: the delta there, errors included. */
  readonly deltaAt: (i: number) => number;
  /** The epsilon above the point i - 1, at most the point i, where delta is as given. */
  readonly epsilonBelow: (i: number, delta: number) => number;
  /** delta there, where the point i is the first not below epsilon. */
  readonly deltaBelow: (i: number, epsilon: number) => number;
}

/** The errors of a delta, by the scale at its epsilon. */
function errorBound({ masses, tilt, interval, error, tailMass }: ComposedLoss): number {
  const { length } = masses;
  const fade = Math.max(tilt * interval, 1e-300);
  // Cauchy-Schwarz: the errors' 2-norm times that of their weights, which are at most e^(-tilt (x - epsilon)).
  const weights = Math.sqrt(Math.min(length, 1 / -Math.expm1(-2 * fade)));
  // The sums of `curve`: two roundings of at most 1 for each term, which fade with it.
  const sums = 4 * 2 ** -53 * Math.min(length, 1 / -Math.expm1(-fade));
  return error * weights + tailMass + sums;
}

function curve(composed: ComposedLoss, side: Side): Curve {
  const { interval, offset, first, masses, tilt, logScale, infinityMass } = composed;
  const { length } = masses;
  // Sums over the losses from a point on, relative to that point, so that nothing overflows: of the masses, and of the
  // masses times e^-x. Untilted by a factor from each point to the next.
  const massFrom = new Float64Array(length + 1);
  const dampedFrom = new Float64Array(length + 1);
  const stepMass = Math.exp(-tilt * interval);
  const stepDamped = Math.exp(-(tilt + 1) * interval);
  for (let i = length - 1; i >= 0; i--) {
    massFrom[i] = masses[i]! + stepMass * massFrom[i + 1]!;
    dampedFrom[i] = masses[i]! + stepDamped * dampedFrom[i + 1]!;
  }

  const sign = side === "upper" ? 1 : -1;
  const slack = sign * errorBound(composed);
  const relative = Math.exp(sign * composed.relativeError);

  const scaleAt = (loss: number) => Math.exp(logScale - tilt * loss) * relative;
  const lossAt = (i: number) => (first + i) * interval + offset;
  const added = side === "upper" ? infinityMass : 0;
  const deltaBelow = (i: number, epsilon: number) => {
    // Errors grow with e^(-tilt epsilon) and are taken at the lower end of the cell.
    const errors = slack * scaleAt(epsilon);
    const above = massFrom[i]! - Math.exp(epsilon - lossAt(i)) * dampedFrom[i]!;
    const delta = added + errors + scaleAt(lossAt(i)) * above;
    // Not a number far below the window, where the scale is infinite: nothing is known there.
    if (Number.isNaN(delta)) return side === "upper" ? 1 : 0;
    return Math.min(1, Math.max(0, delta));
  };
  return {
    deltaAt: (i) => deltaBelow(i, lossAt(i)),
    deltaBelow,
    epsilonBelow: (i, delta) => {
      let low = lossAt(i - 1);
      let high = lossAt(i);
      for (let round = 0; round < 50; round++) {
        const middle = (low + high) / 2;
        if (deltaBelow(i, middle) > delta) low = middle;
        else high = middle;
      }
      return side === "upper" ? high : low;
    },
  };
}

/** Whether an epsilon is inside the losses that are told of, and errors are little of its delta. */
export function isWellWithin(composed: ComposedLoss, epsilon: number, delta: number): boolean {
  const { first, interval, offset, masses, tilt, logScale } = composed;
  const errors = errorBound(composed) * Math.exp(logScale - tilt * epsilon);
  const least = first * interval + offset;
  const isBelow = least > 0 && epsilon <= least + interval;
  return masses.length > 0 && !isBelow && errors < 1e-5 * delta;
}

/** A bound of the least epsilon that goes with a delta; `Infinity` as an upper bound if there is none. */
export function epsilonOf(composed: ComposedLoss, delta: number, side: Side): number {
  const { interval, offset, first, masses, lossError } = composed;
  const { deltaAt, epsilonBelow } = curve(composed, side);
  // The last point where delta is more than asked for. An upper bound falls along the grid; of a lower one, far down,
  // nothing is left once the errors are taken away, so that it is looked for from above.
  let low = -1;
  let high = masses.length;
  while (side === "upper" && high - low > 1) {
    const middle = (low + high) >> 1;
    if (deltaAt(middle) > delta) low = middle;
    else high = middle;
  }
  if (side === "lower") {
    while (high > 0 && deltaAt(high - 1) <= delta) high--;
    low = high - 1;
  }
  if (side === "upper") {
    // Above the window nothing is known but Chernoff's bound, and below it only that epsilon is no larger.
    let found = Number.POSITIVE_INFINITY;
    if (high < masses.length) {
      found = high === 0 ? first * interval + offset : epsilonBelow(high, delta);
    }
    return Math.max(0, Math.min(found, chernoffEpsilon(composed, delta)) + lossError);
  }
  if (low < 0) return 0;
  const found =
    high === masses.length ? (first + low) * interval + offset : epsilonBelow(high, delta);
  return Math.max(0, found - lossError);
}

function chernoffEpsilon(
  { tilt, logScale, infinityMass, relativeError }: ComposedLoss,
  delta: number,
): number {
  const left = delta - infinityMass;
  return left > 0 && tilt > 0 && Number.isFinite(logScale)
    ? (logScale + relativeError - Math.log(left)) / tilt
    : Number.POSITIVE_INFINITY;
}

/** An upper bound of the delta that goes with an epsilon. */
export function deltaOf(composed: ComposedLoss, epsilon: number): number {
  const { interval, offset, first, masses, lossError, infinityMass } = composed;
  const { tilt, logScale, relativeError } = composed;
  const at = epsilon - lossError;
  if (!Number.isFinite(logScale)) return 1;
  const chernoff = infinityMass + Math.exp(logScale + relativeError - tilt * at);
  const i = Math.ceil((at - offset) / interval) - first;
  // Outside of the window Chernoff's bound is what there is.
  if (i < 0 || i >= masses.length) return Math.min(1, chernoff);
  return Math.min(1, chernoff, curve(composed, "upper").deltaBelow(i, at));
}
