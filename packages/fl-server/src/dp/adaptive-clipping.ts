/**
 * Differential privacy with a clipping norm that follows a quantile of the updates' norms (Andrew et al. 2021,
 * arXiv:1905.03871), in Flower's names.
 *
 * Flower's own moves the norm the wrong way (1.29, `dp_adaptive_clipping.py`): its bit tells that an update was clipped, and
 * the more are, the smaller the norm becomes. Here the norm grows when more than the target are clipped.
 *
 * @module
 */
import {
  adaptMaxGradNorm,
  defaultCountNoise,
  privatizeSum,
  sampledAdaptiveGaussian,
  sumNoiseMultiplier,
} from "@dsail/dp";
import { FlError } from "@dsail/fl-protocol";
import type { Strategy } from "../strategy.js";
import { tellingClippingNorm } from "./fixed-clipping.js";
import { type PrivacyOptions, type PrivacyRule, privateStrategy } from "./private-strategy.js";

/** Options of both wrappers. `noiseMultiplier` is that of sum and count together, and above 0. */
export interface AdaptiveClippingOptions extends PrivacyOptions {
  /** Above 0. Default 0.1. */
  readonly initialClippingNorm?: number;
  /** Share of the updates that shall be clipped, 0 to 1. Default 0.5. */
  readonly targetClippedQuantile?: number;
  /** Learning rate of the norm, at least 0. Default 0.2. */
  readonly clipNormLr?: number;
  /**
   * Standard deviation of the noise on the count of clipped updates, above `noiseMultiplier` / 2. Default
   * `numSampledClients` / 20.
   */
  readonly clippedCountStddev?: number;
}

/** What a client that clips tells: whether it had to (`adaptiveclipping_mod` of Flower). */
const NORM_BIT = "norm_bit";

/**
 * A strategy with private means, clipped at the server. As `DifferentialPrivacyServerSideAdaptiveClipping` of Flower, with
 * its error mended.
 *
 * @throws {@link FlError} `BAD_CONFIG` for a strategy that does not take a mean, and a ledger of another unit;
 *   {@link RangeError}
 */
export function withServerSideAdaptiveClipping(
  strategy: Strategy,
  options: AdaptiveClippingOptions,
): Strategy {
  return privateStrategy(strategy, adaptiveRule("server-side-adaptive-clipping", options), options);
}

/**
 * The same; clients are told the norm as `clipping_norm`, clip, and tell in the metric `norm_bit` whether they had to. The
 * server clips even so. A reply without the metric is a failure of its client.
 *
 * @throws as {@link withServerSideAdaptiveClipping}
 */
export function withClientSideAdaptiveClipping(
  strategy: Strategy,
  options: AdaptiveClippingOptions,
): Strategy {
  const rule: PrivacyRule = {
    ...adaptiveRule("client-side-adaptive-clipping", options),
    bitOf: ({ metrics }) => !metrics[NORM_BIT],
  };
  return {
    ...tellingClippingNorm(privateStrategy(strategy, rule, options), rule),
    checkFit: (reply, context) => {
      strategy.checkFit?.(reply, context);
      const { metrics, clientId } = reply;
      if (typeof metrics[NORM_BIT] === "boolean") return;
      const { round } = context;
      throw new FlError("BAD_MESSAGE", `no metric ${NORM_BIT} that is a bool`, { clientId, round });
    },
  };
}

function adaptiveRule(name: string, options: AdaptiveClippingOptions): PrivacyRule {
  const { noiseMultiplier, numSampledClients, random } = options;
  const { initialClippingNorm = 0.1, targetClippedQuantile = 0.5, clipNormLr = 0.2 } = options;
  const countNoise = options.clippedCountStddev ?? defaultCountNoise(numSampledClients);
  const sumMultiplier = sumNoiseMultiplier(noiseMultiplier, countNoise);
  const source = { ...(random && { random }) };
  const rule: PrivacyRule = {
    name,
    ownOptions: {
      initialClippingNorm,
      targetClippedQuantile,
      clipNormLr,
      clippedCountStddev: countNoise,
    },
    initialClippingNorm,
    privatize: (sums, norm, bits) => {
      privatizeSum(sums, {
        ...source,
        noiseMultiplier: sumMultiplier,
        maxGradNorm: norm,
        expectedBatchSize: numSampledClients,
        sampleRate: 1,
      });
      const nextClippingNorm = adaptMaxGradNorm(norm, bits, {
        ...source,
        targetQuantile: 1 - targetClippedQuantile,
        learningRate: clipNormLr,
        countNoise,
        expectedCount: numSampledClients,
      });
      const event = sampledAdaptiveGaussian({
        sumNoiseMultiplier: sumMultiplier,
        countNoise,
        sampleRate: 1,
      });
      return { event, nextClippingNorm };
    },
  };
  // What is out of its range is refused now, not in the first round.
  rule.privatize([], initialClippingNorm, []);
  return rule;
}
