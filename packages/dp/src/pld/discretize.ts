/**
 * A privacy loss put onto a grid, so that every delta comes out too large, or too small.
 *
 * delta(epsilon) is the mean of max(0, 1 - e^epsilon t) over t = e^-loss: convex and falling in t, for each step of a
 * composition with the others given. So whatever spreads t with its mean kept only raises delta; whatever draws it
 * together (`draw-together.ts`), or raises t, only lowers it.
 *
 * Too large: the mass between two grid points goes to both, the mean of t kept. This is the best there is on a grid:
 * "Connect the Dots" (Doroshenko et al. 2022, arXiv:2207.04380, algorithm 1), here from the masses between the points,
 * not from differences of deltas, which lose their digits in the tail.
 *
 * @module
 */
import { type LossDensity, lossRange, type PrivacyLoss } from "./privacy-loss.js";

/** A grid of losses. */
export interface Grid {
  readonly interval: number;
  /** Of all points: they are multiples of the interval, and this. From 0 to less than the interval. */
  readonly offset: number;
}

/** A loss on a grid: that it is `(first + i) * interval + offset` has `masses[i]`. */
export interface GridLoss extends Grid {
  readonly first: number;
  readonly masses: Float64Array;
  /** Of an infinite loss. */
  readonly infinityMass: number;
}

/** The masses between grid points, by the point that connecting the dots gives them to. */
export interface Cells extends Grid {
  /** The lower point of cell 0. */
  readonly first: number;
  readonly toLower: Float64Array;
  readonly toUpper: Float64Array;
  /** What is on a point by itself: of one more than there are cells. */
  readonly onPoint: Float64Array;
}

// Gauss-Legendre, three points on 0 … 1.
const POINTS = [0.5 - Math.sqrt(0.15), 0.5, 0.5 + Math.sqrt(0.15)] as const;
const WEIGHTS = [5 / 18, 8 / 18, 5 / 18] as const;

/** The masses of a loss between the points of a grid. */
export function fillCells(loss: PrivacyLoss, { interval, offset }: Grid): Cells {
  const [least, most] = lossRange(loss);
  const first = Math.floor((least - offset) / interval);
  const count = Math.floor((most - offset) / interval) - first + 1;
  const pointAt = (i: number) => (first + i) * interval + offset;
  const toLower = new Float64Array(count);
  const toUpper = new Float64Array(count);
  const onPoint = new Float64Array(count + 1);
  const whole = -Math.expm1(-interval);
  for (const density of loss.densities) {
    let from = density.from;
    const start = Math.floor((density.loss(from) - offset) / interval) - first;
    for (let i = Math.max(0, start); i < count && from < density.to; i++) {
      const edge = i === count - 1 ? density.to : density.outcomeOf(pointAt(i + 1));
      if (Number.isNaN(edge)) throw new Error("fillCells: a loss without an outcome");
      const to = Math.min(density.to, Math.max(from, edge));
      if (to > from) {
        const { mass, upper } = integrate(density, from, to, pointAt(i), whole);
        toUpper[i] = toUpper[i]! + upper;
        toLower[i] = toLower[i]! + mass - upper;
      }
      from = to;
    }
  }
  for (const { loss: at, mass } of loss.atoms) {
    const place = (at - offset) / interval - first;
    const nearest = Math.round(place);
    // But for rounding.
    if (Math.abs(pointAt(nearest) - at) <= 2 ** -50 * (1 + Math.abs(at))) {
      onPoint[nearest] = onPoint[nearest]! + mass;
      continue;
    }
    const i = Math.floor(place);
    const upper = mass * clamp(-Math.expm1(pointAt(i) - at) / whole);
    toUpper[i] = toUpper[i]! + upper;
    toLower[i] = toLower[i]! + mass - upper;
  }
  return { interval, offset, first, toLower, toUpper, onPoint };
}

/** Beyond this a loss is no exponent of a ratio of densities. */
const MAX_RATIO_LOSS = 300;

/** The mass of a cell, and what of it goes to the upper point for the mean of e^-loss to be kept. */
function integrate(
  density: LossDensity,
  from: number,
  to: number,
  lower: number,
  whole: number,
): { readonly mass: number; readonly upper: number } {
  const widest = Math.min(density.pieceAt(from), density.pieceAt(to));
  const pieces = Math.ceil((to - from) / widest);
  const width = (to - from) / pieces;
  const isModerate = Math.abs(lower) < MAX_RATIO_LOSS;
  const scale = isModerate ? Math.exp(lower) : 0;
  let mass = 0;
  let upper = 0;
  // Kahan's sums: there may be a million pieces, and the masses of all cells have to add up to 1.
  let massCarry = 0;
  let upperCarry = 0;
  for (let piece = 0; piece < pieces; piece++) {
    for (let k = 0; k < 3; k++) {
      const u = from + (piece + POINTS[k]!) * width;
      const weight = WEIGHTS[k]! * width;
      const here = density.density(u) * weight;
      const massTerm = here - massCarry;
      const massSum = mass + massTerm;
      massCarry = massSum - mass - massTerm;
      mass = massSum;
      // 1 - e^(lower - loss) of the mass: without a logarithm, where the ratio has as many digits.
      const above = isModerate
        ? here - scale * density.otherDensity(u) * weight
        : -here * Math.expm1(lower - density.loss(u));
      const upperTerm = above - upperCarry;
      const upperSum = upper + upperTerm;
      upperCarry = upperSum - upper - upperTerm;
      upper = upperSum;
    }
  }
  return { mass, upper: mass * clamp(upper / mass / whole) };
}

/** What rounding makes of a share. */
function clamp(share: number): number {
  return share > 0 ? Math.min(1, share) : 0;
}

/** Less than this is no mass: products with it would lose their digits. */
export const MIN_MASS = 1e-290;

/** By rounding: what `compose.ts` counts for it. */
const MOST_MISSING = 256 * 2 ** -53;

/** No delta is below the true one. */
export function connectDots(cells: Cells, { massAbove, massBelow }: PrivacyLoss): GridLoss {
  const { interval, offset, first, toLower, toUpper, onPoint } = cells;
  const masses = onPoint.slice();
  // Not on the first point, which may be below them.
  masses[1] = masses[1]! + massBelow;
  for (let i = 0; i < toLower.length; i++) {
    masses[i] = masses[i]! + toLower[i]!;
    masses[i + 1] = masses[i + 1]! + toUpper[i]!;
  }
  let infinityMass = massAbove;
  // What is left of all mass, by Kahan's sum: there may be a million masses.
  let missing = 1 - massAbove;
  let carry = 0;
  masses.forEach((mass, i) => {
    if (mass < MIN_MASS) {
      infinityMass += mass;
      masses[i] = 0;
    }
    const term = mass + carry;
    const left = missing - term;
    carry = left - missing + term;
    missing = left;
  });
  // What is missing may be anywhere.
  if (!(missing < MOST_MISSING)) infinityMass += missing;
  return { interval, offset, first, masses, infinityMass };
}
