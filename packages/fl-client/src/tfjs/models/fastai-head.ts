/**
 * The head that fastai's `create_head` puts on a body for fine-tuning.
 *
 * @module
 */

import { relu } from "../layers/activations.js";
import { batchNorm } from "../layers/batch-norm.js";
import { dropout } from "../layers/dropout.js";
import { flatten } from "../layers/flatten.js";
import { kaimingNormal } from "../layers/initializers.js";
import { linear } from "../layers/linear.js";
import type { Module } from "../layers/module.js";
import { type Normalization, norm } from "../layers/norm.js";
import { globalConcatPool } from "../layers/pooling.js";
import { numbered, sequential } from "../layers/sequential.js";

/** A head. */
export interface HeadOptions {
  /** Channels of what comes out of the body. */
  readonly channels: number;
  readonly numClasses: number;
  readonly normalization: Normalization;
}

/** Features between the two linear layers. */
const HIDDEN = 512;

/**
 * Pools, flatten, norm, dropout of 0.25, linear without a bias, ReLU, norm, dropout of 0.5, linear without a bias: named by
 * their places, and initialized as fastai does.
 */
export function fastaiHead({ channels, numClasses, normalization }: HeadOptions): Module {
  const features = 2 * channels;
  const norm1d = (size: number): Module =>
    normalization === "batch"
      ? batchNorm({ channels: size, initialBias: 1e-3 })
      : norm(size, normalization);
  const product = (inFeatures: number, outFeatures: number): Module =>
    linear({ inFeatures, outFeatures, bias: false, initialize: kaimingNormal(inFeatures) });
  return sequential(
    numbered([
      globalConcatPool(),
      flatten(),
      norm1d(features),
      dropout(0.25),
      product(features, HIDDEN),
      relu(),
      norm1d(HIDDEN),
      dropout(0.5),
      product(HIDDEN, numClasses),
    ]),
  );
}
