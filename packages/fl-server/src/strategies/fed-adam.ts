/**
 * FedAdam (Reddi et al. 2021, arXiv:2003.00295, algorithm 2).
 *
 * @module
 */
import type { Strategy } from "../strategy.js";
import { type AdaptiveOptions, adaptiveStrategy } from "./fed-opt.js";

/**
 * v ← β₂ v + (1 − β₂) Δ². As Flower, the step of round t is corrected by √(1 − β₂^(t+1)) / (1 − β₁^(t+1)), which the
 * paper leaves out. Defaults are Flower's: η 0.1, β₁ 0.9, β₂ 0.99, τ 1e-9 (the paper finds 1e-3 better; so does Flower's
 * newer API).
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedAdam(options: AdaptiveOptions = {}): Strategy {
  const { eta = 0.1, beta1 = 0.9, beta2 = 0.99, tau = 1e-9, ...others } = options;
  return adaptiveStrategy(
    {
      name: "fed-adam",
      options: { eta, beta1, beta2, tau },
      secondMoment: (v, square) => beta2 * v + (1 - beta2) * square,
      correction: (round) => Math.sqrt(1 - beta2 ** (round + 1)) / (1 - beta1 ** (round + 1)),
    },
    others,
  );
}
