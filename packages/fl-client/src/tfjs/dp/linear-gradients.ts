/**
 * Per-sample gradients of a linear layer, which are never made: that of the weight is the outer product of what went in, a,
 * and the gradient of what came out, d, so its norm is ‖a‖ · ‖d‖ (Goodfellow 2015, arXiv:1510.01799).
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { explicitGradients, numbersOf, type SampleGradients } from "./sample-gradients.js";
import type { TapRecord } from "./tap-recorder.js";

export function linearGradients({ site, names, ...record }: TapRecord): SampleGradients[] {
  const { input, outputGradient } = record;
  if (input.rank !== 2 || outputGradient.rank !== 2) {
    throw new RangeError(`${site.prefix}: expected an input of 2 axes, got ${input.rank}`);
  }
  const rowNorms = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(x), 1);
  return names.map((name): SampleGradients => {
    if (name.endsWith("bias")) return explicitGradients(name, () => outputGradient);
    return {
      name,
      squaredNorms: () => numbersOf(() => tf.mul(rowNorms(input), rowNorms(outputGradient))),
      weightedSum: (factors) =>
        tf.tidy(() => {
          const scaled = tf.mul(outputGradient, tf.tensor2d(factors, [factors.length, 1]));
          return tf.matMul(input as tf.Tensor2D, scaled as tf.Tensor2D, true);
        }),
      dispose: () => {},
    };
  });
}
