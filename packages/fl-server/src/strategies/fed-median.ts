/**
 * The coordinate-wise median (Yin et al. 2018, arXiv:1803.01498, algorithm 1).
 *
 * @module
 */
import { combineColumns, medianOf } from "../aggregate/columns.js";
import type { Strategy } from "../strategy.js";
import { robustStrategy, updatesOf } from "./robust-strategy.js";
import { resolveOptions, type StrategyOptions } from "./strategy-options.js";

/**
 * Each element of the next model is the median of the clients', of an even number the mean of the middle two.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedMedian(options: StrategyOptions = {}): Strategy {
  return robustStrategy(
    {
      name: "fed-median",
      combine: (results) => combineColumns(updatesOf(results), medianOf),
    },
    resolveOptions(options),
  );
}
