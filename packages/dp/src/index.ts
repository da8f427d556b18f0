/**
 * Differential privacy for training: what was spent is computed from what was done.
 *
 * @module
 */

// What was done, and what it costs.
export type { Accountant, DeltaBound, EpsilonBound, EpsilonOptions } from "./accountant.js";
export {
  type CalibrationOptions,
  calibrateNoise,
  calibrateSampleRate,
  calibrateSteps,
  type ToleranceOption,
} from "./calibrate.js";
export { type ClippingBoundOptions, calibrateMaxGradNorm } from "./calibrate-clipping-bound.js";
export { DpError, type DpErrorCode, isDpError } from "./errors.js";
export type { DpEvent, NeighboringRelation, PrivacyUnit } from "./event.js";
export { type GdpAccountantOptions, gdpAccountant } from "./gdp-accountant.js";
// What was spent, kept.
export { assertWithinBudget, type Budget, remainingCount } from "./ledger/budget.js";
export {
  appendEntry,
  createLedger,
  eventOfLedger,
  formatLedger,
  type Ledger,
  type LedgerEntry,
  type LedgerHeader,
  lastHash,
  parseLedger,
} from "./ledger/ledger.js";
export { eventOfLedgers } from "./ledger/merge-ledgers.js";
export {
  checkEvent,
  composed,
  gaussian,
  laplace,
  repeated,
  type SampledAdaptiveGaussianOptions,
  type SampledGaussianOptions,
  sampledAdaptiveGaussian,
  sampledGaussian,
  treeAggregation,
} from "./make-event.js";
// Mechanisms, for training loops.
export {
  type AdaptiveClippingOptions,
  adaptMaxGradNorm,
  combinedNoiseMultiplier,
  defaultCountNoise,
  sumNoiseMultiplier,
} from "./mechanisms/adaptive-clipping.js";
export {
  type AdaptiveAverage,
  averageWithAdaptiveClipping,
  averageWithFixedClipping,
  type ClientLevelOptions,
  type ClientUpdate,
  clipClientUpdate,
  type PrivateAverage,
} from "./mechanisms/client-level.js";
export {
  type ClipReport,
  clipFactor,
  clipInPlace,
  clipPerLayerInPlace,
} from "./mechanisms/clip.js";
export { type Rational, sampleDiscreteGaussian } from "./mechanisms/discrete-gaussian.js";
export {
  addDiscreteGaussianNoise,
  type DiscreteGaussianNoiseOptions,
  latticeSensitivity,
} from "./mechanisms/discrete-gaussian-noise.js";
export {
  type DpSgdOptions,
  dpSgdGradient,
  type PrivateGradient,
} from "./mechanisms/dp-sgd-step.js";
export {
  addGaussianNoise,
  type NoiseHardening,
  type NoiseOptions,
} from "./mechanisms/gaussian-noise.js";
export { type FloatArray, l2Norm } from "./mechanisms/l2-norm.js";
export { addLaplaceNoise } from "./mechanisms/laplace-noise.js";
export { type PrivatizeSumOptions, privatizeSum } from "./mechanisms/noisy-sum.js";
export { expectedBatchSize, poissonSample } from "./mechanisms/poisson-sample.js";
export {
  type ClippedSum,
  type SumClippedOptions,
  sumClippedGradients,
} from "./mechanisms/sum-clipped.js";
export {
  createTreeAggregator,
  type TreeAggregationOptions,
  type TreeAggregator,
} from "./mechanisms/tree-aggregation.js";
export { type PldAccountantOptions, pldAccountant } from "./pld-accountant.js";
export type { RandomSource } from "./random/random-source.js";
export { secureRandom } from "./random/secure-random.js";
export { type RdpAccountantOptions, rdpAccountant } from "./rdp-accountant.js";
