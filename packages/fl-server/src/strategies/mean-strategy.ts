/**
 * Strategies that take the mean of the updates, weighted by examples, and go on from there.
 *
 * @module
 */
import { createWeightedSum, type WeightedSum } from "../aggregate/weighted-sum.js";
import type { JsonObject, MeanRule, ServerStep, Strategy } from "../strategy.js";
import { assertEnough, baseStrategy, fitMetrics } from "./base-strategy.js";
import { foldResults } from "./fold-results.js";
import type { ResolvedOptions } from "./strategy-options.js";

/** The mean is the next model. */
export const takeMean: ServerStep = ({ state }, mean) => ({ parameters: mean, state });

/** What is different from FedAvg. */
export interface MeanStrategyParts extends Partial<Omit<MeanRule, "metricsOf">> {
  readonly name: string;
  /** Beside those of every strategy. */
  readonly ownOptions?: JsonObject;
}

/** A strategy of this kind. */
export function meanStrategy(
  { name, ownOptions, ...parts }: MeanStrategyParts,
  options: ResolvedOptions,
): Strategy {
  const mean: MeanRule = {
    assertEnough: (results, failures, round) => assertEnough(results, failures, options, round),
    metricsOf: (results) => fitMetrics(results, options),
    serverStep: takeMean,
    ...parts,
  };
  return {
    ...baseStrategy(name, options, ownOptions),
    mean,
    aggregateFit: async (context, replies) => {
      let sum: WeightedSum | undefined;
      const results = await foldResults(replies, async ({ update, numExamples }) => {
        sum ??= createWeightedSum(update.layout, replies.zeros);
        await sum.add(update, numExamples);
      });
      mean.assertEnough(results, replies.failures(), context.round);
      // There is a result, and thus a sum.
      const step = mean.serverStep(context, sum!.mean());
      return { ...step, metrics: mean.metricsOf(results) };
    },
  };
}
