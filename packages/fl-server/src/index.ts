/**
 * The server of a federation.
 *
 * @module
 */

// For strategies of one's own.
export { collectUpdate } from "./aggregate/collect-update.js";
export type { Layout, Piece } from "./aggregate/layout.js";
export type { ReceivedUpdate } from "./aggregate/received-update.js";
export type { Zeros } from "./aggregate/scratch.js";
export type { SpoolOptions } from "./aggregate/spool.js";
export { createWeightedSum, type WeightedSum } from "./aggregate/weighted-sum.js";
// Privacy of clients.
export {
  type AdaptiveClippingOptions,
  withClientSideAdaptiveClipping,
  withServerSideAdaptiveClipping,
} from "./dp/adaptive-clipping.js";
export {
  type FixedClippingOptions,
  withClientSideFixedClipping,
  withServerSideFixedClipping,
} from "./dp/fixed-clipping.js";
export type { PrivacyOptions } from "./dp/private-strategy.js";
// A run.
export type {
  CentralRecord,
  History,
  MetricValues,
  Participation,
  RoundRecord,
} from "./history.js";
export { sampleOf } from "./random.js";
export type { UpdateLimits } from "./round.js";
export type { RunResult, RunStatus } from "./run-result.js";
export type { BestModel, SaveModelOptions } from "./save-model.js";
export { runServer } from "./server.js";
export type { AskedKind, Logger, ServerEvent } from "./server-event.js";
export type { CheckpointOptions, ServerOptions } from "./server-options.js";
// Strategies.
export { type BulyanOptions, bulyan } from "./strategies/bulyan.js";
export {
  type FaultTolerantOptions,
  faultTolerantFedAvg,
} from "./strategies/fault-tolerant-fed-avg.js";
export { type FedAdagradOptions, fedAdagrad } from "./strategies/fed-adagrad.js";
export { fedAdam } from "./strategies/fed-adam.js";
export { fedAvg } from "./strategies/fed-avg.js";
export { type FedAvgMOptions, fedAvgM } from "./strategies/fed-avg-m.js";
export { fedMedian } from "./strategies/fed-median.js";
export { type AdaptiveOptions, type FedOptOptions, fedOpt } from "./strategies/fed-opt.js";
export { type FedProxOptions, fedProx } from "./strategies/fed-prox.js";
export { type FedTrimmedAvgOptions, fedTrimmedAvg } from "./strategies/fed-trimmed-avg.js";
export { fedYogi } from "./strategies/fed-yogi.js";
export { type KrumOptions, krum, type MultiKrumOptions, multiKrum } from "./strategies/krum.js";
export { type QFedAvgOptions, qFedAvg } from "./strategies/q-fed-avg.js";
export {
  type StrategyOptions,
  type WeightedMetrics,
  weightedMeanOfMetrics,
} from "./strategies/strategy-options.js";
export type {
  CentralEvaluation,
  ClientFailure,
  ClientPlan,
  EvaluateAggregate,
  EvaluateResult,
  FitAggregate,
  FitReplies,
  FitResult,
  FoldedResult,
  Json,
  JsonObject,
  MeanRule,
  PrivacySpent,
  RoundContext,
  ServerStep,
  Strategy,
  StrategyState,
} from "./strategy.js";
