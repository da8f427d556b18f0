/**
 * Group normalization (Wu and He 2018, arXiv:1803.08494), as PyTorch's `GroupNorm`.
 *
 * @module
 */
import { groupNorm as fusedGroupNorm, groupNormalize } from "@dsail/tfjs-wasm-train";
import * as tf from "@tensorflow/tfjs-core";
import { parameterEntry } from "./entries.js";
import { constant } from "./initializers.js";
import type { Module } from "./module.js";

/** PyTorch's default. */
const EPSILON = 1e-5;

/** A group norm. */
export interface GroupNormOptions {
  readonly channels: number;
  /** Divides `channels`. */
  readonly groups: number;
}

/** Normalizes each sample by groups of its channels, the last dimension of (N, C) and (N, H, W, C) alike. */
export function groupNorm({ channels, groups }: GroupNormOptions): Module {
  const state = [
    parameterEntry("weight", [channels], { initialize: constant(1) }),
    parameterEntry("bias", [channels], { initialize: constant(0) }),
  ];
  return {
    state,
    forward: (x, { read, tap }, prefix) => {
      const scale = read(`${prefix}weight`) as tf.Tensor1D;
      const offset = read(`${prefix}bias`) as tf.Tensor1D;
      if (tap === undefined) return fusedGroupNorm(x, scale, offset, groups, EPSILON);
      const normalized = groupNormalize(x, groups, EPSILON);
      const y = tf.add(tf.mul(normalized, scale), offset);
      return tap({ kind: "norm", prefix, bias: true }, normalized, y);
    },
  };
}
