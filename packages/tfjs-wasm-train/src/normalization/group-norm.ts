/**
 * Group normalization: each image by itself, by groups of channels.
 *
 * @module
 */
import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { assertChannels } from "./assert-channels.js";
import { normalize } from "./normalize.js";

/**
 * x̂ = (x - mean) / sqrt(variance + epsilon), with mean and biased variance of each group of channels of each image, and
 * neither scale nor offset. Differentiable in x.
 *
 * @param x - `[batch, …, channels]`, float32
 * @param groups - a divisor of the number of channels
 * @param epsilon - PyTorch's default is 1e-5
 * @throws {@link RangeError} if `groups` does not divide the channels
 */
export function groupNormalize(x: Tensor, groups: number, epsilon: number): Tensor {
  assertGroups(assertChannels(x), groups);
  return withoutStatistics(normalize(x, { outer: x.shape[0]!, groups, epsilon }, undefined));
}

/**
 * {@link groupNormalize}, then times scale plus offset, in one. Differentiable in x, scale and offset.
 *
 * @param scale - `[channels]`
 * @param offset - `[channels]`
 * @throws {@link RangeError} if the shapes do not fit
 */
export function groupNorm(
  x: Tensor,
  scale: Tensor1D,
  offset: Tensor1D,
  groups: number,
  epsilon: number,
): Tensor {
  assertGroups(assertChannels(x, scale, offset), groups);
  return withoutStatistics(
    normalize(x, { outer: x.shape[0]!, groups, epsilon }, { scale, offset }),
  );
}

function withoutStatistics({ y, mean, variance }: ReturnType<typeof normalize>): Tensor {
  mean.dispose();
  variance.dispose();
  return y;
}

function assertGroups(channels: number, groups: number): void {
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new RangeError(`groups: expected a divisor of ${channels} channels, got ${groups}`);
  }
}
