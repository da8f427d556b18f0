/**
 * The learner of one fit.
 *
 * @module
 */
import { type DpEvent, secureRandom } from "@dsail/dp";
import type { ModelParameters } from "@dsail/fl-protocol";
import { getImbalanceWeights } from "../../data/imbalanced-sampler.js";
import { seededRandom } from "../../seeded-random.js";
import type { DpOptions } from "../dp/dp-options.js";
import type { ModelState } from "../layers/module.js";
import type { LossOptions } from "../training/cross-entropy.js";
import { createLearner, type Learner } from "../training/learner.js";
import { sampleRateOf } from "./epoch-batches.js";
import type { FitSettings } from "./fit-settings.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

/** What a learner is besides the trainer's options. */
export interface LearnerOfFit {
  readonly state: ModelState;
  readonly settings: FitSettings;
  /** For dropout. */
  readonly round: number;
  /** For dropout: of this round, before this learner. */
  readonly epochsDone: number;
  /** What the optimizer remembers. Default: nothing. */
  readonly optimizer?: ModelParameters | undefined;
  /** The bound to begin with, where an adaptive one has moved. */
  readonly maxGradNorm?: number | undefined;
  /** Called before each private step changes something. */
  readonly record: (event: DpEvent) => void;
}

/** Apart from what else a seed is used for. */
const DROPOUT = 3;

/** @throws as `createLearner` */
export function learnerOf(options: TfjsTrainerOptions, fit: LearnerOfFit): Learner {
  const { model, microBatchSize, seed = 42 } = options;
  const dp = dpOf(options, fit);
  const loss = lossOf(options);
  return createLearner({
    model,
    state: fit.state,
    optimizer: options.optimizer ?? { kind: "adam" },
    proximalMu: fit.settings.proximalMu,
    // With privacy nobody may know what is dropped: the seed is no secret.
    random:
      dp === undefined ? seededRandom(seed, fit.round, DROPOUT, fit.epochsDone) : secureRandom(),
    ...(fit.optimizer && { optimizerState: fit.optimizer }),
    ...(loss && { loss }),
    ...(dp && { dp }),
    ...(microBatchSize !== undefined && { microBatchSize }),
  });
}

function dpOf(
  { privacy, train }: TfjsTrainerOptions,
  { settings, maxGradNorm, record }: LearnerOfFit,
): DpOptions | undefined {
  if (privacy === "none") return undefined;
  // What is the account's stays out.
  const { delta: _, alphas: __, ledger: ___, noiseMultiplier = 0.5, ...others } = privacy;
  const sampleRate = sampleRateOf(train.size, settings.batchSize);
  return {
    ...others,
    noiseMultiplier,
    maxGradNorm: maxGradNorm ?? privacy.maxGradNorm ?? 1,
    sampleRate,
    expectedBatchSize: sampleRate * train.size,
    record,
  };
}

/** With class weights: a class of k of n images, of c classes, weighs n / (c · k), as scikit-learn's `balanced`. */
function lossOf({ loss, balance, train }: TfjsTrainerOptions): LossOptions | undefined {
  if (balance !== "class-weights") return loss;
  const weights = getImbalanceWeights(train.labels);
  const perClass = train.classes.map((_, label) => {
    const index = train.labels.indexOf(label);
    // A class that the site has not weighs what it likes.
    return index < 0 ? 1 : (weights[index]! * train.size) / train.classes.length;
  });
  return { ...loss, classWeights: perClass };
}
