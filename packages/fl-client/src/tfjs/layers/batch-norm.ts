/**
 * Batch normalization (Ioffe and Szegedy 2015, arXiv:1502.03167), as PyTorch's `BatchNorm1d` and `BatchNorm2d`.
 *
 * @module
 */
import { batchNormTraining } from "@dsail/tfjs-wasm-train";
import * as tf from "@tensorflow/tfjs-core";
import { bufferEntry, parameterEntry } from "./entries.js";
import { constant } from "./initializers.js";
import type { ForwardPass, Module } from "./module.js";

/** PyTorch's default. */
const EPSILON = 1e-5;

/** How far running statistics go to a batch's: PyTorch's default. */
const MOMENTUM = 0.1;

/** A batch norm. */
export interface BatchNormOptions {
  readonly channels: number;
  /** What β begins with. Default 0. */
  readonly initialBias?: number;
}

/**
 * Normalizes the last dimension, of (N, C) and (N, H, W, C) alike.
 *
 * In training by the mean and the biased variance of the batch, while `running_mean` and `running_var` go on by a tenth,
 * the latter to the unbiased variance; otherwise by these two.
 *
 * @throws {@link RangeError} under a tap: there are no gradients of single samples; and in training with one number a channel
 */
export function batchNorm({ channels, initialBias = 0 }: BatchNormOptions): Module {
  const state = [
    parameterEntry("weight", [channels], { initialize: constant(1) }),
    parameterEntry("bias", [channels], { initialize: constant(initialBias) }),
    bufferEntry("running_mean", [channels], { value: 0, dtype: "float32" }),
    bufferEntry("running_var", [channels], { value: 1, dtype: "float32" }),
    bufferEntry("num_batches_tracked", [], { value: 0, dtype: "int64" }),
  ];
  return {
    state,
    forward: (x, pass, prefix) => {
      if (pass.tap !== undefined) {
        throw new RangeError(
          "batch norm mixes the samples of a batch: expected a model with normalization group",
        );
      }
      return pass.training ? trained(x, pass, prefix) : applied(x, pass, prefix);
    },
  };
}

function trained(x: tf.Tensor, { read, write }: ForwardPass, prefix: string): tf.Tensor {
  const count = x.size / x.shape.at(-1)!;
  if (count < 2) {
    throw new RangeError("batch norm: expected 2 or more numbers a channel in training, got 1");
  }
  const scale = read(`${prefix}weight`) as tf.Tensor1D;
  const offset = read(`${prefix}bias`) as tf.Tensor1D;
  const { y, mean, variance } = batchNormTraining(x, scale, offset, EPSILON);
  const follow = (name: string, value: tf.Tensor, factor: number): void => {
    const old = read(prefix + name);
    write(prefix + name, tf.add(tf.mul(old, 1 - MOMENTUM), tf.mul(value, factor)));
  };
  follow("running_mean", mean, MOMENTUM);
  follow("running_var", variance, (MOMENTUM * count) / (count - 1));
  const tracked = `${prefix}num_batches_tracked`;
  write(tracked, tf.add(read(tracked), tf.scalar(1, "int32")));
  return y;
}

function applied(x: tf.Tensor, { read }: ForwardPass, prefix: string): tf.Tensor {
  const array = (name: string): tf.Tensor1D => read(prefix + name) as tf.Tensor1D;
  return tf.batchNorm(
    x as tf.Tensor4D,
    array("running_mean"),
    array("running_var"),
    array("bias"),
    array("weight"),
    EPSILON,
  );
}
