/**
 * Bounds of a composed loss: plans the grid and the tilt for what is asked, and computes it.
 *
 * @module
 */
import { type ComposedLoss, compose } from "./compose.js";
import { chernoffWindow, tailTilts } from "./cumulant.js";
import { connectDots, fillCells, type GridLoss } from "./discretize.js";
import { drawTogether } from "./draw-together.js";
import { deltaOf, epsilonOf, isWellWithin, type Side } from "./hockey-stick.js";
import {
  alignInterval,
  gridOffset,
  type Plan,
  type PlanningPoints,
  planAround,
  planForDelta,
  planningPoints,
} from "./plan.js";
import type { RepeatedPrivacyLoss } from "./privacy-loss.js";

/** Losses that add up, under one adjacency. */
export type Direction = readonly RepeatedPrivacyLoss[];

/** What is asked beside a bound. */
export interface BoundOptions {
  /** No interval of a grid is wider, but for want of space. */
  readonly widest: number;
  /** A bound that is no larger need not be tight. */
  readonly enough: number;
}

/** An upper bound of epsilon, and how to find a lower one. */
export interface EpsilonBound {
  readonly value: number;
  readonly lower: () => number;
}

/** An upper bound of delta. */
export interface DeltaBound {
  readonly value: number;
}

export function boundEpsilon(
  direction: Direction,
  delta: number,
  { widest, enough }: BoundOptions,
): EpsilonBound {
  const points = direction.map(planningPoints);
  const bestOf = (onGrid: OnGrid, tilts: readonly number[], side: Side) =>
    bestOfTilts(tilts, side, (tilt) => {
      const composed = onGrid.composed(side, tilt);
      const epsilon = epsilonOf(composed, delta, side);
      return {
        value: epsilon,
        isGood: epsilon <= enough || isWellWithin(composed, epsilon, delta),
      };
    });
  // Chernoff's bound can be far off; an epsilon of a coarse grid is not.
  const chernoff = planForDelta(points, delta);
  const coarse = putOnGrid(direction, points, chernoff, COARSE, widest);
  const rough = bestOf(coarse, lesserTilts(chernoff.tilt, COARSE), "upper");
  if (rough <= enough) return { value: rough, lower: () => 0 };

  const plan = planAround(points, rough, delta);
  const fine = putOnGrid(direction, points, plan, FINE, widest);
  const tilts = lesserTilts(plan.tilt, FINE);
  return {
    value: Math.min(rough, bestOf(fine, tilts, "upper")),
    lower: () => bestOf(fine, tilts, "lower"),
  };
}

export function boundDelta(
  direction: Direction,
  epsilon: number,
  { widest, enough }: BoundOptions,
): DeltaBound {
  const points = direction.map(planningPoints);
  const boundAt = (plan: Plan, fineness: Fineness) => {
    const onGrid = putOnGrid(direction, points, plan, fineness, widest);
    return bestOfTilts(lesserTilts(plan.tilt, fineness), "upper", (tilt) => {
      const composed = onGrid.composed("upper", tilt);
      const delta = deltaOf(composed, epsilon);
      return { value: delta, isGood: delta <= enough || isWellWithin(composed, epsilon, delta) };
    });
  };
  const rough = Math.min(1, boundAt(planAround(points, epsilon), COARSE));
  if (rough <= enough) return { value: rough };
  return { value: Math.min(rough, boundAt(planAround(points, epsilon, rough), FINE)) };
}

/** How fine a grid is to be. */
interface Fineness {
  /** What a grid may add to epsilon, of epsilon itself; below an epsilon of 0.001, of that. */
  readonly accuracy: number;
  /** Cells of the window at least, where they are not more than there have to be: so few are quick. */
  readonly minCells: number;
  /** Of the window, and of one step, at most. */
  readonly maxCells: number;
  /** How many tilts are tried, and by what part of the one before. */
  readonly tries: number;
  readonly part: number;
}

const COARSE: Fineness = {
  accuracy: 3e-3,
  minCells: 2 ** 11,
  maxCells: 2 ** 15,
  tries: 12,
  part: 1 / 4,
};
/** So many cells take a second. */
const FINE: Fineness = {
  accuracy: 1e-5,
  minCells: 2 ** 13,
  maxCells: 2 ** 19,
  tries: 4,
  part: 1 / 2,
};

/** A power of two, and more where Chernoff's bound was wide of the mark. */
const LENGTH_PER_CELL = 4;

const SMALL_EPSILON = 1e-3;

/** A narrower interval is lost in rounding. */
const MIN_INTERVAL = 1e-11;

function intervalOf(
  points: readonly PlanningPoints[],
  { epsilon, best, tilt }: Plan,
  { accuracy, minCells, maxCells }: Fineness,
  widest: number,
): number {
  const window = chernoffWindow(points, tilt, tailTilts(points, tilt));
  const width = window.to - window.from;
  const range = points.reduce((largest, { least, most }) => Math.max(largest, most - least), 0);
  const steps = points.reduce((sum, { count }) => sum + count, 0);
  const about = Math.max(SMALL_EPSILON, Math.min(epsilon, window.to));
  // Spread to both ends of a cell, losses have h^2 / 6 more variance, their mean is less by half of that, and their
  // cumulant at the tilt t is t (t + 1) h^2 / 12 more: epsilon by (t + 1) h^2 / 12 for each step.
  const accurate = Math.sqrt((12 * accuracy * about) / ((steps + 1) * (best + 1)));
  const interval = Math.max(
    Math.min(widest, accurate, width / minCells),
    MIN_INTERVAL,
    width / maxCells,
    range / maxCells,
  );
  return alignInterval(points, interval);
}

/** Both sides of the truth, under any tilt. */
interface OnGrid {
  readonly composed: (side: Side, tilt: number) => ComposedLoss;
}

function putOnGrid(
  direction: Direction,
  points: readonly PlanningPoints[],
  plan: Plan,
  fineness: Fineness,
  widest: number,
): OnGrid {
  const interval = intervalOf(points, plan, fineness, widest);
  const maxLength = LENGTH_PER_CELL * fineness.maxCells;
  const cells = direction.map(({ loss }, i) =>
    fillCells(loss, { interval, offset: gridOffset(points[i]!, interval) }),
  );
  const grids = {
    upper: remembered(() => cells.map((each, i) => connectDots(each, direction[i]!.loss))),
    lower: remembered(() => cells.map(drawTogether)),
  };
  return {
    composed: (side, tilt) => {
      const parts = grids[side]().map((loss, i) => ({ loss, count: direction[i]!.count }));
      return compose(parts, { interval, tilt, tails: tailTilts(points, tilt), maxLength });
    },
  };
}

function remembered(make: () => readonly GridLoss[]): () => readonly GridLoss[] {
  let made: readonly GridLoss[] | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A lesser tilt has more room below, and lesser errors where Chernoff's bound is loose. */
function lesserTilts(tilt: number, { tries, part }: Fineness): readonly number[] {
  const tilts = Array.from({ length: tries }, (_, i) => tilt * part ** i);
  return tilts.filter((each, i) => i === 0 || each > 1e-3);
}

/** The best bound of some tilts, up to the first that is good. */
function bestOfTilts(
  tilts: readonly number[],
  side: Side,
  boundAt: (tilt: number) => { readonly value: number; readonly isGood: boolean },
): number {
  let best = side === "upper" ? Number.POSITIVE_INFINITY : 0;
  for (const tilt of tilts) {
    const { value, isGood } = boundAt(tilt);
    // What is not a number is no bound.
    if (side === "upper" ? value < best : value > best) best = value;
    if (isGood) break;
  }
  return best;
}
