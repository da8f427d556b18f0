/**
 * FedYogi (Reddi et al. 2021, arXiv:2003.00295, algorithm 2).
 *
 * @module
 */
import type { Strategy } from "../strategy.js";
import { type AdaptiveOptions, adaptiveStrategy } from "./fed-opt.js";

/**
 * v ← v − (1 − β₂) Δ² sign(v − Δ²). Defaults are Flower's: η 0.01, β₁ 0.9, β₂ 0.99, τ 1e-3.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedYogi(options: AdaptiveOptions = {}): Strategy {
  const { eta = 0.01, beta1 = 0.9, beta2 = 0.99, tau = 1e-3, ...others } = options;
  return adaptiveStrategy(
    {
      name: "fed-yogi",
      options: { eta, beta1, beta2, tau },
      secondMoment: (v, square) => v - (1 - beta2) * square * Math.sign(v - square),
    },
    others,
  );
}
