/**
 * Convolutions, as PyTorch's `Conv2d` with one group.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { parameterEntry } from "./entries.js";
import { biasedConvolution, type FusedActivation, fusedConvolution } from "./fused-activation.js";
import { uniformOfFanIn } from "./initializers.js";
import type { Module, StateEntry } from "./module.js";
import { padOf, type Window } from "./padding.js";

/** A convolution. */
export interface Conv2dOptions extends Partial<Window> {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Rows and columns of the kernel. */
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on every side. Default 0. */
  readonly padding?: number;
  /** Default true. */
  readonly bias?: boolean;
  /** What follows; with a bias, it costs no pass of its own. Default `linear`. */
  readonly activation?: FusedActivation;
  /** The layer sees the images themselves, of which no gradient is taken. Default false. */
  readonly isFirst?: boolean;
  /** Of the weight. Default: PyTorch's. */
  readonly initialize?: StateEntry["initialize"];
}

/** A convolution over NHWC; `weight` is OIHW, and `bias` (O). */
export function conv2d(options: Conv2dOptions): Module {
  const { inChannels, outChannels, kernel, stride = 1, padding = 0 } = options;
  const { bias: hasBias = true, activation = "linear", isFirst = false } = options;
  const byFanIn = uniformOfFanIn(inChannels * kernel * kernel);
  const { initialize = byFanIn } = options;
  const pad = padOf({ kernel, stride, padding });
  const weight = parameterEntry("weight", [outChannels, inChannels, kernel, kernel], {
    layout: "convolution",
    initialize,
  });
  const bias = parameterEntry("bias", [outChannels], { initialize: byFanIn });
  return {
    state: hasBias ? [weight, bias] : [weight],
    forward: (x, { read, tap }, prefix) => {
      const filter = read(`${prefix}weight`) as tf.Tensor4D;
      const shift = hasBias ? (read(`${prefix}bias`) as tf.Tensor1D) : undefined;
      const image = x as tf.Tensor4D;
      // Fused kernels of TensorFlow itself pad by names alone.
      const isFused = shift !== undefined && typeof pad === "string";
      if (isFused && tap === undefined) {
        return fusedConvolution(image, filter, { stride, pad, bias: shift, activation, isFirst });
      }
      let y: tf.Tensor = isFused
        ? biasedConvolution(image, filter, { stride, pad, bias: shift })
        : tf.conv2d(image, filter, stride, pad);
      if (shift !== undefined && !isFused) y = tf.add(y, shift);
      if (tap !== undefined) {
        const strides = [stride, stride] as const;
        const zeros = [padding, padding] as const;
        const site = {
          kind: "convolution",
          prefix,
          bias: hasBias,
          strides,
          padding: zeros,
        } as const;
        y = tap(site, x, y);
      }
      return activation === "relu" ? tf.relu(y) : y;
    },
  };
}
