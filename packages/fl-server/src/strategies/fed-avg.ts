/**
 * Federated averaging (McMahan et al. 2017, arXiv:1602.05629, algorithm 1).
 *
 * @module
 */
import type { Strategy } from "../strategy.js";
import { meanStrategy } from "./mean-strategy.js";
import { resolveOptions, type StrategyOptions } from "./strategy-options.js";

/**
 * The next model is the mean of the clients' models, weighted by their examples.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedAvg(options: StrategyOptions = {}): Strategy {
  return meanStrategy({ name: "fed-avg" }, resolveOptions(options));
}
