/**
 * The basic block of residual networks (He et al. 2016, arXiv:1512.03385), as torchvision's `BasicBlock`.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { conv2d } from "./conv2d.js";
import { kaimingNormal } from "./initializers.js";
import type { Module } from "./module.js";
import { type Normalization, norm } from "./norm.js";
import { numbered, sequential, stateOfChildren } from "./sequential.js";

/** A block. */
export interface ResidualBlockOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Of the first convolution, and of the shortcut. */
  readonly stride: number;
  readonly normalization: Normalization;
}

/**
 * relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)). Where size or channels change, the shortcut is `downsample`: a
 * convolution of 1 · 1 and a norm (the paper's option B).
 */
export function residualBlock(options: ResidualBlockOptions): Module {
  const { inChannels, outChannels, stride, normalization } = options;
  const conv1 = residualConv2d({ inChannels, outChannels, kernel: 3, stride });
  const conv2 = residualConv2d({ inChannels: outChannels, outChannels, kernel: 3, stride: 1 });
  const [bn1, bn2] = [norm(outChannels, normalization), norm(outChannels, normalization)];
  const downsample =
    stride === 1 && inChannels === outChannels
      ? undefined
      : sequential(
          numbered([
            residualConv2d({ inChannels, outChannels, kernel: 1, stride }),
            norm(outChannels, normalization),
          ]),
        );
  return {
    state: stateOfChildren([
      ["conv1", conv1],
      ["bn1", bn1],
      ["conv2", conv2],
      ["bn2", bn2],
      ...(downsample === undefined ? [] : [["downsample", downsample] as const]),
    ]),
    forward: (x, pass, prefix) => {
      let y = bn1.forward(conv1.forward(x, pass, `${prefix}conv1.`), pass, `${prefix}bn1.`);
      y = conv2.forward(tf.relu(y), pass, `${prefix}conv2.`);
      y = bn2.forward(y, pass, `${prefix}bn2.`);
      const shortcut = downsample?.forward(x, pass, `${prefix}downsample.`) ?? x;
      return tf.relu(tf.add(y, shortcut));
    },
  };
}

/** A convolution of a residual network. */
export interface ResidualConv2dOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Odd; the padding is half of it. */
  readonly kernel: number;
  readonly stride: number;
}

/** Without a bias, since a norm follows; its numbers begin by fan-out, as torchvision's. */
export function residualConv2d(options: ResidualConv2dOptions): Module {
  const { outChannels, kernel } = options;
  const initialize = kaimingNormal(outChannels * kernel * kernel);
  return conv2d({ ...options, padding: (kernel - 1) / 2, bias: false, initialize });
}
