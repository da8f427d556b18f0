/**
 * What learns: three functions over named tensors, and no framework.
 *
 * The proximal term of FedProx is the trainer's: a server with that strategy sends `proximal_mu` in the config of a fit,
 * and the trainer adds μ/2 · ‖w − w₀‖² to its loss, w₀ being the parameters it was given (Li et al. 2020,
 * arXiv:1812.06127, equation 2).
 *
 * @module
 */
import type { ModelParameters, Scalars } from "@dsail/fl-protocol";

/** What a trainer is told besides its work. */
export interface TrainerContext {
  /** Aborted when nobody waits for the result any more: the trainer should end soon, in whatever way. */
  readonly signal: AbortSignal;
  /** From 1; undefined where the server does not tell (Flower's wire). */
  readonly round: number | undefined;
  /** Tells how far it is, for logs of the site; it goes nowhere else. */
  readonly onProgress: (progress: TrainerProgress) => void;
}

/** How far a trainer is. */
export interface TrainerProgress {
  /** 0 to 1. */
  readonly share: number;
  /** Such as `epoch 2 of 5`. */
  readonly note?: string;
}

/** What came of training. */
export interface FitResult {
  /** New parameters: the names, dtypes and shapes of those that were given. Left as they are until the next call. */
  readonly parameters: ModelParameters;
  /** How many examples the result stands for, 0 or more: its weight. */
  readonly numExamples: number;
  readonly metrics: Scalars;
}

/** How good parameters are on this site's data. */
export interface EvaluateResult {
  readonly loss: number;
  /** How many examples were looked at, 0 or more. */
  readonly numExamples: number;
  readonly metrics: Scalars;
}

/**
 * A model and the data of one site. One function runs at a time. What it throws is told to the server by its code or name
 * alone, and ends nothing.
 */
export interface Trainer {
  /** The parameters a run may begin with. */
  readonly getParameters: (
    config: Scalars,
    context: TrainerContext,
  ) => ModelParameters | Promise<ModelParameters>;
  /** @param parameters - shared with others: not to be written to */
  readonly fit: (
    parameters: ModelParameters,
    config: Scalars,
    context: TrainerContext,
  ) => FitResult | Promise<FitResult>;
  /** @param parameters - shared with others: not to be written to */
  readonly evaluate: (
    parameters: ModelParameters,
    config: Scalars,
    context: TrainerContext,
  ) => EvaluateResult | Promise<EvaluateResult>;
  /** What the site tells of itself. Left out: the server is told that there is nothing. */
  readonly getProperties?: (config: Scalars, context: TrainerContext) => Scalars | Promise<Scalars>;
}
