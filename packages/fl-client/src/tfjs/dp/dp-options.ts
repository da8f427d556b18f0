/**
 * How a step of DP-SGD is made private.
 *
 * @module
 */
import {
  type AdaptiveClippingOptions,
  type DpEvent,
  defaultCountNoise,
  type NoiseOptions,
  sampledAdaptiveGaussian,
  sampledGaussian,
  sumNoiseMultiplier,
} from "@dsail/dp";
import type { NormMethod } from "./convolution-gradients.js";

/** DP-SGD (Abadi et al. 2016, arXiv:1607.00133, algorithm 1). */
export interface DpOptions extends NoiseOptions {
  /** Standard deviation of the noise on the sum over `maxGradNorm`, at least 0; 0 gives no privacy. */
  readonly noiseMultiplier: number;
  /** The bound C of each sample's gradient over all trained arrays, 2^-100 or more, finite. */
  readonly maxGradNorm: number;
  /** Probability with which each example was in the batch, by itself (`poissonSample`). */
  readonly sampleRate: number;
  /** What the noisy sum is divided by (`expectedBatchSize`), above 0; never the number of examples that came. */
  readonly expectedBatchSize: number;
  /**
   * `flat`: a sample's gradient is clipped as a whole. `per-layer`: each of n arrays to C/√n by itself (McMahan et al. 2018,
   * arXiv:1710.06963, 3.1). Default `flat`.
   */
  readonly clipping?: "flat" | "per-layer";
  /**
   * The bound follows a quantile of the norms (Andrew et al. 2021, arXiv:1905.03871), `maxGradNorm` being the first. The step
   * costs what one with a fixed bound and `noiseMultiplier` does. Not with `per-layer`. Default: the bound stays.
   */
  readonly adaptive?: Pick<
    AdaptiveClippingOptions,
    "targetQuantile" | "learningRate" | "countNoise"
  >;
  /**
   * Records the event of a step before anything of it changes a parameter; if it throws (`BUDGET_EXCEEDED` of a ledger), nothing
   * does.
   */
  readonly record: (event: DpEvent) => void | Promise<void>;
  /** How norms of convolutions are taken. Default: as costs less. */
  readonly normMethod?: NormMethod;
}

/** What an adaptive bound's noise is. */
export interface AdaptiveNoise {
  readonly sumMultiplier: number;
  readonly countNoise: number;
}

/** How the noise of an adaptive bound is shared between the sum and the count; undefined for a bound that stays. */
export function adaptiveNoiseOf({
  adaptive,
  expectedBatchSize,
  noiseMultiplier,
}: DpOptions): AdaptiveNoise | undefined {
  if (adaptive === undefined) return undefined;
  const countNoise = adaptive.countNoise ?? defaultCountNoise(expectedBatchSize);
  return { sumMultiplier: sumNoiseMultiplier(noiseMultiplier, countNoise), countNoise };
}

/**
 * The event of one step: what a ledger is asked for before a run.
 *
 * @throws {@link RangeError} for options out of their range
 */
export function eventOfStep(options: DpOptions): DpEvent {
  const { noiseMultiplier, sampleRate } = options;
  const noise = adaptiveNoiseOf(options);
  if (noise === undefined) return sampledGaussian({ noiseMultiplier, sampleRate });
  const { sumMultiplier, countNoise } = noise;
  return sampledAdaptiveGaussian({ sumNoiseMultiplier: sumMultiplier, countNoise, sampleRate });
}
