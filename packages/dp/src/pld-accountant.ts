/**
 * Privacy loss distributions: the tightest accountant, right to the fourth digit and on both sides.
 *
 * As Google's dp_accounting 0.6.0 (`pld/`), after Doroshenko et al. 2022, "Connect the Dots" (arXiv:2207.04380) and
 * Koskela et al. 2020 (arXiv:1906.03049); `pld/compose.ts` tells where this one goes further. Epsilon and delta are
 * upper bounds with all that a computer with rounding leaves out added to them; `lowerEpsilon` is a lower bound.
 *
 * For `add-or-remove-one`: each bound is the larger one of adding and of removing a record.
 *
 * @module
 */
import type { Accountant } from "./accountant.js";
import { assertDelta, assertEpsilon } from "./assert-target.js";
import { type ComposedLoss, compose } from "./pld/compose.js";
import {
  chernoffWindow,
  planningPoints,
  type RepeatedPoints,
  tiltForDelta,
  tiltForEpsilon,
} from "./pld/cumulant.js";
import { discretize, lossRange } from "./pld/discretize.js";
import { gaussianLoss } from "./pld/gaussian-loss.js";
import { deltaOf, epsilonOf, isWellWithin, type Side } from "./pld/hockey-stick.js";
import { laplaceLoss } from "./pld/laplace-loss.js";
import type { Adjacency, PrivacyLoss } from "./pld/privacy-loss.js";
import { type MechanismSteps, stepsOf } from "./pld/steps.js";

/** How finely losses are told apart. */
export interface PldAccountantOptions {
  /**
   * The widest interval between losses, above 0. A finer one is taken where losses lie closely together, a coarser one
   * where there would be more than 2^21 of them. Default 1e-4.
   */
  readonly valueDiscretization?: number;
  /**
   * The most that is added to a delta for outcomes too unlikely to be looked at, above 0, at most 1e-6; at most a
   * millionth of a delta that is asked for. Default 1e-20.
   */
  readonly tailMass?: number;
}

/** One mechanism under one adjacency, and how often. */
interface Repeated {
  readonly loss: PrivacyLoss;
  readonly count: number;
}

/** Both sides of the truth, under any tilt, and the one that is best for what is asked. */
interface Bounds {
  readonly tilt: number;
  readonly composed: (side: Side, tilt: number) => ComposedLoss;
}

/**
 * Makes an accountant of privacy loss distributions.
 *
 * Knows `gaussian` and `laplace`, also Poisson-sampled, `none`, `non-private`, `composed` and `repeated`.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function pldAccountant(options: PldAccountantOptions = {}): Accountant {
  const { valueDiscretization = 1e-4, tailMass = 1e-20 } = options;
  assertWithin("valueDiscretization", valueDiscretization, 1);
  assertWithin("tailMass", tailMass, 1e-6);

  return {
    name: "pld",
    isApproximate: false,
    epsilon: (event, delta) => {
      assertDelta(delta);
      const steps = stepsOf(event);
      if (steps === "non-private") {
        return { epsilon: Infinity, lowerEpsilon: Infinity, warnings: [] };
      }
      let epsilon = 0;
      let lowerEpsilon = 0;
      for (const adjacency of adjacencies(steps)) {
        const repeated = lossesOf(steps, adjacency, Math.min(tailMass, delta * 1e-6));
        const bounds = boundsOf(repeated, valueDiscretization, (points) =>
          tiltForDelta(points, delta),
        );
        const upper = bestEpsilon(bounds, delta, "upper");
        // A direction that costs less than the other's lower bound tells nothing.
        if (upper > lowerEpsilon) {
          lowerEpsilon = Math.max(lowerEpsilon, bestEpsilon(bounds, delta, "lower"));
        }
        epsilon = Math.max(epsilon, upper);
      }
      return { epsilon, lowerEpsilon: Math.min(lowerEpsilon, epsilon), warnings: [] };
    },
    delta: (event, epsilon) => {
      assertEpsilon(epsilon);
      const steps = stepsOf(event);
      if (steps === "non-private") return { delta: 1, warnings: [] };
      if (epsilon === Infinity) return { delta: 0, warnings: [] };
      let delta = 0;
      for (const adjacency of adjacencies(steps)) {
        const repeated = lossesOf(steps, adjacency, tailMass);
        const bounds = boundsOf(repeated, valueDiscretization, (points) =>
          tiltForEpsilon(points, epsilon),
        );
        delta = Math.max(delta, bestDelta(bounds, epsilon));
      }
      return { delta, warnings: [] };
    },
  };
}

/** Removing a record usually costs more, and so comes first. Without sampling both are the same. */
function adjacencies(steps: readonly MechanismSteps[]): readonly Adjacency[] {
  if (steps.length === 0) return [];
  return steps.every(({ sampleRate }) => sampleRate === 1) ? ["remove"] : ["remove", "add"];
}

