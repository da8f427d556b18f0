/**
 * What a model may be told.
 *
 * @module
 */
import type { Model } from "../layers/module.js";
import type { Normalization } from "../layers/norm.js";

/** What ends a network: its paper's own layers, or fastai's pools and two linear layers for fine-tuning. */
export type Head = "plain" | "fastai";

/** How a model is built. */
export interface ModelOptions {
  /** How many classes: outputs of the last layer, 1 or more. */
  readonly numClasses: number;
  /** Of one image. */
  readonly inputShape: Model["inputShape"];
  /**
   * `group` puts GroupNorm(min(32, C), C) in the place of every BatchNorm, under the same names, as Opacus'
   * `ModuleValidator.fix`: batch norm mixes the samples of a batch, which differential privacy forbids. Default `batch`.
   * Without meaning for lenet5 and cnn, which have no norm.
   */
  readonly normalization?: Normalization;
  /** Default `plain`. lenet5 and cnn have no other. */
  readonly head?: Head;
  /** Factor of mobilenet_v2's channels, which become multiples of 8. Default 1. */
  readonly width?: number;
}
