/**
 * Where a curve of epsilons is likely to pass one that is looked for.
 *
 * @module
 */

/** A value of a parameter, and its epsilon. */
export interface Point {
  /** At least 0. */
  readonly value: number;
  readonly epsilon: number;
}

/** No step goes closer to an end than this part of the way: what is there is known. */
const MARGIN = 0.01;

/** Nor further away from a single end than this, as a factor. */
const MAX_FACTOR = 100;

/**
 * A value between those of two points, where a power law through both has the epsilon; in the middle where there is none.
 *
 * @param a - of the smaller value. Of value 0, where nothing is known of it: then epsilon is as if in inverse proportion
 * @param epsilon - above 0
 * @param round - counted from 0: each fourth step goes to the middle, whatever the curve is
 */
export function interpolate(a: Point, b: Point, epsilon: number, round: number): number {
  if (a.value === 0) {
    const factor = epsilon / b.epsilon;
    return b.value / Math.min(MAX_FACTOR, Math.max(1 + MARGIN, factor));
  }
  const logA = Math.log(a.epsilon);
  const logB = Math.log(b.epsilon);
  const part = (Math.log(epsilon) - logA) / (logB - logA);
  const isKnown = Number.isFinite(logB - logA) && part > 0 && part < 1 && round % 4 !== 3;
  const between = isKnown ? Math.min(1 - MARGIN, Math.max(MARGIN, part)) : 0.5;
  // Values differ by orders of magnitude.
  return a.value * (b.value / a.value) ** between;
}
