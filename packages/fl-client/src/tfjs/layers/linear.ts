/**
 * Linear layers, as PyTorch's `Linear`.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { parameterEntry } from "./entries.js";
import { type FusedActivation, fusedProduct } from "./fused-activation.js";
import { uniformOfFanIn } from "./initializers.js";
import type { Module, StateEntry } from "./module.js";

/** A linear layer. */
export interface LinearOptions {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Default true. */
  readonly bias?: boolean;
  /** What follows; with a bias, it costs no pass of its own. Default `linear`. */
  readonly activation?: FusedActivation;
  /** Of the weight. Default: PyTorch's. */
  readonly initialize?: StateEntry["initialize"];
  /** Of the bias. Default: PyTorch's. */
  readonly initializeBias?: StateEntry["initialize"];
}

/** x · weightᵀ + bias of (N, in); `weight` is (out, in). */
export function linear(options: LinearOptions): Module {
  const { inFeatures, outFeatures, bias: hasBias = true, activation = "linear" } = options;
  const byFanIn = uniformOfFanIn(inFeatures);
  const { initialize = byFanIn, initializeBias = byFanIn } = options;
  const weight = parameterEntry("weight", [outFeatures, inFeatures], {
    layout: "linear",
    initialize,
  });
  const bias = parameterEntry("bias", [outFeatures], { initialize: initializeBias });
  return {
    state: hasBias ? [weight, bias] : [weight],
    forward: (x, { read, tap }, prefix) => {
      const matrix = read(`${prefix}weight`) as tf.Tensor2D;
      const shift = hasBias ? (read(`${prefix}bias`) as tf.Tensor1D) : undefined;
      if (shift !== undefined && tap === undefined) {
        return fusedProduct(x as tf.Tensor2D, matrix, { bias: shift, activation });
      }
      let y: tf.Tensor = tf.matMul(x as tf.Tensor2D, matrix);
      if (shift !== undefined) y = tf.add(y, shift);
      if (tap !== undefined) y = tap({ kind: "linear", prefix, bias: hasBias }, x, y);
      return activation === "relu" ? tf.relu(y) : y;
    },
  };
}
