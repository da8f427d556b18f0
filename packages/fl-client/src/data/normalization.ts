/**
 * Mean and deviation that images are normalized by: (x − mean) / std, x being 0 for black and 1 for white.
 *
 * @module
 */
import type { FittedImage } from "./fit-image.js";

/** One number a channel. */
export interface Normalization {
  readonly mean: readonly number[];
  /** Each above 0. */
  readonly std: readonly number[];
}

/** Of ImageNet, by which torchvision's weights were trained, and which D-SAIL takes. */
export const IMAGENET_NORMALIZATION: Normalization = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** The same for grey: means of the three, as timm takes them. */
export const IMAGENET_GREY_NORMALIZATION: Normalization = { mean: [0.449], std: [0.226] };

/** @throws {@link RangeError} if there is not one finite mean, and one deviation above 0, for each channel */
export function assertNormalization({ mean, std }: Normalization, channels: number): void {
  if (mean.length !== channels || std.length !== channels) {
    throw new RangeError(`normalization: expected ${channels} means and deviations`);
  }
  if (!mean.every(Number.isFinite)) throw new RangeError("mean: expected finite numbers");
  if (!std.every((value) => value > 0 && Number.isFinite(value))) {
    throw new RangeError("std: expected numbers above 0");
  }
}

/** What adds up mean and deviation. */
export interface NormalizationSums {
  readonly add: (image: FittedImage) => void;
  readonly result: () => Normalization;
}

/** Over all pixels of all images; of a channel that has one value only, the deviation is taken for 1. */
export function createNormalizationSums(channels: number): NormalizationSums {
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let pixelCount = 0;
  return {
    add: ({ pixels, max }) => {
      // Of integers, sums are exact: squares of 16 bits up to 2^21 pixels of an image.
      const own = new Float64Array(2 * channels);
      for (let i = 0; i < pixels.length; i++) {
        const value = pixels[i]!;
        own[i % channels]! += value;
        own[channels + (i % channels)]! += value * value;
      }
      for (let channel = 0; channel < channels; channel++) {
        sums[channel]! += own[channel]! / max;
        squares[channel]! += own[channels + channel]! / max ** 2;
      }
      pixelCount += pixels.length / channels;
    },
    result: () => {
      const mean = Array.from(sums, (sum) => sum / pixelCount);
      const std = Array.from(squares, (square, channel) => {
        const variance = square / pixelCount - mean[channel]! ** 2;
        return variance > 1e-12 ? Math.sqrt(variance) : 1;
      });
      return { mean, std };
    },
  };
}
