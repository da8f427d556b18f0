/**
 * Layers that apply a bias and a ReLU while their output is still at hand.
 *
 * TensorFlow.js fuses a ReLU only where nothing is differentiated; these two are fused in training, too. Their gradients
 * are taken all at once, also of what isn't trained: for per-sample gradients, where weights aren't, they are the wrong ones.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Pad } from "./padding.js";

/** What is applied to an output. */
export type FusedActivation = "linear" | "relu";

/** A convolution's bias, and what else there is to know. */
export interface FusedConvolution {
  readonly stride: number;
  readonly pad: Pad;
  readonly bias: tf.Tensor1D;
  readonly activation: FusedActivation;
  /** The layer sees images: nobody asks for their gradient. */
  readonly isFirst: boolean;
}

/**
 * activation(x ∗ filter + bias).
 *
 * @param x - NHWC
 * @param filter - HWIO
 */
export function fusedConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, pad, bias, activation, isFirst }: FusedConvolution,
): tf.Tensor4D {
  const attributes = { strides: [stride, stride], pad, dataFormat: "NHWC", dilations: [1, 1] };
  const convolve = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = inputs.pop() as tf.GradSaveFunc;
    const y = tf
      .engine()
      .runKernel(tf.FusedConv2D, { x, filter, bias }, { ...attributes, activation }) as tf.Tensor4D;
    save(activation === "relu" ? [x, filter, y] : [x, filter]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [images, kernel] = saved as tf.Tensor4D[];
      const d = ofActivation(dy, saved[2]) as tf.Tensor4D;
      const { shape } = images!;
      return [
        filterGradient(images!, d, { shape: kernel!.shape, stride, pad }),
        sumOfRows(d),
        ...(isFirst ? [] : [inputGradient(shape, d, { kernel: kernel!, stride, pad })]),
      ];
    };
    return { value: y, gradFunc };
  });
  return (isFirst ? convolve(filter, bias) : convolve(filter, bias, x)) as tf.Tensor4D;
}

/**
 * x ∗ filter + bias, of which only the gradient of x is taken: for taps, which take those of the parameters by themselves.
 *
 * @param x - NHWC
 * @param filter - HWIO
 */
export function biasedConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, pad, bias }: Pick<FusedConvolution, "stride" | "pad" | "bias">,
): tf.Tensor4D {
  const attributes = { strides: [stride, stride], pad, dataFormat: "NHWC", dilations: [1, 1] };
  const convolve = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [image, save] = inputs as [tf.Tensor4D, tf.GradSaveFunc];
    const y = tf
      .engine()
      .runKernel(
        tf.FusedConv2D,
        { x: image, filter, bias },
        { ...attributes, activation: "linear" },
      ) as tf.Tensor4D;
    save([filter]);
    const gradFunc = (dy: tf.Tensor, [kernel]: tf.Tensor[]): tf.Tensor =>
      inputGradient(x.shape, dy as tf.Tensor4D, { kernel: kernel as tf.Tensor4D, stride, pad });
    return { value: y, gradFunc };
  });
  return convolve(x) as tf.Tensor4D;
}

/** How a matrix product goes on. */
export interface FusedProduct {
  readonly bias: tf.Tensor1D;
  readonly activation: FusedActivation;
}

/** activation(x · weight + bias), of (N, in) and (in, out). */
export function fusedProduct(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  { bias, activation }: FusedProduct,
): tf.Tensor2D {
  const multiply = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = inputs.pop() as tf.GradSaveFunc;
    // The kernel multiplies batches of matrices.
    const [a, b] = [x, weight].map((matrix) => tf.reshape(matrix, [1, ...matrix.shape]));
    const attributes = { transposeA: false, transposeB: false, activation };
    const product = tf.engine().runKernel(tf._FusedMatMul, { a: a!, b: b!, bias }, attributes);
    const y = tf.reshape(product as tf.Tensor, [x.shape[0], weight.shape[1]]);
    save(activation === "relu" ? [x, weight, y] : [x, weight]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const d = ofActivation(dy, saved[2]);
      const [input, matrix] = saved as [tf.Tensor, tf.Tensor];
      return [tf.matMul(d, matrix, false, true), tf.matMul(input, d, true), tf.sum(d, 0)];
    };
    return { value: y, gradFunc };
  });
  return multiply(x, weight, bias) as tf.Tensor2D;
}

/** The gradient before a ReLU, of the one after it and its output; the same gradient where there was none. */
function ofActivation(dy: tf.Tensor, output: tf.Tensor | undefined): tf.Tensor {
  if (output === undefined) return dy;
  // The registered one may have a kernel of its own. Output and input are above 0 in the same places.
  const gradients = tf.getGradient(tf.Relu).gradFunc(dy, [output], {});
  return gradients["x"]!() as tf.Tensor;
}

/** Sum over all but channels. */
function sumOfRows(d: tf.Tensor4D): tf.Tensor {
  return tf.sum(tf.reshape(d, [-1, d.shape[3]]), 0);
}

interface Geometry {
  readonly stride: number;
  readonly pad: Pad;
}

function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { shape, stride, pad }: Geometry & { readonly shape: readonly number[] },
): tf.Tensor {
  const attributes = {
    strides: [stride, stride],
    pad,
    dataFormat: "NHWC",
    filterShape: [...shape],
  };
  return tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy }, attributes);
}

function inputGradient(
  inputShape: readonly number[],
  dy: tf.Tensor4D,
  { kernel, stride, pad }: Geometry & { readonly kernel: tf.Tensor4D },
): tf.Tensor {
  const attributes = {
    strides: [stride, stride],
    pad,
    dataFormat: "NHWC",
    inputShape: [...inputShape],
  };
  return tf.engine().runKernel(tf.Conv2DBackpropInput, { dy, filter: kernel }, attributes);
}
