/**
 * What a trainer on TensorFlow.js is made of.
 *
 * @module
 */
import type { ModelParameters } from "@dsail/fl-protocol";
import type { ImageDataset } from "../../data/image-dataset.js";
import type { DpOptions } from "../dp/dp-options.js";
import type { Model } from "../layers/module.js";
import type { LossOptions } from "../training/cross-entropy.js";
import type { OptimizerOptions } from "../training/optimizer-options.js";
import type { EarlyStoppingOptions } from "./early-stopping.js";
import type { PrivacyLedger } from "./privacy-account.js";
import type { TrainerEvent } from "./trainer-event.js";

/** Differential privacy of each image of the training set. */
export interface PrivacyOptions
  extends Pick<DpOptions, "clipping" | "adaptive" | "normMethod" | "random" | "hardening"> {
  /** Standard deviation of the noise over `maxGradNorm`. Default 0.5, D-SAIL's, which protects little: a warning says so. */
  readonly noiseMultiplier?: number;
  /** The bound each image's gradient is clipped to, 2^-100 or more. Default 1. */
  readonly maxGradNorm?: number;
  /** Above 0, less than one over the number of images. Default 1e-5. */
  readonly delta?: number;
  /**
   * Orders of Rényi divergence, D-SAIL's `alphas`: epsilon is then computed as there. Default: the tighter accountant of
   * privacy loss distributions.
   */
  readonly alphas?: readonly number[];
  /** What was spent, over rounds and restarts: `openLedger` of `@dsail/dp/node`. Default: in memory. */
  readonly ledger?: PrivacyLedger;
}

/** How rare classes are made up for: drawn more often, or counted more in the loss. */
export type Balance = "none" | "sampler" | "class-weights";

/** How the learning rate goes within a round. */
export type ScheduleName = "constant" | "one-cycle" | "fine-tune";

/** A model, a site's data, and how they come together. */
export interface TfjsTrainerOptions {
  readonly model: Model;
  /** What is learned from. */
  readonly train: ImageDataset;
  /** What each epoch looks at, to stop early and to find the best one. With privacy not `train`: what is told of it is exact. */
  readonly valid: ImageDataset;
  /** What `evaluate` looks at. Default `valid`. */
  readonly evaluateOn?: ImageDataset;
  /** What training begins with where no server gives parameters. Default: drawn by `seed`. */
  readonly initialParameters?: ModelParameters;
  /** Of a round, 1 or more. Default 5. A server's config may say otherwise (`epochs`), as far as the site's policy lets it. */
  readonly epochs?: number;
  /** With privacy the expected size. 1 or more. Default 64. */
  readonly batchSize?: number;
  /** Images computed at once, at most. Default: a whole batch; with privacy as many as 128 MiB hold with what is kept of each. */
  readonly microBatchSize?: number;
  /** The highest of a round. Default 6e-4. A server's config may say otherwise (`learning_rate`). */
  readonly learningRate?: number;
  /** Default `one-cycle`. */
  readonly schedule?: ScheduleName;
  /** Default Adam. */
  readonly optimizer?: OptimizerOptions;
  /** Whether it goes on from round to round, as D-SAIL's. Default false: a round depends on nothing but what it is given. */
  readonly keepOptimizer?: boolean;
  readonly loss?: LossOptions;
  /** Default `none`, and nothing else with privacy: both others depend on labels that no noise covers. */
  readonly balance?: Balance;
  /** Differential privacy; `none` where there is nobody to protect. There is no default: it is said. */
  readonly privacy: PrivacyOptions | "none";
  /** Default: all epochs. Needs a validation set that is not empty. */
  readonly earlyStopping?: EarlyStoppingOptions;
  /** Whether the parameters of the best epoch are given back, not those of the last. Default false. */
  readonly bestWeights?: boolean;
  /**
   * A file; a fit that was ended, or whose answer was lost, goes on from it. Its folder is made. With privacy only beside a
   * `ledger`, which knows what its epochs cost. Default: none.
   */
  readonly checkpointPath?: string;
  /**
   * For first parameters; without privacy for orders, augmentation and dropout, too. It is no secret: with privacy those are
   * drawn as the noise is. An integer. Default 42.
   */
  readonly seed?: number;
  /** Called with what happens. What it throws ends the fit. */
  readonly onEvent?: (event: TrainerEvent) => void;
}