function lossesOf(
  steps: readonly MechanismSteps[],
  adjacency: Adjacency,
  tailMass: number,
): readonly Repeated[] {
  const all = steps.reduce((sum, { count }) => sum + count, 0);
  return steps.map((step) => ({
    loss:
      step.kind === "gaussian"
        ? gaussianLoss({ ...step, adjacency, tailMass: tailMass / all })
        : laplaceLoss({ ...step, adjacency }),
    count: step.count,
  }));
}

/** Cells of the window, and of one step, at most: for a time below a second and arrays of at most 2^22 numbers. */
const MAX_CELLS = 2 ** 20;

function boundsOf(
  repeated: readonly Repeated[],
  widest: number,
  tiltOf: (points: readonly RepeatedPoints[]) => number,
): Bounds {
  const points = repeated.map(({ loss, count }) => planningPoints(loss, count));
  const tilt = tiltOf(points);
  const window = chernoffWindow(points, tilt, 1e-12);
  const ranges = repeated.map(({ loss }) => {
    const [least, most] = lossRange(loss);
    return most - least;
  });
  // The finest that is quick, as long as it is not finer than rounding allows, nor coarser than asked for.
  const fine = Math.max((window.to - window.from) / 2 ** 17, Math.max(...ranges) / 2 ** 18, 1e-11);
  const interval = Math.max(
    Math.min(widest, fine),
    (window.to - window.from) / MAX_CELLS,
    Math.max(...ranges) / MAX_CELLS,
  );
  const grids = repeated.map(({ loss, count }) => ({ ...discretize(loss, interval), count }));
  const composed = (side: Side, at: number) =>
    compose(
      grids.map((grid) => ({ loss: grid[side], count: grid.count })),
      at,
      interval,
    );
  return { tilt, composed };
}

/** The best bound of some tilts: a lesser one has more room below, and lesser errors where Chernoff's bound is loose. */
function bestEpsilon({ tilt, composed }: Bounds, delta: number, side: Side): number {
  let best = side === "upper" ? Infinity : 0;
  for (let round = 0, at = tilt; round < 4; round++, at /= 2) {
    const here = composed(side, at);
    const epsilon = epsilonOf(here, delta, side);
    best = side === "upper" ? Math.min(best, epsilon) : Math.max(best, epsilon);
    if (at < 1e-3 || isWellWithin(here, epsilon, delta)) break;
  }
  return best;
}

/** As {@link bestEpsilon}, of upper bounds of delta. */
function bestDelta({ tilt, composed }: Bounds, epsilon: number): number {
  let best = 1;
  for (let round = 0, at = tilt; round < 4; round++, at /= 2) {
    const here = composed("upper", at);
    best = Math.min(best, deltaOf(here, epsilon));
    if (at < 1e-3 || isWellWithin(here, epsilon, best)) break;
  }
  return best;
}

function assertWithin(name: string, value: number, most: number): void {
  if (!(value > 0 && value <= most)) {
    throw new RangeError(`${name}: expected above 0 and at most ${most}, got ${value}`);
  }
}
