/**
 * Convolutions of each channel by itself, as PyTorch's `Conv2d` with as many groups as channels.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { parameterEntry } from "./entries.js";
import { uniformOfFanIn } from "./initializers.js";
import type { Module, StateEntry } from "./module.js";
import { padOf } from "./padding.js";

/** A convolution of each channel. */
export interface DepthwiseConv2dOptions {
  readonly channels: number;
  /** Rows and columns of the kernel. */
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on every side. Default 0. */
  readonly padding?: number;
  /** Default: PyTorch's. */
  readonly initialize?: StateEntry["initialize"];
}

/** One filter for each channel, no bias: `weight` is (C, 1, H, W). */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): Module {
  const { channels, kernel, stride = 1, padding = 0 } = options;
  const { initialize = uniformOfFanIn(kernel * kernel) } = options;
  const pad = padOf({ kernel, stride, padding });
  const shape = [channels, 1, kernel, kernel];
  return {
    state: [parameterEntry("weight", shape, { layout: "depthwise", initialize })],
    forward: (x, { read, tap }, prefix) => {
      const filter = read(`${prefix}weight`) as tf.Tensor4D;
      const y = tf.depthwiseConv2d(x as tf.Tensor4D, filter, stride, pad);
      if (tap === undefined) return y;
      const strides = [stride, stride] as const;
      const zeros = [padding, padding] as const;
      return tap({ kind: "depthwise", prefix, bias: false, strides, padding: zeros }, x, y);
    },
  };
}
