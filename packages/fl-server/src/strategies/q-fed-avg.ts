/**
 * q-FedAvg (Li et al. 2020, arXiv:1905.10497, algorithm 2): clients with a greater loss count for more.
 *
 * @module
 */
import { elementCount, FlError, type Scalar } from "@dsail/fl-protocol";
import { addScaled } from "../aggregate/add-scaled.js";
import { eachDifference } from "../aggregate/each-difference.js";
import {
  isFloat,
  numbersOfTensor,
  numbersPerElement,
  tensorOfNumbers,
} from "../aggregate/numbers.js";
import { createWeightedSum, type WeightedSum } from "../aggregate/weighted-sum.js";
import type { FitResult, RoundContext, Strategy } from "../strategy.js";
import { assertEnough, baseStrategy, fitMetrics } from "./base-strategy.js";
import { foldResults } from "./fold-results.js";
import { assertNumber, resolveOptions, type StrategyOptions } from "./strategy-options.js";

/** Options of {@link qFedAvg}. */
export interface QFedAvgOptions extends StrategyOptions {
  /** q, at least 0: how much fairness counts; 0 is the mean of all clients alike. Default 0.2. */
  readonly qParam?: number;
  /** The learning rate of the clients' training, 1 / L; above 0. Default 0.1. */
  readonly qfflLearningRate?: number;
  /**
   * Which metric of a reply is the loss of the global model on the client's data, before training. Default
   * `train_loss`, as in Flower's newer API. Without effect where `evaluate` gives the loss.
   */
  readonly trainLossKey?: string;
}

/** As Flower, against a loss of 0. */
const LOSS_OFFSET = 1e-10;

/**
 * w ← w − Σ Δₖ / Σ hₖ with gₖ = (w − wₖ) / lr, Δₖ = Fₖ^q gₖ and hₖ = q Fₖ^(q−1) ‖gₖ‖² + Fₖ^q / lr.
 *
 * The loss Fₖ is the client's own (`trainLossKey`), as in the paper; with `evaluate` it is the server's, the same for all,
 * as in Flower's older API. As in Flower a single client will do for the three minimums. Counters and masks take the
 * mean weighted by examples, and are no part of ‖gₖ‖.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function qFedAvg(options: QFedAvgOptions = {}): Strategy {
  const { qParam = 0.2, qfflLearningRate = 0.1, trainLossKey = "train_loss", ...others } = options;
  assertNumber("qParam", qParam, qParam >= 0);
  assertNumber("qfflLearningRate", qfflLearningRate, qfflLearningRate > 0);
  const defaults = { minFitClients: 1, minEvaluateClients: 1, minAvailableClients: 1 };
  const resolved = resolveOptions(others, defaults);
  const { evaluate } = resolved;
  const base = baseStrategy("q-fed-avg", resolved, { qParam, qfflLearningRate, trainLossKey });
  return {
    ...base,
    ...(evaluate === undefined && {
      checkFit: ({ metrics, clientId }, { round }) => {
        if (isLoss(metrics[trainLossKey])) return;
        const what = `no metric ${trainLossKey} that is a loss of 0 or more`;
        throw new FlError("BAD_MESSAGE", what, { clientId, round });
      },
    }),
    aggregateFit: async (context, replies) => {
      const central = await evaluate?.(context.round, context.parameters);
      const lossOf = ({ metrics }: FitResult) => central?.loss ?? Number(metrics[trainLossKey]);
      const { add, next } = createFairSum(context, qParam, qfflLearningRate);
      const results = await foldResults(replies, (result) => add(result, lossOf(result)));
      assertEnough(results, replies.failures(), resolved, context.round);
      return {
        parameters: next(),
        state: context.state,
        metrics: fitMetrics(results, resolved),
      };
    },
  };
}

function isLoss(value: Scalar | undefined): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function createFairSum({ parameters }: RoundContext, q: number, learningRate: number) {
  // Σ Fₖ^q (w − wₖ) / lr of all floating-point tensors.
  const deltas = parameters.map(({ dtype, shape }) =>
    isFloat(dtype) ? new Float64Array(elementCount(shape) * numbersPerElement(dtype)) : undefined,
  );
  let divisor = 0;
  /** For the mean of what is not trained. */
  let mean: WeightedSum | undefined;
  return {
    add: async ({ update, numExamples }: FitResult, loss: number): Promise<void> => {
      const factor = (loss + LOSS_OFFSET) ** q / learningRate;
      let squares = 0;
      await eachDifference(update, parameters, (step, tensorIndex, start) => {
        // The gradient's sign is that of (w − wₖ).
        addScaled(deltas[tensorIndex]!.subarray(start), step, -factor);
        for (let i = 0; i < step.length; i++) squares += step[i]! * step[i]!;
      });
      divisor += q * (loss + LOSS_OFFSET) ** (q - 1) * (squares / learningRate ** 2) + factor;
      if (deltas.every((delta) => delta !== undefined)) return;
      mean ??= createWeightedSum(update.layout);
      await mean.add(update, numExamples);
    },
    next: () => {
      const means = mean?.mean();
      return parameters.map((tensor, i) => {
        const delta = deltas[i];
        if (delta === undefined) return means![i]!;
        const old = numbersOfTensor(tensor);
        return tensorOfNumbers(
          tensor,
          delta.map((sum, k) => old[k]! - sum / divisor),
        );
      });
    },
  };
}
