/**
 * The distribution of the sum of many losses on a grid, by one Fourier transform.
 *
 * What is transformed is tilted: masses times e^(tilt * loss), over their sum. A transform's rounding error is the same
 * everywhere, so that without a tilt there is nothing to be seen below 1e-12 or so; with the tilt of Chernoff's bound
 * what matters for a delta is in the middle, where the masses are large, and the error shrinks with delta.
 *
 * Errors, all of them on the safe side in `hockey-stick.ts`:
 * - masses outside the window come in again at its other end (the transform is cyclic): `tailMass` by Chernoff's bound;
 * - rounding of the transforms (`fft.ts`) and of the power: `error`, a bound of the 2-norm of all errors. An error e of
 *   a coefficient c becomes n e |c|^(n - 1) by the power n; by Parseval the 2-norm is the coefficients' over the root of
 *   their number;
 * - rounding of the masses themselves: `relativeError`; of losses: `lossError`.
 *
 * @module
 */
import { chernoffWindow, gridPoints } from "./cumulant.js";
import type { GridLoss } from "./discretize.js";
import { createRealTransform, type RealTransform, transformError } from "./fft.js";

const UNIT_ROUNDOFF = 2 ** -53;

/** Of the tilted masses, outside the window on either side. */
const WINDOW_TAIL = 1e-12;

/** Steps of one loss. */
export interface RepeatedLoss {
  readonly loss: GridLoss;
  readonly count: number;
}

/** The sum of the losses: that it is x = `(first + i) * interval` has `e^(logScale - tilt x) * masses[i]`. */
export interface ComposedLoss {
  readonly interval: number;
  readonly first: number;
  /** Tilted; of a sum of at most 1. Rounding can leave some just below 0. */
  readonly masses: Float64Array;
  readonly tilt: number;
  readonly logScale: number;
  /** Of an infinite loss. */
  readonly infinityMass: number;
  /** The bounds told above. */
  readonly tailMass: number;
  readonly error: number;
  readonly relativeError: number;
  readonly lossError: number;
}

/** @param parts - all of one interval */
export function compose(
  parts: readonly RepeatedLoss[],
  tilt: number,
  interval: number,
): ComposedLoss {
  const points = parts.map(({ loss, count }) => gridPoints(loss, count));
  const window = chernoffWindow(points, tilt, WINDOW_TAIL);
  const first = Math.floor(window.from / interval);
  const length = 2 ** Math.max(4, Math.ceil(Math.log2(window.to / interval - first + 2)));
  const transform = createRealTransform(length);

  let logScale = 0;
  let steps = 0;
  let largest = 0;
  let keptFinite = 0;
  const tilted = parts.map(({ loss, count }, i) => {
    const logMoment = points[i]!.cumulantAt(tilt).value;
    logScale += count * logMoment;
    steps += count;
    keptFinite += count * Math.log1p(-loss.infinityMass);
    const last = loss.first + loss.masses.length;
    largest = Math.max(largest, Math.abs(loss.first), Math.abs(last));
    return { masses: tiltedMasses(loss, tilt, logMoment, length), count };
  });
  const { masses, error } = power(tilted, transform);
  return {
    interval,
    first,
    masses: rotate(masses, first),
    tilt,
    logScale,
    infinityMass: -Math.expm1(keptFinite),
    tailMass: 2 * WINDOW_TAIL,
    error,
    // Of an exponential the relative error is that of its exponent: up to about 60 for the densities (beyond, masses
    // are too small to matter), and twice the tilted loss; and 32 products for the moments (`cumulant.ts`).
    relativeError: steps * UNIT_ROUNDOFF * (256 + 4 * tilt * largest * interval),
    lossError: 8 * steps * UNIT_ROUNDOFF * (1 + largest * interval),
  };
}

/** The tilted masses, wrapped round the window's length. */
function tiltedMasses(
  { interval, first, masses }: GridLoss,
  tilt: number,
  logMoment: number,
  length: number,
): Float64Array {
  const wrapped = new Float64Array(length);
  for (let i = 0; i < masses.length; i++) {
    const at = (first + i) & (length - 1);
    wrapped[at] = wrapped[at]! + masses[i]! * Math.exp(tilt * (first + i) * interval - logMoment);
  }
  return wrapped;
}

/** The cyclic convolution of each with itself, and of all. */
function power(
  parts: readonly { readonly masses: Float64Array; readonly count: number }[],
  transform: RealTransform,
): { readonly masses: Float64Array; readonly error: number } {
  const { length } = transform;
  const half = length / 2;
  const logs = new Float64Array(half + 1);
  const phases = new Float64Array(half + 1);
  /** Of the most that the true coefficient can be. */
  const logsAbove = new Float64Array(half + 1);
  const forwardError = transformError(length);
  for (const { masses, count } of parts) {
    const { re, im } = transform.forward(masses);
    for (let k = 0; k <= half; k++) {
      const size = Math.hypot(re[k]!, im[k]!);
      logs[k] = logs[k]! + count * Math.log(size);
      phases[k] = phases[k]! + count * Math.atan2(im[k]!, re[k]!);
      logsAbove[k] = logsAbove[k]! + count * (Math.log(size + forwardError) + 8 * UNIT_ROUNDOFF);
    }
  }

  let square = 0;
  let errorSquare = 0;
  for (let k = 0; k <= half; k++) {
    const twice = k === 0 || k === half ? 1 : 2;
    const log = logs[k]!;
    const size = log > -60 ? Math.exp(log) : 0;
    // |(c + e)^n - c^n| <= (|c| + |e|)^n - |c|^n. The subtraction itself rounds.
    const error = Math.min(2, Math.exp(logsAbove[k]!) - size + 2 ** -51 * size);
    square += twice * size * size;
    errorSquare += twice * error * error;
    logs[k] = size * Math.cos(phases[k]!);
    phases[k] = size * Math.sin(phases[k]!);
  }
  return {
    masses: transform.inverse({ re: logs, im: phases }),
    error: (Math.sqrt(errorSquare) + forwardError * Math.sqrt(square)) / Math.sqrt(length),
  };
}

/** Puts the place of a loss, which is its index by the length, back in order. */
function rotate(masses: Float64Array, first: number): Float64Array {
  const { length } = masses;
  const start = ((first % length) + length) % length;
  const rotated = new Float64Array(length);
  rotated.set(masses.subarray(start), 0);
  rotated.set(masses.subarray(0, start), length - start);
  return rotated;
}
