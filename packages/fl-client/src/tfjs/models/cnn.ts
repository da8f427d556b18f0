/**
 * The convolutional network of the paper on FedAvg (McMahan et al. 2017, arXiv:1602.05629, section 3).
 *
 * @module
 */
import { conv2d } from "../layers/conv2d.js";
import { flatten } from "../layers/flatten.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/module.js";
import { maxPool2d } from "../layers/pooling.js";
import { sequential } from "../layers/sequential.js";
import type { ModelOptions } from "./model-options.js";

/** 1,663,370 parameters for 28 · 28 pixels of one channel, and 10 classes. */
export function cnn({ numClasses, inputShape }: ModelOptions): Model {
  const [height, width, channels] = inputShape;
  const [rows, columns] = [Math.floor(height / 4), Math.floor(width / 4)];
  if (rows < 1 || columns < 1) {
    throw new RangeError(`inputShape: expected 4 pixels or more for cnn, got [${inputShape}]`);
  }
  const inFeatures = 64 * rows * columns;
  const convolution = { kernel: 5, padding: 2, activation: "relu" } as const;
  const layers = sequential([
    ["conv1", conv2d({ ...convolution, inChannels: channels, outChannels: 32, isFirst: true })],
    ["pool1", maxPool2d({ kernel: 2 })],
    ["conv2", conv2d({ ...convolution, inChannels: 32, outChannels: 64 })],
    ["pool2", maxPool2d({ kernel: 2 })],
    ["flatten", flatten()],
    ["fc1", linear({ inFeatures, outFeatures: 512, activation: "relu" })],
    ["fc2", linear({ inFeatures: 512, outFeatures: numClasses })],
  ]);
  const bodyGroups = [["conv1.", "conv2."], ["fc1."]];
  return { name: "cnn", inputShape, numClasses, headPrefixes: ["fc2."], bodyGroups, ...layers };
}
