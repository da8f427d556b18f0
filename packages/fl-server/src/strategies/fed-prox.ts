/**
 * FedProx (Li et al. 2020, arXiv:1812.06127): clients are held near the global model by a term of their loss,
 * μ/2 ‖w − wᵗ‖². That is the client's work; the server tells μ.
 *
 * @module
 */
import type { Strategy } from "../strategy.js";
import { meanStrategy } from "./mean-strategy.js";
import { assertNumber, resolveOptions, type StrategyOptions } from "./strategy-options.js";

/** Options of {@link fedProx}. */
export interface FedProxOptions extends StrategyOptions {
  /** μ, at least 0; 0 is FedAvg. Sent as `proximal_mu`. */
  readonly proximalMu: number;
}

/**
 * FedAvg that sends `proximal_mu` with each instruction to train.
 *
 * @throws {@link RangeError} for an option out of its range
 */
export function fedProx({ proximalMu, ...others }: FedProxOptions): Strategy {
  assertNumber("proximalMu", proximalMu, proximalMu >= 0);
  const strategy = meanStrategy(
    { name: "fed-prox", ownOptions: { proximalMu } },
    resolveOptions(others),
  );
  return {
    ...strategy,
    configureFit: async (context) => {
      const plans = await strategy.configureFit(context);
      return plans.map(({ clientId, config }) => ({
        clientId,
        config: { ...config, proximal_mu: proximalMu },
      }));
    },
  };
}
