/**
 * Differential privacy with a fixed clipping norm, in Flower's names.
 *
 * @module
 */
import { privatizeSum } from "@dsail/dp";
import type { Strategy } from "../strategy.js";
import {
  clippingNormOf,
  type PrivacyOptions,
  type PrivacyRule,
  privateStrategy,
} from "./private-strategy.js";

/** Options of both wrappers. */
export interface FixedClippingOptions extends PrivacyOptions {
  /** The bound on the norm of each update, above 0. */
  readonly clippingNorm: number;
}

/**
 * A strategy with private means, clipped at the server. As `DifferentialPrivacyServerSideFixedClipping` of Flower.
 *
 * @throws {@link FlError} `BAD_CONFIG` for a strategy that does not take a mean, and a ledger of another unit;
 *   {@link RangeError}
 */
export function withServerSideFixedClipping(
  strategy: Strategy,
  options: FixedClippingOptions,
): Strategy {
  return privateStrategy(strategy, fixedRule("server-side-fixed-clipping", options), options);
}

/**
 * The same; clients are told the norm as `clipping_norm`, so that they clip too (`fixedclipping_mod` of Flower). The server
 * clips even so.
 *
 * @throws as {@link withServerSideFixedClipping}
 */
export function withClientSideFixedClipping(
  strategy: Strategy,
  options: FixedClippingOptions,
): Strategy {
  const rule = fixedRule("client-side-fixed-clipping", options);
  return tellingClippingNorm(privateStrategy(strategy, rule, options), rule);
}

/** A strategy that tells the norm with each instruction to train. */
export function tellingClippingNorm(strategy: Strategy, rule: PrivacyRule): Strategy {
  return {
    ...strategy,
    configureFit: async (context) => {
      const plans = await strategy.configureFit(context);
      const norm = clippingNormOf(context, rule);
      return plans.map(({ clientId, config }) => ({
        clientId,
        config: { ...config, clipping_norm: norm },
      }));
    },
  };
}

function fixedRule(name: string, options: FixedClippingOptions): PrivacyRule {
  const { clippingNorm, noiseMultiplier, numSampledClients, random } = options;
  const rule: PrivacyRule = {
    name,
    ownOptions: { clippingNorm },
    initialClippingNorm: clippingNorm,
    privatize: (sums, norm) => ({
      event: privatizeSum(sums, {
        noiseMultiplier,
        maxGradNorm: norm,
        expectedBatchSize: numSampledClients,
        sampleRate: 1,
        ...(random && { random }),
      }),
      nextClippingNorm: norm,
    }),
  };
  // What is out of its range is refused now, not in the first round.
  rule.privatize([], clippingNorm, []);
  return rule;
}
