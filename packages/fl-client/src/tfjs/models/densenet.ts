/**
 * Densely connected networks (Huang et al. 2017, arXiv:1608.06993), with torchvision's layers and names.
 *
 * @module
 */
import { relu } from "../layers/activations.js";
import { conv2d } from "../layers/conv2d.js";
import { denseBlock, denseTransition } from "../layers/dense-block.js";
import { flatten } from "../layers/flatten.js";
import { constant, kaimingNormal } from "../layers/initializers.js";
import { linear } from "../layers/linear.js";
import type { Model } from "../layers/module.js";
import { norm } from "../layers/norm.js";
import { globalAvgPool, maxPool2d } from "../layers/pooling.js";
import { type NamedModules, sequential } from "../layers/sequential.js";
import { fastaiHead } from "./fastai-head.js";
import type { ModelOptions } from "./model-options.js";

interface Architecture {
  readonly name: string;
  /** Layers of each block. */
  readonly blocks: readonly number[];
  /** Channels that each layer adds. */
  readonly growth: number;
  /** Channels before the first block. */
  readonly channels: number;
}

/** As torchvision's `DenseNet`. */
const BOTTLENECK = 4;

/** Rows and columns of which one is left after a stem and three transitions. */
const SMALLEST = 29;

/** torchvision's `DenseNet(growth_rate=16, block_config=(4, 4, 4, 4), num_init_features=32)`. */
export function densenetSmall(options: ModelOptions): Model {
  const blocks = [4, 4, 4, 4];
  return densenet({ name: "densenet_small", blocks, growth: 16, channels: 32 }, options);
}

/** torchvision's; 7,978,856 parameters for 1000 classes and 3 channels. */
export function densenet121(options: ModelOptions): Model {
  const blocks = [6, 12, 24, 16];
  return densenet({ name: "densenet121", blocks, growth: 32, channels: 64 }, options);
}

function densenet({ name, blocks, growth, channels }: Architecture, options: ModelOptions): Model {
  const { numClasses, inputShape, normalization = "batch", head = "plain" } = options;
  const [height, columns, inChannels] = inputShape;
  if (Math.min(height, columns) < SMALLEST) {
    throw new RangeError(
      `inputShape: expected ${SMALLEST} pixels or more for ${name}, got [${inputShape}]`,
    );
  }
  const stem = conv2d({
    inChannels,
    outChannels: channels,
    ...{ kernel: 7, stride: 2, padding: 3, bias: false },
    initialize: kaimingNormal(inChannels * 49),
  });
  const features: (readonly [string, NamedModules[number][1]])[] = [
    ["conv0", stem],
    ["norm0", norm(channels, normalization)],
    ["relu0", relu()],
    ["pool0", maxPool2d({ kernel: 3, stride: 2, padding: 1 })],
  ];
  let width = channels;
  for (const [i, layers] of blocks.entries()) {
    const block = { layers, inChannels: width, growth, bottleneck: BOTTLENECK, normalization };
    features.push([`denseblock${i + 1}`, denseBlock(block)]);
    width += layers * growth;
    if (i === blocks.length - 1) break;
    features.push([`transition${i + 1}`, denseTransition(width, normalization)]);
    width = Math.floor(width / 2);
  }
  features.push([`norm${blocks.length + 1}`, norm(width, normalization)]);
  const classifier = { inFeatures: width, outFeatures: numClasses, initializeBias: constant(0) };
  const ending: NamedModules =
    head === "fastai"
      ? [["head", fastaiHead({ channels: width, numClasses, normalization })]]
      : [
          ["relu", relu()],
          ["pool", globalAvgPool()],
          ["flatten", flatten()],
          ["classifier", linear(classifier)],
        ];
  const layers = sequential([["features", sequential(features)], ...ending]);
  // As fastai's `_densenet_split`: the second block still learns slowly.
  const prefixesOf = (part: NamedModules): string[] =>
    part.filter(([, { state }]) => state.length > 0).map(([feature]) => `features.${feature}.`);
  const bodyGroups = [prefixesOf(features.slice(0, 7)), prefixesOf(features.slice(7))];
  const headPrefixes = [head === "fastai" ? "head." : "classifier."];
  return { name, inputShape, numClasses, headPrefixes, bodyGroups, ...layers };
}
