/**
 * Strategies that look at all updates side by side, so that a few that are wrong, or want to do harm, don't decide. Weights
 * by examples are left out but in MultiKrum: whoever wants to do harm would claim many.
 *
 * All updates of a round are kept until it ends, in memory and then on the disk.
 *
 * @module
 */
import { FlError, type ModelParameters } from "@dsail/fl-protocol";
import type { ReceivedUpdate } from "../aggregate/received-update.js";
import type { FitResult, JsonObject, Strategy } from "../strategy.js";
import { assertEnough, baseStrategy, fitMetrics } from "./base-strategy.js";
import type { ResolvedOptions } from "./strategy-options.js";

/** What is different from one to the other. */
export interface RobustStrategyParts {
  readonly name: string;
  /** Beside those of every strategy. */
  readonly ownOptions?: JsonObject;
  /** Results without which the strategy holds nothing of what it promises. Default 1. */
  readonly minResults?: number;
  /** The next model, of one result at least. */
  readonly combine: (results: readonly FitResult[]) => Promise<ModelParameters>;
}

/** A strategy of this kind. */
export function robustStrategy(
  { name, ownOptions, minResults = 1, combine }: RobustStrategyParts,
  options: ResolvedOptions,
): Strategy {
  return {
    ...baseStrategy(name, options, ownOptions),
    aggregateFit: async (context, replies) => {
      const { round, state } = context;
      const results: FitResult[] = [];
      for await (const result of replies.results) results.push(result);
      assertEnough(results, replies.failures(), options, round);
      if (results.length < minResults) {
        const what = `${results.length} results, ${name} needs ${minResults} with these options`;
        throw new FlError("TOO_FEW_RESULTS", what, { round });
      }
      return {
        parameters: await combine(results),
        state,
        metrics: fitMetrics(results, options),
      };
    },
  };
}

/** The updates alone. */
export function updatesOf(results: readonly FitResult[]): readonly ReceivedUpdate[] {
  return results.map(({ update }) => update);
}
