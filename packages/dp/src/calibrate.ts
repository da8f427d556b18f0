/**
 * Finds the parameter of a training that just meets a target, by bisection. What comes back was itself given to the
 * accountant, and its epsilon was not above the target.
 *
 * @module
 */
import type { Accountant } from "./accountant.js";
import { assertDelta } from "./assert-target.js";
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
  const { tolerance, epsilonOf, target } = checked(options);
  let low = 0;
  let high = FIRST_NOISE;
  let reached = epsilonOf(high);
  while (!(reached <= target)) {
    low = high;
    high *= 2;
    if (high > MAX_NOISE) {
      throw new DpError("NO_CALIBRATION", `no noise multiplier up to ${MAX_NOISE} is enough`);
    }
    reached = epsilonOf(high);
  }
  while (target - reached > tolerance && high > MIN_NOISE && high - low > RELATIVE_WIDTH * high) {
    const middle = (low + high) / 2;
    const epsilon = epsilonOf(middle);
    if (epsilon <= target) {
      high = middle;
      reached = epsilon;
    } else low = middle;
  }
  return high;
}

/**
 * The most steps that the target allows; at most 2^40.
 *
 * @throws {@link DpError} `NO_CALIBRATION` if one step is too much
 * @throws {@link RangeError} for a target out of its range
 */
export function calibrateSteps(options: CalibrationOptions): number {
  const { epsilonOf, target } = checked(options);
  const isWithin = (steps: number): boolean => epsilonOf(steps) <= target;
  if (!isWithin(1)) throw new DpError("NO_CALIBRATION", "one step is more than the target");
  let low = 1;
  let high = 2;
  while (isWithin(high)) {
    if (high >= MAX_STEPS) return MAX_STEPS;
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isWithin(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The largest sample rate that the target allows; above 1e-9, at most 1.
 *
 * @throws {@link DpError} `NO_CALIBRATION` if no sample is small enough
 * @throws {@link RangeError} for a target or a tolerance out of its range
 */
export function calibrateSampleRate(options: CalibrationOptions & ToleranceOption): number {
  const { tolerance, epsilonOf, target } = checked(options);
  if (epsilonOf(1) <= target) return 1;
  let low = MIN_SAMPLE_RATE;
  let high = 1;
  let reached = epsilonOf(low);
  if (!(reached <= target)) {
    throw new DpError("NO_CALIBRATION", `no sample rate from ${MIN_SAMPLE_RATE} is small enough`);
  }
  while (target - reached > tolerance && high - low > RELATIVE_WIDTH * high) {
    // Rates differ by orders of magnitude.
    const middle = Math.sqrt(low * high);
    const epsilon = epsilonOf(middle);
    if (epsilon <= target) {
      low = middle;
      reached = epsilon;
    } else high = middle;
  }
  return low;
}

function checked({
  eventOf,
  accountant,
  epsilon: target,
  delta,
  tolerance = 0.01 * Math.min(1, target),
}: CalibrationOptions & ToleranceOption): {
  readonly target: number;
  readonly tolerance: number;
  readonly epsilonOf: (value: number) => number;
} {
  if (!(target > 0 && target < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`epsilon: expected 0 < x < Infinity, got ${target}`);
  }
  assertDelta(delta);
  if (!(tolerance > 0)) throw new RangeError(`tolerance: expected x > 0, got ${tolerance}`);
  return {
    target,
    tolerance,
    epsilonOf: (value) => accountant.epsilon(eventOf(value), delta).epsilon,
  };
}
