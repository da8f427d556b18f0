/**
 * Bulyan (El Mhamdi, Guerraoui & Rouault 2018, arXiv:1802.07927) over Krum.
 *
 * @module
 */
import { combineColumns, meanWithin, medianOf } from "../aggregate/columns.js";
import { squaredDistances } from "../aggregate/distances.js";
import { krumScores, ranked } from "../aggregate/krum-scores.js";
import type { Strategy } from "../strategy.js";
import { robustStrategy, updatesOf } from "./robust-strategy.js";
import { assertCount, resolveOptions, type StrategyOptions } from "./strategy-options.js";

/** Options of {@link bulyan}. */
export interface BulyanOptions extends StrategyOptions {
  /** f: how many clients may be against the rest. 4f + 3 results are needed. Default 0. */
  readonly numMaliciousClients?: number;
}

/**
 * Krum chooses θ = n − 2f clients, one after the other; each element of the next model is the mean of the θ − 2f values
 * nearest to their median. Of two as near, the lesser one counts.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function bulyan({ numMaliciousClients = 0, ...others }: BulyanOptions = {}): Strategy {
  assertCount("numMaliciousClients", numMaliciousClients, 0);
  return robustStrategy(
    {
      name: "bulyan",
      ownOptions: { numMaliciousClients },
      minResults: 4 * numMaliciousClients + 3,
      combine: async (results) => {
        const updates = updatesOf(results);
        const distances = await squaredDistances(updates);
        const remaining = [...results.keys()];
        const chosen: number[] = [];
        const theta = results.length - 2 * numMaliciousClients;
        while (chosen.length < theta) {
          const [best] = ranked(krumScores(distances, remaining, numMaliciousClients));
          chosen.push(...remaining.splice(best!, 1));
        }
        const beta = theta - 2 * numMaliciousClients;
        return combineColumns(
          chosen.toSorted((a, b) => a - b).map((index) => updates[index]!),
          (sorted) => meanNearest(sorted, medianOf(sorted), beta),
        );
      },
    },
    resolveOptions(others),
  );
}

/** The mean of the `count` sorted values nearest to `center`: they lie side by side. */
function meanNearest(sorted: Float64Array, center: number, count: number): number {
  let from = 0;
  while (from + count < sorted.length && sorted[from + count]! - center < center - sorted[from]!) {
    from += 1;
  }
  return meanWithin(sorted, from, from + count);
}
