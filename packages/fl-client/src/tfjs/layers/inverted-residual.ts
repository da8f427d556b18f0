/**
 * The block of MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, section 3.3), as torchvision's `InvertedResidual`.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { relu6 } from "./activations.js";
import { depthwiseConv2d } from "./depthwise-conv2d.js";
import { kaimingNormal } from "./initializers.js";
import type { Module } from "./module.js";
import { type Normalization, norm } from "./norm.js";
import { residualConv2d } from "./residual-block.js";
import { numbered, sequential } from "./sequential.js";

/** A block. */
export interface InvertedResidualOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;
  /** How many times as many channels there are inside, 1 or more. */
  readonly expansion: number;
  readonly normalization: Normalization;
}

/** More channels, each convolved by itself, then fewer; with x added where the shape stays. */
export function invertedResidual(options: InvertedResidualOptions): Module {
  const { inChannels, outChannels, stride, expansion, normalization } = options;
  const channels = inChannels * expansion;
  const depthwise = depthwiseConv2d({
    channels,
    kernel: 3,
    stride,
    padding: 1,
    initialize: kaimingNormal(channels * 9),
  });
  const expand = residualConv2d({ inChannels, outChannels: channels, kernel: 1, stride: 1 });
  const project = residualConv2d({ inChannels: channels, outChannels, kernel: 1, stride: 1 });
  const conv = sequential(
    numbered([
      ...(expansion === 1 ? [] : [withRelu6(expand, channels, normalization)]),
      withRelu6(depthwise, channels, normalization),
      project,
      norm(outChannels, normalization),
    ]),
  );
  const block = sequential([["conv", conv]]);
  if (stride !== 1 || inChannels !== outChannels) return block;
  return { ...block, forward: (x, pass, prefix) => tf.add(x, block.forward(x, pass, prefix)) };
}

/** A convolution, a norm and a ReLU6, as torchvision's `Conv2dNormActivation`. */
export function withRelu6(
  convolution: Module,
  channels: number,
  normalization: Normalization,
): Module {
  return sequential(numbered([convolution, norm(channels, normalization), relu6()]));
}
