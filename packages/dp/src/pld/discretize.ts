/**
 * A privacy loss put onto the multiples of an interval, so that every delta comes out too large, or too small.
 *
 * delta(epsilon) is the mean of max(0, 1 - e^epsilon t) over t = e^-loss: convex and falling in t, for each step of a
 * composition with the others given. So whatever spreads t with its mean kept only raises delta, and whatever draws it
 * together, or raises t, only lowers it.
 *
 * - Too large: the mass between two grid points goes to both, the mean of t kept. This is the best there is on a
 *   grid: "Connect the Dots" (Doroshenko et al. 2022, arXiv:2207.04380, algorithm 1), here from the masses between the
 *   points, not from differences of deltas, which lose their digits in the tail.
 * - Too small: the masses on both sides of a grid point are drawn together into it, the mean of t kept; what finds
 *   nothing to balance it is rounded down.
 *
 * @module
 */
import type { LossDensity, PrivacyLoss } from "./privacy-loss.js";

/** A loss on a grid: that it is `(first + i) * interval` has `masses[i]`. */
export interface GridLoss {
  readonly interval: number;
  readonly first: number;
  readonly masses: Float64Array;
  /** Of an infinite loss. */
  readonly infinityMass: number;
}

/** The masses between grid points, by the point that connecting the dots gives them to. */
interface Cells {
  readonly interval: number;
  /** The lower point of cell 0. */
  readonly first: number;
  readonly toLower: Float64Array;
  readonly toUpper: Float64Array;
}

// Gauss-Legendre, three points on 0 … 1.
const POINTS = [0.5 - Math.sqrt(0.15), 0.5, 0.5 + Math.sqrt(0.15)] as const;
const WEIGHTS = [5 / 18, 8 / 18, 5 / 18] as const;

/** The range of the losses that there are, tails left out. */
export function lossRange({ density, atoms }: PrivacyLoss): readonly [number, number] {
  const losses = [
    density.loss(density.from),
    density.loss(density.to),
    ...atoms.map((a) => a.loss),
  ];
  return [Math.min(...losses), Math.max(...losses)];
}

/** Both discretizations of a loss: no delta of `upper` is below, none of `lower` above the true one. */
export function discretize(
  loss: PrivacyLoss,
  interval: number,
): { readonly upper: GridLoss; readonly lower: GridLoss } {
  const cells = fillCells(loss, interval);
  return { upper: connectDots(cells, loss), lower: drawTogether(cells) };
}

function fillCells(loss: PrivacyLoss, interval: number): Cells {
  const [least, most] = lossRange(loss);
  const first = Math.floor(least / interval);
  const count = Math.max(1, Math.ceil(most / interval) - first);
  const cells: Cells = {
    interval,
    first,
    toLower: new Float64Array(count),
    toUpper: new Float64Array(count),
  };
  const { density, atoms } = loss;
  let from = density.from;
  for (let i = 0; i < count; i++) {
    const edge = i === count - 1 ? density.to : density.outcomeOf((first + i + 1) * interval);
    const to = Math.min(density.to, Math.max(from, edge));
    if (to > from) integrate(cells, i, density, from, to);
    from = to;
  }
  for (const { loss: at, mass } of atoms) {
    const i = Math.min(count - 1, Math.max(0, Math.floor(at / interval) - first));
    give(cells, i, at, mass);
  }
  return cells;
}

function integrate(cells: Cells, i: number, density: LossDensity, from: number, to: number): void {
  const widest = Math.min(density.pieceAt(from), density.pieceAt(to));
  const pieces = Math.ceil((to - from) / widest);
  const width = (to - from) / pieces;
  for (let piece = 0; piece < pieces; piece++) {
    for (let k = 0; k < 3; k++) {
      const u = from + (piece + POINTS[k]!) * width;
      give(cells, i, density.loss(u), density.density(u) * WEIGHTS[k]! * width);
    }
  }
}

/** Splits a mass between both points of a cell, the mean of e^-loss kept. */
function give(
  { interval, first, toLower, toUpper }: Cells,
  i: number,
  loss: number,
  mass: number,
): void {
  const above = loss - (first + i) * interval;
  const share = Math.min(1, Math.max(0, Math.expm1(-above) / Math.expm1(-interval)));
  toUpper[i] = toUpper[i]! + mass * share;
  toLower[i] = toLower[i]! + mass * (1 - share);
}

function connectDots(
  { interval, first, toLower, toUpper }: Cells,
  { massAbove, massBelow }: PrivacyLoss,
): GridLoss {
  const masses = new Float64Array(toLower.length + 1);
  masses[0] = massBelow;
  for (let i = 0; i < toLower.length; i++) {
    masses[i] = masses[i]! + toLower[i]!;
    masses[i + 1] = toUpper[i]!;
  }
  return { interval, first, masses, infinityMass: massAbove };
}

function drawTogether({ interval, first, toLower, toUpper }: Cells): GridLoss {
  const count = toLower.length;
  const masses = new Float64Array(count + 1);
  const shrink = Math.exp(-interval);
  // From above, where masses grow with each cell, so that there is nearly always enough to balance.
  let down = 0; // the part of the cell above that goes down to this point
  for (let j = count; j >= 0; j--) {
    const above = j < count ? (toLower[j]! + toUpper[j]!) * down : 0;
    const pull = j < count ? toUpper[j]! * down * shrink : 0;
    const lever = j > 0 ? toLower[j - 1]! : 0;
    const up = pull === 0 ? (lever === 0 ? 1 : 0) : lever === 0 ? 1 : Math.min(1, pull / lever);
    masses[j] = above + (j > 0 ? (toLower[j - 1]! + toUpper[j - 1]!) * up : 0);
    down = 1 - up;
  }
  return { interval, first, masses, infinityMass: 0 };
}
