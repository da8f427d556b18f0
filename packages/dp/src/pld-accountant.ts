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
import type { DpEvent, NeighboringRelation } from "./event.js";
import { assertNeighboringRelation, countMechanisms } from "./mechanism.js";
import { type BoundOptions, boundDelta, boundEpsilon, type Direction } from "./pld/bounds.js";
import { directionsOf } from "./pld/directions.js";

/** How finely losses are told apart, and what data sets are neighbors. */
export interface PldAccountantOptions {
  /** Default `add-or-remove-one`. Under `replace-one` a sampled Laplace mechanism is not known. */
  readonly neighboringRelation?: NeighboringRelation;
  /**
   * The widest interval between losses, above 0, at most 1. A narrower one is taken where losses lie closely together, a
   * wider one where there would be more than 2^19 of them. Default: what adds about 1e-5 of epsilon to it.
   */
  readonly valueDiscretization?: number;
  /**
   * The most that is added to a delta for outcomes too unlikely to be looked at, above 0, at most 1e-6; at most a
   * millionth of a delta that is asked for. Default 1e-20.
   */
  readonly tailMass?: number;
}

/**
 * Makes an accountant of privacy loss distributions.
 *
 * Knows `gaussian` and `laplace`, also Poisson-sampled, `none`, `non-private`, `composed` and `repeated`.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function pldAccountant(options: PldAccountantOptions = {}): Accountant {
  const { neighboringRelation = "add-or-remove-one", valueDiscretization = 1 } = options;
  const { tailMass = 1e-20 } = options;
  assertNeighboringRelation(neighboringRelation);
  assertWithin("valueDiscretization", valueDiscretization, 1);
  assertWithin("tailMass", tailMass, 1e-6);
  const directions = (event: DpEvent, tail: number) =>
    directionsOf(countMechanisms(event, neighboringRelation), neighboringRelation, tail);

  return {
    name: "pld",
    neighboringRelation,
    isApproximate: false,

    epsilon: (event, delta, { lowerBound = true } = {}) => {
      assertDelta(delta);
      const all = directions(event, Math.min(tailMass, delta * 1e-6));
      // No lower bound: with next to no noise the truth may be finite.
      if (all === undefined) return { epsilon: Infinity, warnings: [] };
      const bounds = worstOf(all, valueDiscretization, (direction, options) =>
        boundEpsilon(direction, delta, options),
      );
      const epsilon = bounds?.value ?? 0;
      if (!lowerBound) return { epsilon, warnings: [] };
      return { epsilon, lowerEpsilon: Math.min(bounds?.lower() ?? 0, epsilon), warnings: [] };
    },

    delta: (event, epsilon) => {
      assertEpsilon(epsilon);
      const all = directions(event, tailMass);
      if (all === undefined) return { delta: 1, warnings: [] };
      if (epsilon === Infinity) return { delta: 0, warnings: [] };
      const bound = worstOf(all, valueDiscretization, (direction, options) =>
        boundDelta(direction, epsilon, options),
      );
      return { delta: bound?.value ?? 0, warnings: [] };
    },
  };
}

/** The largest bound of all directions. */
function worstOf<Bound extends { readonly value: number }>(
  directions: readonly Direction[],
  widest: number,
  boundOf: (direction: Direction, options: BoundOptions) => Bound,
): Bound | undefined {
  let worst: Bound | undefined;
  for (const direction of directions) {
    const bound = boundOf(direction, { widest, enough: worst?.value ?? 0 });
    if (worst === undefined || bound.value > worst.value) worst = bound;
  }
  return worst;
}

function assertWithin(name: string, value: number, most: number): void {
  if (!(value > 0 && value <= most)) {
    throw new RangeError(`${name}: expected above 0 and at most ${most}, got ${value}`);
  }
}
