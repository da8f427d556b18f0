/**
 * What all strategies may be told, in Flower's names.
 *
 * @module
 */
import type { ModelParameters, Scalars } from "@dsail/fl-protocol";
import type { JsonObject, Strategy } from "../strategy.js";

/** Metrics of one client, and their weight. */
export interface WeightedMetrics {
  readonly numExamples: number;
  readonly metrics: Scalars;
}

/** Options of every strategy. */
export interface StrategyOptions {
  /** Share of the connected clients that train in a round, 0 to 1. Default 1. */
  readonly fractionFit?: number;
  /** Share of the connected clients that evaluate; 0: nobody does. Default 1. */
  readonly fractionEvaluate?: number;
  /** Clients that train even where the share is fewer. Default 2. */
  readonly minFitClients?: number;
  /** Clients that evaluate even where the share is fewer. Default 2. */
  readonly minEvaluateClients?: number;
  /** Clients that have to be connected before a round begins. Default 2. */
  readonly minAvailableClients?: number;
  /** Results that a round needs, of those who were asked. Default 1, as in Flower, which has no such option. */
  readonly minFitResults?: number;
  /** Whether a round counts in which a client failed. Default true. */
  readonly acceptFailures?: boolean;
  /** Default: asked from one client. */
  readonly initialParameters?: ModelParameters;
  /** What clients are told for training in a round. Default: nothing. */
  readonly onFitConfig?: (round: number) => Scalars;
  /** What clients are told for evaluation in a round. Default: nothing. */
  readonly onEvaluateConfig?: (round: number) => Scalars;
  /** The metrics of a round of those of its clients. Default: none; {@link weightedMeanOfMetrics} is one. */
  readonly fitMetricsAggregation?: (clients: readonly WeightedMetrics[]) => Scalars;
  /** The same for evaluation. */
  readonly evaluateMetricsAggregation?: (clients: readonly WeightedMetrics[]) => Scalars;
  /** Evaluates at the server, on data of its own, before the first round (0) and after each. */
  readonly evaluate?: NonNullable<Strategy["evaluate"]>;
}

/** Those that have a default, with it. */
export interface ResolvedOptions extends StrategyOptions {
  readonly fractionFit: number;
  readonly fractionEvaluate: number;
  readonly minFitClients: number;
  readonly minEvaluateClients: number;
  readonly minAvailableClients: number;
  readonly minFitResults: number;
  readonly acceptFailures: boolean;
}

/**
 * Fills in the defaults.
 *
 * @param defaults - of a strategy that has others than Flower's FedAvg
 * @throws {@link RangeError} for a number out of its range
 */
export function resolveOptions(
  options: StrategyOptions,
  defaults: Partial<ResolvedOptions> = {},
): ResolvedOptions {
  const resolved = {
    fractionFit: 1,
    fractionEvaluate: 1,
    minFitClients: 2,
    minEvaluateClients: 2,
    minAvailableClients: 2,
    minFitResults: 1,
    acceptFailures: true,
    ...defaults,
    ...options,
  };
  for (const name of ["fractionFit", "fractionEvaluate"] as const)
    assertShare(name, resolved[name]);
  for (const name of [
    "minFitClients",
    "minEvaluateClients",
    "minAvailableClients",
    "minFitResults",
  ] as const) {
    assertCount(name, resolved[name], 1);
  }
  return resolved;
}

/** All that can be written down, for checkpoints. */
export function describeOptions(options: ResolvedOptions): JsonObject {
  const plain = Object.entries(options).filter(
    ([, value]) => typeof value === "number" || typeof value === "boolean",
  );
  return Object.fromEntries(plain) as JsonObject;
}

/** @throws {@link RangeError} */
export function assertShare(name: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new RangeError(`${name}: expected 0 to 1, got ${value}`);
}

/** @throws {@link RangeError} */
export function assertCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name}: expected an integer of ${least} or more, got ${value}`);
}

/** @throws {@link RangeError} */
export function assertNumber(name: string, value: number, isAllowed: boolean): void {
  if (Number.isFinite(value) && isAllowed) return;
  throw new RangeError(`${name}: out of its range, got ${value}`);
}

/** The mean of each metric over the clients where it is a number, weighted by examples. Others are left out. */
export function weightedMeanOfMetrics(clients: readonly WeightedMetrics[]): Scalars {
  const sums = new Map<string, { sum: number; weight: number }>();
  for (const { numExamples, metrics } of clients) {
    for (const [key, value] of Object.entries(metrics)) {
      if (typeof value !== "number" && typeof value !== "bigint") continue;
      const { sum, weight } = sums.get(key) ?? { sum: 0, weight: 0 };
      sums.set(key, { sum: sum + numExamples * Number(value), weight: weight + numExamples });
    }
  }
  const means = [...sums].filter(([, { weight }]) => weight > 0);
  return Object.fromEntries(means.map(([key, { sum, weight }]) => [key, sum / weight]));
}
