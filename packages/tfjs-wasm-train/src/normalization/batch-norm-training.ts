/**
 * Batch normalization by the batch's own statistics.
 *
 * @module
 */
import { reshape, type Tensor, type Tensor1D } from "@tensorflow/tfjs-core";
import { assertChannels } from "./assert-channels.js";
import { normalize } from "./normalize.js";

/** The normalized batch, and the statistics `[channels]` it was normalized by, from which running ones are made. */
export interface BatchNormResult {
  readonly y: Tensor;
  /** A constant: no gradient flows through it. */
  readonly mean: Tensor1D;
  /** The biased one, divided by the count; a constant. */
  readonly variance: Tensor1D;
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) scale + offset, with mean and variance of each channel (the last axis) over
 * all other axes. Differentiable in x, scale and offset through y.
 *
 * @param x - `[batch, …, channels]`, float32
 * @param scale - `[channels]`
 * @param offset - `[channels]`
 * @param epsilon - PyTorch's default is 1e-5
 * @throws {@link RangeError} if the shapes do not fit
 */
export function batchNormTraining(
  x: Tensor,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon: number,
): BatchNormResult {
  const channels = assertChannels(x, scale, offset);
  const { y, mean, variance } = normalize(
    x,
    { outer: 1, groups: channels, epsilon },
    { scale, offset },
  );
  return { y, mean: reshape(mean, [channels]), variance: reshape(variance, [channels]) };
}
