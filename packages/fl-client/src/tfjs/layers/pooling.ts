/**
 * Pools, as PyTorch's.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Module } from "./module.js";
import { padOf } from "./padding.js";

/** A maximum over windows. */
export interface MaxPool2dOptions {
  /** Rows and columns of a window. */
  readonly kernel: number;
  /** Default: `kernel`. */
  readonly stride?: number;
  /** On every side, and never a maximum. Default 0; at most half of `kernel`. */
  readonly padding?: number;
}

/** The maximum of each window; what is left at the right and at the bottom is left out (`ceil_mode=False`). */
export function maxPool2d({ kernel, stride = kernel, padding = 0 }: MaxPool2dOptions): Module {
  const pad = padOf({ kernel, stride, padding });
  return {
    state: [],
    // No backend counts the padding: it is as good as -Infinity.
    forward: (x) => tf.maxPool(x as tf.Tensor4D, kernel, stride, pad),
  };
}

/** A mean over windows without padding. */
export interface AvgPool2dOptions {
  /** Rows and columns of a window. */
  readonly kernel: number;
  /** Default: `kernel`. */
  readonly stride?: number;
}

/** The mean of each window; what is left at the right and at the bottom is left out (`ceil_mode=False`). */
export function avgPool2d({ kernel, stride = kernel }: AvgPool2dOptions): Module {
  return {
    state: [],
    forward: (x) => tf.avgPool(x as tf.Tensor4D, kernel, stride, "valid"),
  };
}

/** The mean of each channel: `AdaptiveAvgPool2d(1)`. */
export function globalAvgPool(): Module {
  return { state: [], forward: (x) => tf.avgPool(x as tf.Tensor4D, sizeOf(x), 1, "valid") };
}

/** The maxima of all channels, and then the means: fastai's `AdaptiveConcatPool2d`. */
export function globalConcatPool(): Module {
  return {
    state: [],
    forward: (x) => {
      const image = x as tf.Tensor4D;
      const size = sizeOf(x);
      const maximum = tf.maxPool(image, size, 1, "valid");
      return tf.concat([maximum, tf.avgPool(image, size, 1, "valid")], 3);
    },
  };
}

function sizeOf({ shape }: tf.Tensor): [height: number, width: number] {
  return [shape[1]!, shape[2]!];
}
