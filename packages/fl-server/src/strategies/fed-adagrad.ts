/**
 * FedAdagrad (Reddi et al. 2021, arXiv:2003.00295, algorithm 2).
 *
 * @module
 */
import type { Strategy } from "../strategy.js";
import { type AdaptiveOptions, adaptiveStrategy } from "./fed-opt.js";

/** Options of {@link fedAdagrad}: it has no moments to choose. */
export type FedAdagradOptions = Omit<AdaptiveOptions, "beta1" | "beta2">;

/**
 * v ← v + Δ², β₁ = 0. Defaults are Flower's: η 0.1, τ 1e-9.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedAdagrad(options: FedAdagradOptions = {}): Strategy {
  const { eta = 0.1, tau = 1e-9, ...others } = options;
  return adaptiveStrategy(
    {
      name: "fed-adagrad",
      options: { eta, beta1: 0, beta2: 0, tau },
      secondMoment: (v, square) => v + square,
    },
    others,
  );
}
