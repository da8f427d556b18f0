/**
 * Per-sample gradients of a depthwise convolution. Its channels do not know of each other, so samples can be more of them:
 * the gradient of a filter of N · C channels is that of C channels for each of N samples.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { sumOfPixels } from "./norm-gradients.js";
import { explicitGradients, type SampleGradients } from "./sample-gradients.js";
import type { TapRecord } from "./tap-recorder.js";

export function depthwiseGradients(
  { site, names, input, outputGradient }: TapRecord,
  filterShape: readonly number[],
): SampleGradients[] {
  if (site.kind !== "depthwise") throw new TypeError(`site: expected depthwise, got ${site.kind}`);
  const [height, width, channels, multiplier] = filterShape as [number, number, number, number];
  if (multiplier !== 1) {
    throw new RangeError(`${site.prefix}: expected one filter for a channel, got ${multiplier}`);
  }
  const samples = input.shape[0]!;
  const { strides, padding } = site;
  const filters = (): tf.Tensor => {
    const pad = [
      [0, 0],
      [padding[0], padding[0]],
      [padding[1], padding[1]],
      [0, 0],
    ];
    const gradient = tf.engine().runKernel(
      tf.DepthwiseConv2dNativeBackpropFilter,
      { x: samplesAsChannels(input), dy: samplesAsChannels(outputGradient) },
      {
        ...{ strides: [...strides], dilations: [1, 1], pad, dimRoundingMode: "floor" },
        filterShape: [height, width, samples * channels, 1],
      },
    ) as tf.Tensor;
    const perSample = tf.reshape(gradient, [height * width, samples, channels]);
    return tf.transpose(perSample, [1, 0, 2]);
  };
  return names.map((name) =>
    name.endsWith("bias")
      ? explicitGradients(name, () => sumOfPixels(outputGradient))
      : explicitGradients(name, filters, filterShape),
  );
}

/** (N, H, W, C) to (1, H, W, N·C). */
function samplesAsChannels(x: tf.Tensor): tf.Tensor {
  const [samples, height, width, channels] = x.shape as [number, number, number, number];
  const moved = tf.transpose(x, [1, 2, 0, 3]);
  return tf.reshape(moved, [1, height, width, samples * channels]);
}
