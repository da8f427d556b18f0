/**
 * A network of 8 · 8 pixels with one layer of each kind, small enough to be looked at sample by sample.
 *
 * @module
 */

import type { Batch } from "../src/data/image-dataset.js";
import { normalOf, seededRandom } from "../src/seeded-random.js";
import { conv2d } from "../src/tfjs/layers/conv2d.js";
import { depthwiseConv2d } from "../src/tfjs/layers/depthwise-conv2d.js";
import { flatten } from "../src/tfjs/layers/flatten.js";
import { linear } from "../src/tfjs/layers/linear.js";
import type { Model } from "../src/tfjs/layers/module.js";
import { type Normalization, norm } from "../src/tfjs/layers/norm.js";
import { sequential } from "../src/tfjs/layers/sequential.js";

export function tinyModel(normalization: Normalization = "group"): Model {
  const layers = sequential([
    ["conv1", conv2d({ inChannels: 2, outChannels: 4, kernel: 3, stride: 2, padding: 1 })],
    ["norm1", norm(4, normalization)],
    ["depth", depthwiseConv2d({ channels: 4, kernel: 3, padding: 1 })],
    [
      "conv2",
      conv2d({
        inChannels: 4,
        outChannels: 6,
        kernel: 2,
        stride: 2,
        bias: false,
        activation: "relu",
      }),
    ],
    ["flatten", flatten()],
    ["fc1", linear({ inFeatures: 24, outFeatures: 5, activation: "relu" })],
    ["fc2", linear({ inFeatures: 5, outFeatures: 3 })],
  ]);
  return {
    ...layers,
    name: "tiny",
    inputShape: [8, 8, 2],
    numClasses: 3,
    headPrefixes: ["fc2."],
    bodyGroups: [
      ["conv1.", "norm1.", "depth."],
      ["conv2.", "fc1."],
    ],
  };
}

/** Images of noise, with classes in turn. */
export function tinyBatch(samples: number, seed = 1): Batch {
  const random = seededRandom(seed);
  return {
    images: Float32Array.from({ length: samples * 128 }, () => normalOf(random)),
    labels: Int32Array.from({ length: samples }, (_, n) => n % 3),
  };
}
