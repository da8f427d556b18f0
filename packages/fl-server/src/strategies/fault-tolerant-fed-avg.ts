/**
 * FedAvg that bears failures up to a share.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import type { Strategy } from "../strategy.js";
import { meanStrategy } from "./mean-strategy.js";
import { assertShare, resolveOptions, type StrategyOptions } from "./strategy-options.js";

/** Options of {@link faultTolerantFedAvg}. */
export interface FaultTolerantOptions extends Omit<StrategyOptions, "acceptFailures"> {
  /** Share of those asked to train that have to have a result, 0 to 1. Default 0.5. */
  readonly minCompletionRateFit?: number;
  /** The same for evaluation. Default 0.5. */
  readonly minCompletionRateEvaluate?: number;
}

/**
 * FedAvg whose rounds count if enough of those who were asked have a result. As in Flower a single client will do for
 * `minFitClients`, `minEvaluateClients` and `minAvailableClients`.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function faultTolerantFedAvg(options: FaultTolerantOptions = {}): Strategy {
  const { minCompletionRateFit = 0.5, minCompletionRateEvaluate = 0.5, ...others } = options;
  assertShare("minCompletionRateFit", minCompletionRateFit);
  assertShare("minCompletionRateEvaluate", minCompletionRateEvaluate);
  const defaults = { minFitClients: 1, minEvaluateClients: 1, minAvailableClients: 1 };
  const strategy = meanStrategy(
    {
      name: "fault-tolerant-fed-avg",
      ownOptions: { minCompletionRateFit, minCompletionRateEvaluate },
      assertEnough: (results, failures, round) =>
        assertRate(results.length, failures.length, minCompletionRateFit, round),
    },
    resolveOptions(others, defaults),
  );
  return {
    ...strategy,
    aggregateEvaluate: (context, results, failures) => {
      const { round } = context;
      assertRate(results.length, failures.length, minCompletionRateEvaluate, round);
      return strategy.aggregateEvaluate(context, results, failures);
    },
  };
}

function assertRate(results: number, failures: number, least: number, round: number): void {
  const asked = results + failures;
  if (results > 0 && results >= least * asked) return;
  const what = `${results} of ${asked} clients had a result, a share of ${least} is needed`;
  throw new FlError("TOO_FEW_RESULTS", what, { round });
}
