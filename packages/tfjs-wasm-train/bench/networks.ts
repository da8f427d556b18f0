/**
 * Four networks as functions, with PyTorch's padding: what is timed is the kernels, not a library of layers.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { groupNorm } from "../src/index.js";

/** A network and what it is timed with. */
export interface Network {
  readonly name: string;
  readonly batch: number;
  readonly image: readonly [height: number, width: number, channels: number];
  /** Of the logits; parameters are made on the first call, and the same afterwards. */
  readonly forward: (x: tf.Tensor4D, parameter: ParameterSource) => tf.Tensor2D;
}

/** Gives the next parameter, in the order of calls. */
export type ParameterSource = (shape: number[], kind: "weight" | "zero" | "one") => tf.Tensor;

type Stride = 1 | 2;

function convolve(
  x: tf.Tensor4D,
  parameter: ParameterSource,
  size: number,
  outputs: number,
  {
    stride = 1,
    pad = 0,
    bias = false,
    relu = false,
  }: {
    stride?: Stride;
    pad?: number;
    bias?: boolean;
    relu?: boolean;
  } = {},
): tf.Tensor4D {
  const filter = parameter([size, size, x.shape[3], outputs], "weight") as tf.Tensor4D;
  if (!bias) return tf.conv2d(x, filter, stride, pad, "NHWC", 1, "floor");
  return tf.fused.conv2d({
    x,
    filter,
    strides: stride,
    pad,
    dimRoundingMode: "floor",
    bias: parameter([outputs], "zero"),
    activation: relu ? "relu" : "linear",
  }) as tf.Tensor4D;
}

function dense(x: tf.Tensor, parameter: ParameterSource, outputs: number, relu: boolean) {
  const weights = parameter([x.shape[1]!, outputs], "weight") as tf.Tensor2D;
  const y = tf.add(tf.matMul(x as tf.Tensor2D, weights), parameter([outputs], "zero"));
  return (relu ? tf.relu(y) : y) as tf.Tensor2D;
}

const flat = (x: tf.Tensor) => tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]!]);

function normalized(x: tf.Tensor4D, parameter: ParameterSource): tf.Tensor4D {
  const channels = x.shape[3];
  const scale = parameter([channels], "one") as tf.Tensor1D;
  const offset = parameter([channels], "zero") as tf.Tensor1D;
  return groupNorm(x, scale, offset, Math.min(32, channels), 1e-5) as tf.Tensor4D;
}

function basicBlock(x: tf.Tensor4D, parameter: ParameterSource, outputs: number, stride: Stride) {
  let y = normalized(convolve(x, parameter, 3, outputs, { stride, pad: 1 }), parameter);
  y = normalized(convolve(tf.relu(y), parameter, 3, outputs, { pad: 1 }), parameter);
  const shortcut =
    stride === 1 && x.shape[3] === outputs
      ? x
      : normalized(convolve(x, parameter, 1, outputs, { stride }), parameter);
  return tf.relu(tf.add(y, shortcut)) as tf.Tensor4D;
}

function residual(
  stem: (x: tf.Tensor4D, parameter: ParameterSource) => tf.Tensor4D,
  blocks: readonly (readonly [outputs: number, stride: Stride])[],
): Network["forward"] {
  return (x, parameter) => {
    let y = stem(x, parameter);
    for (const [outputs, stride] of blocks) y = basicBlock(y, parameter, outputs, stride);
    return dense(tf.mean(y, [1, 2]), parameter, 10, false);
  };
}

export const networks: readonly Network[] = [
  {
    name: "lenet5",
    batch: 64,
    image: [28, 28, 1],
    forward: (x, parameter) => {
      let y = convolve(x, parameter, 5, 6, { pad: 2, bias: true, relu: true });
      y = tf.maxPool(y, 2, 2, "valid");
      y = convolve(y, parameter, 5, 16, { bias: true, relu: true });
      y = tf.maxPool(y, 2, 2, "valid");
      const z = dense(dense(flat(y), parameter, 120, true), parameter, 84, true);
      return dense(z, parameter, 10, false);
    },
  },
  {
    name: "cnn",
    batch: 64,
    image: [28, 28, 1],
    forward: (x, parameter) => {
      let y = convolve(x, parameter, 5, 32, { pad: 2, bias: true, relu: true });
      y = tf.maxPool(y, 2, 2, "valid");
      y = convolve(y, parameter, 5, 64, { pad: 2, bias: true, relu: true });
      y = tf.maxPool(y, 2, 2, "valid");
      return dense(dense(flat(y), parameter, 512, true), parameter, 10, false);
    },
  },
  {
    name: "resnet8-gn",
    batch: 32,
    image: [64, 64, 3],
    forward: residual(
      (x, parameter) =>
        tf.relu(normalized(convolve(x, parameter, 3, 16, { pad: 1 }), parameter)) as tf.Tensor4D,
      [
        [16, 1],
        [32, 2],
        [64, 2],
      ],
    ),
  },
  {
    name: "resnet18-gn",
    batch: 16,
    image: [64, 64, 3],
    forward: residual(
      (x, parameter) => {
        const y = normalized(convolve(x, parameter, 7, 64, { stride: 2, pad: 3 }), parameter);
        return tf.maxPool(tf.relu(y) as tf.Tensor4D, 3, 2, 1, "floor");
      },
      [
        [64, 1],
        [64, 1],
        [128, 2],
        [128, 1],
        [256, 2],
        [256, 1],
        [512, 2],
        [512, 1],
      ],
    ),
  },
];
