/**
 * Krum (Blanchard et al. 2017, arXiv:1703.02757).
 *
 * @module
 */
import { collectUpdate } from "../aggregate/collect-update.js";
import { squaredDistances } from "../aggregate/distances.js";
import { krumScores, ranked } from "../aggregate/krum-scores.js";
import { createWeightedSum } from "../aggregate/weighted-sum.js";
import type { FitResult, Strategy } from "../strategy.js";
import { robustStrategy, updatesOf } from "./robust-strategy.js";
import { assertCount, resolveOptions, type StrategyOptions } from "./strategy-options.js";

/** Options of {@link krum}. */
export interface KrumOptions extends StrategyOptions {
  /** f: how many clients may be against the rest. Default 0. */
  readonly numMaliciousClients?: number;
}

/** Options of {@link multiKrum}. */
export interface MultiKrumOptions extends KrumOptions {
  /** m: how many of the best are averaged, 1 or more. Default 1. */
  readonly numClientsToKeep?: number;
}

/**
 * The next model is that of one client: the one whose n − f − 2 nearest others are nearest.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function krum({ numMaliciousClients = 0, ...others }: KrumOptions = {}): Strategy {
  assertCount("numMaliciousClients", numMaliciousClients, 0);
  return robustStrategy(
    {
      name: "krum",
      ownOptions: { numMaliciousClients },
      minResults: minResultsFor(numMaliciousClients),
      combine: async (results) => {
        const [best] = await bestOf(results, numMaliciousClients);
        return collectUpdate(results[best!]!.update);
      },
    },
    resolveOptions(others),
  );
}

/**
 * The next model is the mean of the m clients with the best scores, weighted by examples.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function multiKrum(options: MultiKrumOptions = {}): Strategy {
  const { numMaliciousClients = 0, numClientsToKeep = 1, ...others } = options;
  assertCount("numMaliciousClients", numMaliciousClients, 0);
  assertCount("numClientsToKeep", numClientsToKeep, 1);
  return robustStrategy(
    {
      name: "multi-krum",
      ownOptions: { numMaliciousClients, numClientsToKeep },
      minResults: Math.max(minResultsFor(numMaliciousClients), numClientsToKeep),
      combine: async (results) => {
        const best = (await bestOf(results, numMaliciousClients)).slice(0, numClientsToKeep);
        const sum = createWeightedSum(results[0]!.update.layout);
        // In the order of clients, as everywhere.
        for (const index of best.toSorted((a, b) => a - b)) {
          const { update, numExamples } = results[index]!;
          await sum.add(update, numExamples);
        }
        return sum.mean();
      },
    },
    resolveOptions(others),
  );
}

/** Krum's condition 2f + 2 < n, without which f clients can decide. Where nobody is against the rest, any number will do. */
const minResultsFor = (numMalicious: number) => (numMalicious === 0 ? 1 : 2 * numMalicious + 3);

async function bestOf(
  results: readonly FitResult[],
  numMalicious: number,
): Promise<readonly number[]> {
  const distances = await squaredDistances(updatesOf(results));
  return ranked(krumScores(distances, [...results.keys()], numMalicious));
}
