/**
 * Finds the parameter of a training that just meets a target. What comes back was itself given to the accountant, and
 * its epsilon was not above the target.
 *
 * @module
 */
import type { Accountant } from "./accountant.js";
import { assertDelta } from "./assert-target.js";
import { interpolate, type Point } from "./calibrate-interpolate.js";
import { DpError } from "./errors.js";
import type { DpEvent } from "./event.js";

/** A target, and what is to be varied. */
export interface CalibrationOptions {
  /** The event of a value of the parameter; its epsilon must not fall where there is more to tell. */
  readonly eventOf: (value: number) => DpEvent;
  readonly accountant: Accountant;
  /** The most that may be spent; above 0, finite. */
  readonly epsilon: number;
  /** Above 0, below 1. */
  readonly delta: number;
}

export interface ToleranceOption {
  /**
   * How far epsilon may stay below the target; above 0. Default: 0.01, as Opacus, or a hundredth of an epsilon below 1.
   */
  readonly tolerance?: number;
}

/** Opacus' first guess; with the same one, and its tolerance, results are those of Opacus. */
const FIRST_NOISE = 20;
const MAX_NOISE = 1e6;
/** Less noise than this is none. */
const MIN_NOISE = 1e-3;
const MAX_STEPS = 2 ** 40;
const MIN_SAMPLE_RATE = 1e-9;
/** Where epsilon jumps, no value is within the tolerance. */
const RELATIVE_WIDTH = 1e-9;

/**
 * The noise multiplier that meets the target with no more noise than needed; at most 1e6.
 *
 * @throws {@link DpError} `NO_CALIBRATION` if even the largest one is not enough
 * @throws {@link RangeError} for a target or a tolerance out of its range
 */
export function calibrateNoise(options: CalibrationOptions & ToleranceOption): number {
  const target = checked(options);
  let low = 0;
  let high = target.at(FIRST_NOISE);
  while (!(high.epsilon <= target.epsilon)) {
    low = high.value;
    if (2 * low > MAX_NOISE) {
      throw new DpError("NO_CALIBRATION", `no noise multiplier up to ${MAX_NOISE} is enough`);
    }
    high = target.at(2 * low);
  }
  if (target.isMet(high)) return high.value;

  // Opacus' bisection, of which the points around the target tell most steps: more noise costs less.
  const { tooLittle, tooMuch } = pointsAround(low, high, target);
  let bound = high.value;
  while (bound > MIN_NOISE && bound - low > RELATIVE_WIDTH * bound) {
    const middle = (low + bound) / 2;
    if (middle <= tooLittle.value) low = middle;
    else if (middle >= tooMuch.value) bound = middle;
    else {
      const point = target.at(middle);
      if (target.isMet(point)) return middle;
      if (point.epsilon <= target.epsilon) bound = middle;
      else low = middle;
    }
  }
  return Math.min(bound, tooMuch.value);
}

/** The most values that are tried to get close to the target; then bisection goes on as it can. */
const MAX_TRIES = 12;

/** The closest points found with too little noise, and with more than the tolerance allows. */
function pointsAround(
  low: number,
  high: Point,
  target: Target,
): { readonly tooLittle: Point; readonly tooMuch: Point } {
  const { epsilon, tolerance } = target;
  let tooLittle: Point = { value: low, epsilon: Number.POSITIVE_INFINITY };
  let tooMuch = high;
  // Within the tolerance: what bisection will find, or not.
  let met: Point | undefined;
  for (let round = 0; round < MAX_TRIES; round++) {
    const isClose = tooLittle.epsilon <= epsilon + tolerance;
    if (isClose && tooMuch.epsilon >= epsilon - 2 * tolerance) break;
    const value = isClose
      ? interpolate(met ?? tooLittle, tooMuch, epsilon - 1.5 * tolerance, round)
      : interpolate(tooLittle, met ?? tooMuch, epsilon + tolerance / 2, round);
    const point = target.at(value);
    if (target.isMet(point)) met = point;
    else if (point.epsilon <= epsilon) tooMuch = point;
    else tooLittle = point;
  }
  return { tooLittle, tooMuch };
}

/**
 * The most steps that the target allows; at most 2^40.
 *
 * @throws {@link DpError} `NO_CALIBRATION` if one step is too much
 * @throws {@link RangeError} for a target out of its range
 */
export function calibrateSteps(options: CalibrationOptions): number {
  const target = checked(options);
  let low = target.at(1);
  if (!(low.epsilon <= target.epsilon)) {
    throw new DpError("NO_CALIBRATION", "one step is more than the target");
  }
  let high = target.at(4);
  while (high.epsilon <= target.epsilon) {
    if (high.value >= MAX_STEPS) return MAX_STEPS;
    low = high;
    high = target.at(4 * high.value);
  }
  for (let round = 0; high.value - low.value > 1; round++) {
    const value = Math.floor(interpolate(low, high, target.epsilon, round));
    const point = target.at(Math.min(high.value - 1, Math.max(low.value + 1, value)));
    if (point.epsilon <= target.epsilon) low = point;
    else high = point;
  }
  return low.value;
}

/**
 * The largest sample rate that the target allows; above 1e-9, at most 1.
 *
 * @throws {@link DpError} `NO_CALIBRATION` if no sample is small enough
 * @throws {@link RangeError} for a target or a tolerance out of its range
 */
export function calibrateSampleRate(options: CalibrationOptions & ToleranceOption): number {
  const target = checked(options);
  let high = target.at(1);
  if (high.epsilon <= target.epsilon) return 1;
  let low = target.at(MIN_SAMPLE_RATE);
  if (!(low.epsilon <= target.epsilon)) {
    throw new DpError("NO_CALIBRATION", `no sample rate from ${MIN_SAMPLE_RATE} is small enough`);
  }
  for (
    let round = 0;
    !target.isMet(low) && high.value - low.value > RELATIVE_WIDTH * high.value;
    round++
  ) {
    const value = interpolate(low, high, target.epsilon - target.tolerance / 2, round);
    const point = target.at(value);
    if (point.epsilon <= target.epsilon) low = point;
    else high = point;
  }
  return low.value;
}

/** What is to be met, and how far a value is from it. */
interface Target {
  readonly epsilon: number;
  readonly tolerance: number;
  readonly at: (value: number) => Point;
  /** Whether an epsilon is not above the target, nor further below it than the tolerance. */
  readonly isMet: (point: Point) => boolean;
}

function checked({
  eventOf,
  accountant,
  epsilon: target,
  delta,
  tolerance = Math.max(Number.MIN_VALUE, 0.01 * Math.min(1, target)),
}: CalibrationOptions & ToleranceOption): Target {
  if (!(target > 0 && target < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`epsilon: expected 0 < x < Infinity, got ${target}`);
  }
  assertDelta(delta);
  if (!(tolerance > 0)) throw new RangeError(`tolerance: expected x > 0, got ${tolerance}`);
  return {
    epsilon: target,
    tolerance,
    at: (value) => ({
      value,
      epsilon: accountant.epsilon(eventOf(value), delta, { lowerBound: false }).epsilon,
    }),
    isMet: ({ epsilon }) => epsilon <= target && target - epsilon <= tolerance,
  };
}
