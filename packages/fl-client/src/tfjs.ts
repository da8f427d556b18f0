/**
 * Training on TensorFlow.js: `@dsail/fl-client/tfjs`.
 *
 * @module
 */

// What computes.
export {
  type BackendEvent,
  type SelectBackendOptions,
  selectBackend,
} from "./tfjs/backend/select-backend.js";
export {
  BACKEND_NAMES,
  type BackendName,
  describeBackend,
  type SelectedBackend,
  type SkippedBackend,
} from "./tfjs/backend/selected-backend.js";
// Training, step by step.
export type { DpOptions } from "./tfjs/dp/dp-options.js";
export type { ClippingReport } from "./tfjs/dp/private-gradients.js";
// Networks.
export type {
  ForwardPass,
  Model,
  ModelState,
  Module,
  StateEntry,
  StateLayout,
  Tap,
  TapSite,
} from "./tfjs/layers/module.js";
export {
  countParameters,
  createModel,
  MODEL_NAMES,
  type ModelName,
} from "./tfjs/models/create-model.js";
export type { Head, ModelOptions } from "./tfjs/models/model-options.js";
// A trainer for a federation.
export type { EarlyStoppingOptions } from "./tfjs/trainer/early-stopping.js";
export { type DatasetEvaluation, evaluateDataset } from "./tfjs/trainer/evaluate-dataset.js";
export { createFLClient, type FLClient } from "./tfjs/trainer/fl-client.js";
export type { FLClientOptions } from "./tfjs/trainer/fl-client-options.js";
export type { PrivacyLedger, PrivacySpent } from "./tfjs/trainer/privacy-account.js";
export { createTfjsTrainer, type TfjsTrainer } from "./tfjs/trainer/tfjs-trainer.js";
export {
  type EpochRecord,
  formatTrainerEvent,
  type TrainerEvent,
} from "./tfjs/trainer/trainer-event.js";
export type {
  Balance,
  PrivacyOptions,
  ScheduleName,
  TfjsTrainerOptions,
} from "./tfjs/trainer/trainer-options.js";
export type { LossOptions } from "./tfjs/training/cross-entropy.js";
export {
  type EvaluateOptions,
  evaluateModel,
  type ModelEvaluation,
} from "./tfjs/training/evaluate-model.js";
export {
  createLearner,
  type Learner,
  type LearnerOptions,
  type StepOptions,
  type StepReport,
} from "./tfjs/training/learner.js";
export {
  type AdamOptions,
  FASTAI_ADAM,
  type OptimizerOptions,
  type SgdOptions,
} from "./tfjs/training/optimizer-options.js";
export type { ParameterGroup } from "./tfjs/training/parameter-groups.js";
export { initializeState } from "./tfjs/weights/initialize-state.js";
export {
  type LoadedWeights,
  type LoadWeightsOptions,
  loadWeights,
  readWeights,
} from "./tfjs/weights/load-weights.js";
export { parametersOfState, stateOfParameters } from "./tfjs/weights/state-of-parameters.js";
