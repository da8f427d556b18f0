/**
 * The parts of densely connected networks (Huang et al. 2017, arXiv:1608.06993), as torchvision's `_DenseBlock` and
 * `_Transition`.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { relu } from "./activations.js";
import { conv2d } from "./conv2d.js";
import { kaimingNormal } from "./initializers.js";
import type { Module } from "./module.js";
import { type Normalization, norm } from "./norm.js";
import { avgPool2d } from "./pooling.js";
import { type NamedModules, sequential, stateOfChildren } from "./sequential.js";

/** A block. */
export interface DenseBlockOptions {
  readonly layers: number;
  readonly inChannels: number;
  /** Channels that each layer adds. */
  readonly growth: number;
  /** Channels of a layer's inner output, in multiples of `growth`. */
  readonly bottleneck: number;
  readonly normalization: Normalization;
}

/** Layers that each see the block's input and the outputs of all before: inChannels + layers · growth channels come out. */
export function denseBlock(options: DenseBlockOptions): Module {
  const { layers, inChannels, growth, bottleneck, normalization } = options;
  const children: NamedModules = Array.from({ length: layers }, (_, i) => {
    const seen = inChannels + i * growth;
    const inner = bottleneck * growth;
    const layer = sequential([
      ["norm1", norm(seen, normalization)],
      ["relu1", relu()],
      ["conv1", denseConv2d(seen, inner, 1)],
      ["norm2", norm(inner, normalization)],
      ["relu2", relu()],
      ["conv2", denseConv2d(inner, growth, 3)],
    ]);
    return [`denselayer${i + 1}`, layer] as const;
  });
  return {
    state: stateOfChildren(children),
    forward: (x, pass, prefix) =>
      children.reduce((features, [name, layer]) => {
        const added = layer.forward(features, pass, `${prefix}${name}.`);
        return tf.concat([features, added], 3);
      }, x),
  };
}

/** What is between two blocks: half of the channels, half of the rows and columns. */
export function denseTransition(channels: number, normalization: Normalization): Module {
  return sequential([
    ["norm", norm(channels, normalization)],
    ["relu", relu()],
    ["conv", denseConv2d(channels, Math.floor(channels / 2), 1)],
    ["pool", avgPool2d({ kernel: 2 })],
  ]);
}

/** Without a bias, since a norm follows; its numbers begin by fan-in, as torchvision's. */
function denseConv2d(inChannels: number, outChannels: number, kernel: number): Module {
  const initialize = kaimingNormal(inChannels * kernel * kernel);
  const padding = (kernel - 1) / 2;
  return conv2d({ inChannels, outChannels, kernel, padding, bias: false, initialize });
}
