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
import { chernoffWindow, gridPoints, type TailTilts } from "./cumulant.js";
import type { Grid, GridLoss } from "./discretize.js";
import { createRealTransform, transformError } from "./fft.js";

const UNIT_ROUNDOFF = 2 ** -53;

/** Steps of one loss. */
export interface RepeatedLoss {
  readonly loss: GridLoss;
  readonly count: number;
}

/** How the sum is to be told. */
export interface ComposeOptions {
  /** Of all parts. */
  readonly interval: number;
  /** At least 0. */
  readonly tilt: number;
  /** Where the window is to end. */
  readonly tails: TailTilts;
  /** Points of the window at most: beyond, only Chernoff's bound is told. */
  readonly maxLength: number;
}

/** The sum of the losses: that it is x = `(first + i) * interval + offset` has `e^(logScale - tilt x) * masses[i]`. */
export interface ComposedLoss extends Grid {
  readonly first: number;
  /** Tilted; of a sum of at most 1. Rounding can leave some just below 0. None where there would be too many. */
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

export function compose(
  parts: readonly RepeatedLoss[],
  { interval, tilt, tails, maxLength }: ComposeOptions,
): ComposedLoss {
  const points = parts.map(({ loss, count }) => gridPoints(loss, count));
  const window = chernoffWindow(points, tilt, tails);
  const offset = parts.reduce((sum, { loss, count }) => sum + count * loss.offset, 0);
  const first = Math.floor((window.from - offset) / interval);
  const last = Math.ceil((window.to - offset) / interval);
  const length = 2 ** Math.max(4, Math.ceil(Math.log2(last - first + 1)));

  let logScale = 0;
  let steps = 0;
  let largest = 0;
  let keptFinite = 0;
  const logMoments = points.map(({ cumulantAt }) => cumulantAt(tilt).value);
  parts.forEach(({ loss, count }, i) => {
    logScale += count * logMoments[i]!;
    steps += count;
    keptFinite += count * Math.log1p(-loss.infinityMass);
    largest = Math.max(largest, Math.abs(loss.first), Math.abs(loss.first + loss.masses.length));
  });
  const tilted = () =>
    parts.map(({ loss, count }, i) => ({
      masses: tiltedMasses(loss, tilt, logMoments[i]!, length),
      count,
    }));
  const { masses, error } = length <= maxLength ? power(tilted(), length) : NOTHING;
  return {
    interval,
    offset,
    first,
    masses: rotate(masses, first),
    tilt,
    logScale,
    infinityMass: -Math.expm1(keptFinite) * (1 + 8 * UNIT_ROUNDOFF),
    tailMass: 2 * tails.mass,
    error,
    // Of an exponential the relative error is that of its exponent: up to about 60 for the densities (beyond, masses
    // are too small to matter), and twice the tilted loss; and 32 products for the moments (`cumulant.ts`).
    relativeError: steps * UNIT_ROUNDOFF * (256 + 4 * tilt * largest * interval),
    lossError: 16 * steps * UNIT_ROUNDOFF * (1 + largest * interval),
  };
}

const NOTHING = { masses: new Float64Array(0), error: 0 } as const;

/** The tilted masses, wrapped round the window's length. */
function tiltedMasses(
  { interval, offset, first, masses }: GridLoss,
  tilt: number,
  logMoment: number,
  length: number,
): Float64Array {
  const wrapped = new Float64Array(length);
  for (let i = 0; i < masses.length; i++) {
    // A weight that is infinite is none of a mass of 0.
    if (masses[i] === 0) continue;
    const at = (first + i) & (length - 1);
    const loss = (first + i) * interval + offset;
    wrapped[at] = wrapped[at]! + masses[i]! * Math.exp(tilt * loss - logMoment);
  }
  return wrapped;
}

/** What is less than e to this does not matter beside 1. */
const NEGLIGIBLE_LOG = -60;

/** The cyclic convolution of each with itself, and of all. */
function power(
  parts: readonly { readonly masses: Float64Array; readonly count: number }[],
  length: number,
): { readonly masses: Float64Array; readonly error: number } {
  const transform = createRealTransform(length);
  const half = length / 2;
  const forwardError = transformError(length);
  const spectra = parts.map(({ masses, count }) => {
    const negligible = Math.exp(NEGLIGIBLE_LOG / count) - forwardError;
    // Of few steps no coefficient is: -1.
    const negligibleSquare = negligible > 0 ? negligible ** 2 : -1;
    return { ...transform.forward(masses), count, negligibleSquare };
  });
  // No coefficient is above 1 but for rounding.
  const mostLog = spectra.reduce((sum, { count }) => sum + count * 2 * forwardError, 0);
  const negligibleError = Math.exp(2 * (NEGLIGIBLE_LOG + mostLog));
  const re = new Float64Array(half + 1);
  const im = new Float64Array(half + 1);

  let square = 0;
  let errorSquare = 0;
  for (let k = 0; k <= half; k++) {
    const twice = k === 0 || k === half ? 1 : 2;
    let log = 0;
    let phase = 0;
    /** Of the most that the true coefficient can be. */
    let logAbove = 0;
    let isNegligible = false;
    for (const { re, im, count, negligibleSquare } of spectra) {
      const sizeSquare = re[k]! * re[k]! + im[k]! * im[k]!;
      isNegligible = sizeSquare <= negligibleSquare;
      if (isNegligible) break;
      const size = Math.sqrt(sizeSquare);
      log += count * Math.log(size);
      logAbove += count * (Math.log(size + forwardError) + 16 * UNIT_ROUNDOFF);
      phase += count * Math.atan2(im[k]!, re[k]!);
    }
    if (isNegligible) {
      errorSquare += twice * negligibleError;
      continue;
    }
    const size = Math.exp(log);
    // |(c + e)^n - c^n| <= (|c| + |e|)^n - |c|^n. The subtraction itself rounds.
    const error = Math.min(1 + size, Math.exp(logAbove) - size + 2 ** -51 * size);
    square += twice * size * size;
    errorSquare += twice * error * error;
    re[k] = size * Math.cos(phase);
    im[k] = size * Math.sin(phase);
  }
  return {
    masses: transform.inverse({ re, im }),
    error: (Math.sqrt(errorSquare) + forwardError * Math.sqrt(square)) / Math.sqrt(length),
  };
}

/** Puts the place of a loss, which is its index by the length, back in order. */
function rotate(masses: Float64Array, first: number): Float64Array {
  const { length } = masses;
  if (length === 0) return masses;
  const start = ((first % length) + length) % length;
  const rotated = new Float64Array(length);
  rotated.set(masses.subarray(start), 0);
  rotated.set(masses.subarray(0, start), length - start);
  return rotated;
}
