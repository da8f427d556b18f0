/**
 * MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, table 2), with torchvision's layers and names.
 *
 * @module
 */
import { dropout } from "../layers/dropout.js";
import { flatten } from "../layers/flatten.js";
import { constant, normal } from "../layers/initializers.js";
import { invertedResidual, withRelu6 } from "../layers/inverted-residual.js";
import { linear } from "../layers/linear.js";
import type { Model, Module } from "../layers/module.js";
import { globalAvgPool } from "../layers/pooling.js";
import { residualConv2d } from "../layers/residual-block.js";
import { type NamedModules, numbered, sequential } from "../layers/sequential.js";
import { fastaiHead } from "./fastai-head.js";
import type { ModelOptions } from "./model-options.js";

/** The paper's table 2: expansion, channels, blocks, and the stride of the first of them. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** torchvision's `mobilenet_v2`; 3,504,872 parameters for width 1, 1000 classes and 3 channels. */
export function mobilenetV2(options: ModelOptions): Model {
  const { numClasses, inputShape, normalization = "batch", head = "plain", width = 1 } = options;
  const first = multipleOf8(32 * width);
  const last = multipleOf8(1280 * Math.max(1, width));
  const stem = { inChannels: inputShape[2], outChannels: first, kernel: 3, stride: 2 };
  const features: Module[] = [withRelu6(residualConv2d(stem), first, normalization)];
  let inChannels = first;
  for (const [expansion, channels, count, firstStride] of STAGES) {
    const outChannels = multipleOf8(channels * width);
    for (let i = 0; i < count; i++) {
      const stride = i === 0 ? firstStride : 1;
      const block = { inChannels, outChannels, stride, expansion, normalization };
      features.push(invertedResidual(block));
      inChannels = outChannels;
    }
  }
  const widening = { inChannels, outChannels: last, kernel: 1, stride: 1 };
  features.push(withRelu6(residualConv2d(widening), last, normalization));
  const layers = sequential([
    ["features", sequential(numbered(features))],
    ...(head === "fastai"
      ? [["head", fastaiHead({ channels: last, numClasses, normalization })] as const]
      : plainHead(last, numClasses)),
  ]);
  const names = features.map((_, i) => `features.${i}.`);
  // Up to a sixteenth of the image's height, and what is after it.
  const bodyGroups = [names.slice(0, 7), names.slice(7)];
  const headPrefixes = [head === "fastai" ? "head." : "classifier."];
  return { name: "mobilenet_v2", inputShape, numClasses, headPrefixes, bodyGroups, ...layers };
}

function plainHead(inFeatures: number, outFeatures: number): NamedModules {
  const initialize = normal(0.01);
  const product = linear({ inFeatures, outFeatures, initialize, initializeBias: constant(0) });
  return [
    ["pool", globalAvgPool()],
    ["flatten", flatten()],
    ["classifier", sequential(numbered([dropout(0.2), product]))],
  ];
}

/** torchvision's `_make_divisible`: the nearest multiple of 8, from 8, that isn't smaller by more than a tenth. */
function multipleOf8(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}
