/**
 * Activations.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Module } from "./module.js";

/** max(x, 0). */
export function relu(): Module {
  return { state: [], forward: (x) => tf.relu(x) };
}

/** min(max(x, 0), 6). */
export function relu6(): Module {
  return { state: [], forward: (x) => tf.relu6(x) };
}
