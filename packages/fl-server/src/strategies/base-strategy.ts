/**
 * What the strategies have in common: who is asked (as Flower's FedAvg samples), and what evaluation comes to.
 *
 * @module
 */
import { FlError, type Scalars } from "@dsail/fl-protocol";
import { sampleOf } from "../random.js";
import type {
  ClientFailure,
  ClientPlan,
  EvaluateAggregate,
  EvaluateResult,
  FoldedResult,
  JsonObject,
  RoundContext,
  Strategy,
} from "../strategy.js";
import { describeOptions, type ResolvedOptions } from "./strategy-options.js";

/** All of a strategy but its training. */
export function baseStrategy(
  name: string,
  options: ResolvedOptions,
  others: JsonObject = {},
): Omit<Strategy, "aggregateFit"> {
  const { minFitClients, minEvaluateClients, fractionEvaluate, initialParameters, evaluate } =
    options;
  return {
    name,
    options: { ...describeOptions(options), ...others },
    // All that a round needs, so that none begins which can't be ended.
    minAvailableClients: Math.max(
      options.minAvailableClients,
      minFitClients,
      fractionEvaluate > 0 ? minEvaluateClients : 0,
    ),
    ...(initialParameters !== undefined && { initialParameters }),
    ...(evaluate !== undefined && { evaluate }),
    configureFit: (context) => {
      const { clients, round } = context;
      if (clients.length < minFitClients) throw tooFew(clients.length, minFitClients, round);
      const config = options.onFitConfig?.(round) ?? {};
      return plansOf(context, options.fractionFit, minFitClients, config);
    },
    configureEvaluate: (context) => {
      const { clients, round } = context;
      if (fractionEvaluate === 0) return [];
      if (clients.length < minEvaluateClients) {
        throw tooFew(clients.length, minEvaluateClients, round);
      }
      const config = options.onEvaluateConfig?.(round) ?? {};
      return plansOf(context, fractionEvaluate, minEvaluateClients, config);
    },
    aggregateEvaluate: (context, results, failures) => {
      assertAccepted(results, failures, options, context.round);
      return meanEvaluation(context, results, options);
    },
  };
}

const tooFew = (have: number, need: number, round: number) =>
  new FlError("TOO_FEW_RESULTS", `${have} clients, ${need} needed`, { round });

/** Flower rounds the share down, and asks for `least` even so. */
function plansOf(
  { clients, random }: RoundContext,
  share: number,
  least: number,
  config: Scalars,
): readonly ClientPlan[] {
  const count = Math.max(Math.trunc(clients.length * share), least);
  return sampleOf(clients, count, random).map((clientId) => ({ clientId, config }));
}

/** @throws {@link FlError} `TOO_FEW_RESULTS` */
function assertAccepted(
  results: readonly unknown[],
  failures: readonly ClientFailure[],
  { acceptFailures }: ResolvedOptions,
  round: number,
): void {
  if (results.length === 0)
    throw new FlError("TOO_FEW_RESULTS", "no client had a result", { round });
  if (acceptFailures || failures.length === 0) return;
  const what = `${failures.length} of ${results.length + failures.length} clients failed, and none may`;
  throw new FlError("TOO_FEW_RESULTS", what, { round });
}

/**
 * Asserts that there are enough results of training.
 *
 * @throws {@link FlError} `TOO_FEW_RESULTS`
 */
export function assertEnough(
  results: readonly unknown[],
  failures: readonly ClientFailure[],
  options: ResolvedOptions,
  round: number,
): void {
  assertAccepted(results, failures, options, round);
  const { minFitResults } = options;
  if (results.length >= minFitResults) return;
  const what = `${results.length} results, ${minFitResults} needed`;
  throw new FlError("TOO_FEW_RESULTS", what, { round });
}

/** The loss over all examples. */
function meanEvaluation(
  { round }: RoundContext,
  results: readonly EvaluateResult[],
  { evaluateMetricsAggregation }: ResolvedOptions,
): EvaluateAggregate {
  let [sum, weight] = [0, 0];
  for (const { loss, numExamples } of results) {
    sum += numExamples * loss;
    weight += numExamples;
  }
  if (weight === 0) throw new FlError("TOO_FEW_RESULTS", "no client had an example", { round });
  return { loss: sum / weight, metrics: evaluateMetricsAggregation?.(results) ?? {} };
}

/** The metrics of a round of training. */
export function fitMetrics(
  results: readonly FoldedResult[],
  { fitMetricsAggregation }: ResolvedOptions,
): Scalars {
  return fitMetricsAggregation?.(results) ?? {};
}
