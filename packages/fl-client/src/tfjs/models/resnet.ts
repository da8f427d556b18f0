/**
 * Residual networks of basic blocks (He et al. 2016, arXiv:1512.03385): torchvision's for photographs, and the small ones of
 * the paper's section 4.2 for images of 32 pixels.
 *
 * @module
 */
import { relu } from "../layers/activations.js";
import { flatten } from "../layers/flatten.js";
import { linear } from "../layers/linear.js";
import type { Model, Module } from "../layers/module.js";
import { type Normalization, norm } from "../layers/norm.js";
import { globalAvgPool, maxPool2d } from "../layers/pooling.js";
import { residualBlock, residualConv2d } from "../layers/residual-block.js";
import { type NamedModules, numbered, sequential } from "../layers/sequential.js";
import { fastaiHead } from "./fastai-head.js";
import type { ModelOptions } from "./model-options.js";

interface Architecture {
  readonly name: string;
  /** Blocks of each stage. */
  readonly blocks: readonly number[];
  /** Channels of the first stage; each other has twice as many as the one before. */
  readonly channels: number;
  /** Whether the first convolution has 7 · 7 pixels and stride 2, and a pool follows. */
  readonly hasLargeStem: boolean;
}

/** torchvision's; 11,689,512 parameters for 1000 classes and 3 channels. */
export function resnet18(options: ModelOptions): Model {
  return resnet(
    { name: "resnet18", blocks: [2, 2, 2, 2], channels: 64, hasLargeStem: true },
    options,
  );
}

/** torchvision's; 21,797,672 parameters for 1000 classes and 3 channels. */
export function resnet34(options: ModelOptions): Model {
  return resnet(
    { name: "resnet34", blocks: [3, 4, 6, 3], channels: 64, hasLargeStem: true },
    options,
  );
}

/** The paper's network for CIFAR-10 with one block a stage, 16, 32 and 64 channels; torchvision's names. */
export function resnet8(options: ModelOptions): Model {
  return resnet({ name: "resnet8", blocks: [1, 1, 1], channels: 16, hasLargeStem: false }, options);
}

/** The paper's network for CIFAR-10 with three blocks a stage; torchvision's names, and shortcuts by option B. */
export function resnet20(options: ModelOptions): Model {
  return resnet(
    { name: "resnet20", blocks: [3, 3, 3], channels: 16, hasLargeStem: false },
    options,
  );
}

function resnet(architecture: Architecture, options: ModelOptions): Model {
  const { name, blocks, channels } = architecture;
  const { numClasses, inputShape, normalization = "batch", head = "plain" } = options;
  const stages = blocks.map((count, i) => {
    const outChannels = channels * 2 ** i;
    const inChannels = i === 0 ? channels : outChannels / 2;
    const stage = { count, inChannels, outChannels, stride: i === 0 ? 1 : 2, normalization };
    return [`layer${i + 1}`, stageOf(stage)] as const;
  });
  const outChannels = channels * 2 ** (blocks.length - 1);
  const ending: NamedModules =
    head === "fastai"
      ? [["head", fastaiHead({ channels: outChannels, numClasses, normalization })]]
      : [
          ["avgpool", globalAvgPool()],
          ["flatten", flatten()],
          ["fc", linear({ inFeatures: outChannels, outFeatures: numClasses })],
        ];
  const layers = sequential([
    ...stemOf(architecture, inputShape[2], normalization),
    ...stages,
    ...ending,
  ]);
  // As fastai's `_resnet_split`: the last two stages learn faster than what is before.
  const names = stages.map(([stage]) => `${stage}.`);
  const bodyGroups = [["conv1.", "bn1.", ...names.slice(0, -2)], names.slice(-2)];
  const headPrefixes = [head === "fastai" ? "head." : "fc."];
  return { name, inputShape, numClasses, headPrefixes, bodyGroups, ...layers };
}

function stemOf(
  { channels, hasLargeStem }: Architecture,
  inChannels: number,
  normalization: Normalization,
): NamedModules {
  const [kernel, stride] = hasLargeStem ? [7, 2] : [3, 1];
  const pool = maxPool2d({ kernel: 3, stride: 2, padding: 1 });
  return [
    ["conv1", residualConv2d({ inChannels, outChannels: channels, kernel, stride })],
    ["bn1", norm(channels, normalization)],
    ["relu", relu()],
    ...(hasLargeStem ? [["maxpool", pool] as const] : []),
  ];
}

interface Stage {
  readonly count: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;
  readonly normalization: Normalization;
}

/** Blocks of which the first changes size and channels. */
function stageOf({ count, inChannels, outChannels, stride, normalization }: Stage): Module {
  const blocks = Array.from({ length: count }, (_, i) =>
    i === 0
      ? residualBlock({ inChannels, outChannels, stride, normalization })
      : residualBlock({ inChannels: outChannels, outChannels, stride: 1, normalization }),
  );
  return sequential(numbered(blocks));
}
