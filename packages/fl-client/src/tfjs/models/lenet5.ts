/**
 * LeNet-5 (LeCun et al. 1998), as it is written today: with ReLU and maxima, fully connected from the second convolution on.
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

/** 61,706 parameters for 28 · 28 or 32 · 32 pixels of one channel, and 10 classes. */
export function lenet5({ numClasses, inputShape }: ModelOptions): Model {
  const [height, width, channels] = inputShape;
  // Images smaller than the paper's 32 pixels are padded, as its digits of 28 were.
  const padding = Math.min(height, width) < 32 ? 2 : 0;
  const [rows, columns] = [height, width].map((size) => {
    const first = Math.floor((size + 2 * padding - 4) / 2);
    return Math.floor((first - 4) / 2);
  }) as [number, number];
  if (rows < 1 || columns < 1) {
    throw new RangeError(`inputShape: expected 12 pixels or more for lenet5, got [${inputShape}]`);
  }
  const inFeatures = 16 * rows * columns;
  const activation = "relu" as const;
  const layers = sequential([
    [
      "conv1",
      conv2d({
        inChannels: channels,
        outChannels: 6,
        kernel: 5,
        padding,
        activation,
        isFirst: true,
      }),
    ],
    ["pool1", maxPool2d({ kernel: 2 })],
    ["conv2", conv2d({ inChannels: 6, outChannels: 16, kernel: 5, activation })],
    ["pool2", maxPool2d({ kernel: 2 })],
    ["flatten", flatten()],
    ["fc1", linear({ inFeatures, outFeatures: 120, activation })],
    ["fc2", linear({ inFeatures: 120, outFeatures: 84, activation })],
    ["fc3", linear({ inFeatures: 84, outFeatures: numClasses })],
  ]);
  const bodyGroups = [
    ["conv1.", "conv2."],
    ["fc1.", "fc2."],
  ];
  return { name: "lenet5", inputShape, numClasses, headPrefixes: ["fc3."], bodyGroups, ...layers };
}
