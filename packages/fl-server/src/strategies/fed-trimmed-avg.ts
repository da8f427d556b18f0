/**
 * The coordinate-wise trimmed mean (Yin et al. 2018, arXiv:1803.01498, algorithm 1).
 *
 * @module
 */
import { combineColumns, meanWithin } from "../aggregate/columns.js";
import type { Strategy } from "../strategy.js";
import { robustStrategy, updatesOf } from "./robust-strategy.js";
import { assertNumber, resolveOptions, type StrategyOptions } from "./strategy-options.js";

/** Options of {@link fedTrimmedAvg}. */
export interface FedTrimmedAvgOptions extends StrategyOptions {
  /** Share of the values cut off at either end, 0 to below ½; rounded down to whole values. Default 0.2. */
  readonly beta?: number;
}

/**
 * Each element of the next model is the mean of the clients', without the greatest and the least.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedTrimmedAvg({ beta = 0.2, ...others }: FedTrimmedAvgOptions = {}): Strategy {
  assertNumber("beta", beta, beta >= 0 && beta < 0.5);
  return robustStrategy(
    {
      name: "fed-trimmed-avg",
      ownOptions: { beta },
      combine: (results) => {
        const cut = Math.trunc(beta * results.length);
        return combineColumns(updatesOf(results), (sorted) =>
          meanWithin(sorted, cut, sorted.length - cut),
        );
      },
    },
    resolveOptions(others),
  );
}
