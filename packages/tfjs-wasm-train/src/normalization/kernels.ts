/**
 * Batch and group normalization as two kernels: forward in two passes over x, gradient in two over dy and x.
 *
 * An array is `outer` blocks of pixels by channels; channels are in `groups` of equal size, and each (block, group) has
 * a mean and a variance of its own. Batch norm has one block, the batch, and groups of one channel (Ioffe & Szegedy 2015,
 * arXiv:1502.03167); group norm has a block for each image (Wu & He 2018, arXiv:1803.08494). Within a group, with
 * x̂ = (x - mean) / sqrt(variance + epsilon) and m the mean over the group,
 * dx = (g - m(g) - x̂ m(g x̂)) / sqrt(variance + epsilon), g = dy scale. Both ways it is y = a x + b (and + c dy) with
 * coefficients for each channel of a block.
 *
 * @module
 */
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { floats, input, type KernelOverride } from "../wasm-kernel.js";
import { channelPasses, type Layout } from "./channel-passes.js";

/** Attributes of both kernels. */
export interface NormalizeAttributes {
  /** Blocks that the first axis is split into: 1 for a batch norm, the size of the batch for a group norm. */
  readonly outer: number;
  /** Groups of channels. */
  readonly groups: number;
  /** What is added to the variance. */
  readonly epsilon: number;
}

/** Inputs x, and scale and offset of the channels or neither; outputs y, mean and (biased) variance `[outer, groups]`. */
export const normalizeForward: KernelOverride = {
  kernelName: "TrainNormalize",
  create: () => (args) => {
    const { backend } = args;
    const attrs = args.attrs as NormalizeAttributes;
    const x = input(args, "x");
    const { scale, offset } = args.inputs;
    const shape = layout(x, attrs);
    const { channels, groupSize } = shape;
    const y = backend.makeOutput(x.shape, "float32");
    const mean = backend.makeOutput([attrs.outer, attrs.groups], "float32");
    const variance = backend.makeOutput([attrs.outer, attrs.groups], "float32");
    const passes = channelPasses(backend, shape, 2);
    const [sums, squares] = passes.sums();
    const [factors, terms] = passes.coefficients() as [Float32Array, Float32Array];
    const means = floats(backend, mean);
    const variances = floats(backend, variance);
    const scales = scale && floats(backend, scale);
    const offsets = offset && floats(backend, offset);
    const count = Math.max(shape.pixels * groupSize, 1);
    for (let block = 0; block < attrs.outer; block++) {
      passes.sum(x, x, block);
      for (let c = 0; c < channels; ) {
        const group = block * attrs.groups + c / groupSize;
        const end = c + groupSize;
        let [sum, square] = [0, 0];
        for (let i = c; i < end; i++) {
          sum += sums[i]!;
          square += squares[i]!;
        }
        const m = sum / count;
        // In float64 the difference of the two loses nothing that a float32 x had.
        const v = Math.max(square / count - m * m, 0);
        means[group] = m;
        variances[group] = v;
        const inverse = 1 / Math.sqrt(v + attrs.epsilon);
        for (; c < end; c++) {
          const factor = inverse * (scales === undefined ? 1 : scales[c]!);
          factors[c] = factor;
          terms[c] = (offsets === undefined ? 0 : offsets[c]!) - m * factor;
        }
      }
      passes.combine([x], y, block);
    }
    passes.release();
    return [y, mean, variance];
  },
};

/** Inputs dy, x, mean, variance, and scale or not; outputs dx, and of scale and offset the gradients `[channels]`. */
export const normalizeGradient: KernelOverride = {
  kernelName: "TrainNormalizeGrad",
  create: () => (args) => {
    const { backend } = args;
    const attrs = args.attrs as NormalizeAttributes;
    const [x, dy] = [input(args, "x"), input(args, "dy")];
    const { scale } = args.inputs;
    const shape = layout(x, attrs);
    const { channels, groupSize } = shape;
    const dx = backend.makeOutput(x.shape, "float32");
    const dScale = backend.makeOutput([channels], "float32");
    const dOffset = backend.makeOutput([channels], "float32");
    const passes = channelPasses(backend, shape, 3);
    const [sums, products] = passes.sums();
    const [ofDy, ofX, terms] = passes.coefficients() as [Float32Array, Float32Array, Float32Array];
    const means = floats(backend, input(args, "mean"));
    const variances = floats(backend, input(args, "variance"));
    const scales = scale && floats(backend, scale);
    const [scaleSums, offsetSums] = [new Float64Array(channels), new Float64Array(channels)];
    const count = Math.max(shape.pixels * groupSize, 1);
    for (let block = 0; block < attrs.outer; block++) {
      passes.sum(dy, x, block);
      for (let c = 0; c < channels; ) {
        const group = block * attrs.groups + c / groupSize;
        const end = c + groupSize;
        const m = means[group]!;
        const inverse = 1 / Math.sqrt(variances[group]! + attrs.epsilon);
        let [sum, product] = [0, 0];
        for (let i = c; i < end; i++) {
          const normalized = (products[i]! - m * sums[i]!) * inverse;
          const factor = scales === undefined ? 1 : scales[i]!;
          scaleSums[i]! += normalized;
          offsetSums[i]! += sums[i]!;
          sum += factor * sums[i]!;
          product += factor * normalized;
        }
        const slope = (-inverse * inverse * product) / count;
        for (; c < end; c++) {
          ofDy[c] = inverse * (scales === undefined ? 1 : scales[c]!);
          ofX[c] = slope;
          terms[c] = (-inverse * sum) / count - slope * m;
        }
      }
      passes.combine([dy, x], dx, block);
    }
    passes.release();
    floats(backend, dScale).set(scaleSums);
    floats(backend, dOffset).set(offsetSums);
    return [dx, dScale, dOffset];
  },
};

function layout({ shape }: TensorInfo, { outer, groups }: NormalizeAttributes): Layout {
  const channels = shape.at(-1) ?? 1;
  const pixels = outer === 0 ? 0 : util.sizeFromShape(shape) / (outer * channels);
  return { pixels, channels, groupSize: channels / groups };
}
