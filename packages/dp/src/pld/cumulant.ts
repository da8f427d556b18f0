/**
 * The log of the moment generating function of a composed privacy loss, and by Chernoff's bound the window in which it
 * nearly always is.
 *
 * @module
 */
import type { GridLoss } from "./discretize.js";

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
export interface Cumulant {
  readonly value: number;
  readonly mean: number;
  readonly variance: number;
}

/** Losses between two exponentials; a product in between is off by a rounding for each. */
const BLOCK = 32;

/** The finite losses of a grid. */
export function gridPoints(loss: GridLoss, count: number): RepeatedPoints {
  const { interval, offset, first } = loss;
  // Without zeros at the ends: the largest weight is one of a mass, so that not all of them vanish beside it.
  const start = loss.masses.findIndex((mass) => mass > 0);
  const masses = loss.masses.subarray(
    Math.max(0, start),
    loss.masses.findLastIndex((mass) => mass > 0) + 1,
  );
  const { length } = masses;
  const least = (first + start) * interval + offset;
  const most = (first + start + length - 1) * interval + offset;
  return {
    count,
    least,
    most,
    cumulantAt: (tilt) => {
      const top = Math.max(tilt * least, tilt * most);
      const ratio = Math.exp(tilt * interval);
      const block = Math.abs(tilt) * interval < 1 ? BLOCK : 1;
      let sum = 0;
      let mean = 0;
      let square = 0;
      for (let from = 0; from < length; from += block) {
        const to = Math.min(length, from + block);
        let factor = Math.exp(tilt * (least + from * interval) - top);
        for (let i = from; i < to; i++) {
          const weight = masses[i]! * factor;
          sum += weight;
          mean += weight * i;
          square += weight * i * i;
          factor *= ratio;
        }
      }
      mean /= sum;
      return {
        value: top + Math.log(sum),
        mean: least + mean * interval,
        variance: Math.max(0, square / sum - mean * mean) * interval * interval,
      };
    },
  };
}

/** Of all steps together. */
export function cumulantOf(parts: readonly RepeatedPoints[], tilt: number): Cumulant {
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

/** Losses outside of which a tilted composition has little mass. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What {@link chernoffWindow} finds the ends of a window by. */
export interface TailTilts {
  /** Above 0: the tilts beyond that of the composition. */
  readonly above: number;
  readonly below: number;
  /** What may be outside, on either side. */
  readonly mass: number;
}

const TAIL_MASS = 1e-13;

/** The tilts that give the narrowest window, roughly: any give one. */
export function tailTilts(parts: readonly RepeatedPoints[], tilt: number): TailTilts {
  const { value, variance } = cumulantOf(parts, tilt);
  const tail = -Math.log(TAIL_MASS);
  // The best of a normal distribution; of the heavier tails of few steps it is smaller.
  const most = Math.sqrt((2 * tail) / Math.max(variance, 1e-30));
  // Where the derivative of the window's end is 0; what is compared grows with s.
  const best = (sign: 1 | -1) => {
    let low = Math.log(most / 300);
    let high = Math.log(most * 2);
    while (high - low > 0.15) {
      const middle = (low + high) / 2;
      const s = sign * Math.exp(middle);
      const there = cumulantOf(parts, tilt + s);
      if (s * there.mean - (there.value - value) < tail) low = middle;
      else high = middle;
    }
    return Math.exp((low + high) / 2);
  };
  return { above: best(1), below: best(-1), mass: TAIL_MASS };
}

/** Chernoff: P(X >= b) <= e^(K(t + s) - K(t) - s b) for the loss X tilted by t, any s > 0; below alike with s < 0. */
export function chernoffWindow(
  parts: readonly RepeatedPoints[],
  tilt: number,
  { above, below, mass }: TailTilts,
): Window {
  const { value, mean } = cumulantOf(parts, tilt);
  const tail = -Math.log(mass);
  let least = 0;
  let most = 0;
  for (const part of parts) {
    least += part.count * part.least;
    most += part.count * part.most;
  }
  const to = (cumulantOf(parts, tilt + above).value - value + tail) / above;
  const from = (value - cumulantOf(parts, tilt - below).value - tail) / below;
  return {
    from: Math.min(Math.max(least, from), mean),
    to: Math.max(Math.min(most, to), mean),
  };
}
