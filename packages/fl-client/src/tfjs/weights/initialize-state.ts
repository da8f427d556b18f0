/**
 * The first arrays of a model.
 *
 * @module
 */
import type { RandomSource } from "@dsail/dp";
import { elementCount } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import type { Model } from "../layers/module.js";
import { innerShape, toInner } from "./inner-layout.js";

/**
 * Draws all arrays as PyTorch does for new layers, in their order.
 *
 * @returns tensors in inner layout, which the caller disposes of
 */
export function initializeState(
  { state }: Pick<Model, "state">,
  random: RandomSource,
): Map<string, tf.Tensor> {
  return new Map(
    state.map((entry) => {
      const values = new Float32Array(elementCount(entry.shape));
      entry.initialize(values, random);
      const dtype = entry.dtype === "int64" ? "int32" : "float32";
      return [entry.name, tf.tensor(toInner(values, entry), innerShape(entry), dtype)];
    }),
  );
}
