/**
 * Federated averaging with momentum at the server (Hsu, Qi & Brown 2019, arXiv:1909.06335).
 *
 * @module
 */
import type { ServerStep, Strategy } from "../strategy.js";
import { meanStrategy, takeMean } from "./mean-strategy.js";
import { stepTensors } from "./step-tensors.js";
import { assertNumber, resolveOptions, type StrategyOptions } from "./strategy-options.js";

/** Options of {@link fedAvgM}. */
export interface FedAvgMOptions extends StrategyOptions {
  /** η, above 0. Default 1. */
  readonly serverLearningRate?: number;
  /** β, 0 to below 1. Default 0, and then with the default η it is FedAvg. */
  readonly serverMomentum?: number;
}

/**
 * v ← β v + (w − mean), w ← w − η v. Of the first round v is w − mean.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedAvgM(options: FedAvgMOptions = {}): Strategy {
  const { serverLearningRate = 1, serverMomentum = 0, ...others } = options;
  assertNumber("serverLearningRate", serverLearningRate, serverLearningRate > 0);
  assertNumber("serverMomentum", serverMomentum, serverMomentum >= 0 && serverMomentum < 1);
  const isPlain = serverLearningRate === 1 && serverMomentum === 0;
  return meanStrategy(
    {
      name: "fed-avg-m",
      ownOptions: { serverLearningRate, serverMomentum },
      serverStep: isPlain ? takeMean : momentumStep(serverLearningRate, serverMomentum),
    },
    resolveOptions(others),
  );
}

function momentumStep(learningRate: number, momentum: number): ServerStep {
  return (context, mean) =>
    stepTensors(context, mean, ["momentum"], ({ old, mean: average, memory: [v], next }) => {
      for (let i = 0; i < next.length; i++) {
        const velocity = momentum * v![i]! + (old[i]! - average[i]!);
        v![i] = velocity;
        next[i] = old[i]! - learningRate * velocity;
      }
    });
}
