/**
 * Federated optimization (Reddi et al. 2021, arXiv:2003.00295, algorithm 1): the difference of the mean to the model is
 * the gradient of an optimizer at the server. Here that is gradient descent; {@link fedAdam}, {@link fedYogi} and
 * {@link fedAdagrad} are the adaptive ones.
 *
 * @module
 */
import type { Strategy } from "../strategy.js";
import { meanStrategy } from "./mean-strategy.js";
import { stepTensors } from "./step-tensors.js";
import { assertNumber, resolveOptions, type StrategyOptions } from "./strategy-options.js";

/** Options of {@link fedOpt}. */
export interface FedOptOptions extends StrategyOptions {
  /** Learning rate η of the server, above 0. Default 0.1. */
  readonly eta?: number;
  /** Of the first moment, 0 to below 1. Default 0: none. */
  readonly beta1?: number;
}

/** Options of the adaptive ones. */
export interface AdaptiveOptions extends FedOptOptions {
  /** Of the second moment, 0 to below 1. */
  readonly beta2?: number;
  /** Keeps the divisor from 0; above 0. */
  readonly tau?: number;
}

/** What becomes of the moments of one element. */
export interface AdaptiveRule {
  readonly name: string;
  readonly options: Required<Pick<AdaptiveOptions, "eta" | "beta1" | "beta2" | "tau">>;
  /** The second moment after a difference with this square. */
  readonly secondMoment: (v: number, square: number) => number;
  /** What η is multiplied by in a round. Default 1. */
  readonly correction?: (round: number) => number;
}

/**
 * m ← β₁ m + (1 − β₁)(mean − w), w ← w + η m. Flower's class of this name leaves out the step, and thus is FedAvg.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedOpt({ eta = 0.1, beta1 = 0, ...others }: FedOptOptions = {}): Strategy {
  assertRates({ eta, beta1, beta2: 0, tau: 1 });
  return meanStrategy(
    {
      name: "fed-opt",
      ownOptions: { eta, beta1 },
      serverStep: (context, mean) =>
        stepTensors(context, mean, ["m"], ({ old, mean: average, memory: [m], next }) => {
          for (let i = 0; i < next.length; i++) {
            m![i] = beta1 * m![i]! + (1 - beta1) * (average[i]! - old[i]!);
            next[i] = old[i]! + eta * m![i]!;
          }
        }),
    },
    resolveOptions(others),
  );
}

/**
 * m ← β₁ m + (1 − β₁) Δ, v by the rule, w ← w + η m / (√v + τ) with Δ = mean − w (algorithm 2).
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function adaptiveStrategy(rule: AdaptiveRule, options: StrategyOptions): Strategy {
  const { name, options: rates, secondMoment, correction = () => 1 } = rule;
  const { eta, beta1, tau } = rates;
  assertRates(rates);
  return meanStrategy(
    {
      name,
      ownOptions: rates,
      serverStep: (context, mean) => {
        const rate = eta * correction(context.round);
        return stepTensors(
          context,
          mean,
          ["m", "v"],
          ({ old, mean: average, memory: [m, v], next }) => {
            for (let i = 0; i < next.length; i++) {
              const delta = average[i]! - old[i]!;
              m![i] = beta1 * m![i]! + (1 - beta1) * delta;
              v![i] = secondMoment(v![i]!, delta * delta);
              next[i] = old[i]! + (rate * m![i]!) / (Math.sqrt(v![i]!) + tau);
            }
          },
        );
      },
    },
    resolveOptions(options),
  );
}

function assertRates({ eta, beta1, beta2, tau }: AdaptiveRule["options"]): void {
  assertNumber("eta", eta, eta > 0);
  assertNumber("beta1", beta1, beta1 >= 0 && beta1 < 1);
  assertNumber("beta2", beta2, beta2 >= 0 && beta2 < 1);
  assertNumber("tau", tau, tau > 0);
}
