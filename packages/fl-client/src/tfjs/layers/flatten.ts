/**
 * Images as rows.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Module } from "./module.js";

/** (N, H, W, C) as (N, C · H · W): in PyTorch's order, so that a linear layer that follows has PyTorch's weights. */
export function flatten(): Module {
  return {
    state: [],
    forward: (x) => {
      const [batch, height, width] = x.shape;
      const isOnePixel = height === 1 && width === 1;
      const ordered = isOnePixel ? x : tf.transpose(x, [0, 3, 1, 2]);
      const features = x.shape.slice(1).reduce((product, size) => product * size, 1);
      return tf.reshape(ordered, [batch!, features]);
    },
  };
}
