/**
 * Per-sample gradients of the scale and the offset of a norm: sums over the pixels of x̂ · d and of d.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { explicitGradients, type SampleGradients } from "./sample-gradients.js";
import type { TapRecord } from "./tap-recorder.js";

export function normGradients({ names, input, outputGradient }: TapRecord): SampleGradients[] {
  return names.map((name) =>
    explicitGradients(name, () =>
      sumOfPixels(name.endsWith("bias") ? outputGradient : tf.mul(input, outputGradient)),
    ),
  );
}

/** (N, …, C) to (N, C). */
export function sumOfPixels(x: tf.Tensor): tf.Tensor {
  const [samples, channels] = [x.shape[0]!, x.shape.at(-1)!];
  return tf.sum(tf.reshape(x, [samples, -1, channels]), 1);
}
