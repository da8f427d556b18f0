/**
 * Dropout, as PyTorch's.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Module } from "./module.js";

/**
 * In training, makes each number 0 with probability `p`, and the others 1 / (1 - p) times as large.
 *
 * @param p - in [0, 1)
 */
export function dropout(p: number): Module {
  const threshold = p * 2 ** 32;
  const scale = 1 / (1 - p);
  return {
    state: [],
    forward: (x, { training, random }) => {
      if (!training || p === 0) return x;
      const words = new Uint32Array(x.size);
      random.fill(words);
      const mask = new Float32Array(words.length);
      for (let i = 0; i < mask.length; i++) if (words[i]! >= threshold) mask[i] = scale;
      return tf.mul(x, tf.tensor(mask, x.shape));
    },
  };
}
