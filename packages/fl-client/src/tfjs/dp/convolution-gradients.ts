/**
 * Per-sample gradients of a convolution: of each sample the matrix product of its patches U, transposed, and the gradient d
 * of its output.
 *
 * Where the gradients are much larger than what they are made of, their norm is taken without them, ‖Uᵀd‖² =
 * Σ (UUᵀ)∘(ddᵀ) ("ghost norm": Li et al. 2022, arXiv:2110.05679; for convolutions Bu, Mao & Xu 2022, arXiv:2205.10683), and
 * the weighted sum as the gradient of the filter for d scaled by the factors.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { TapSite } from "../layers/module.js";
import { kernelGradients } from "./kernel-gradients.js";
import { sumOfPixels } from "./norm-gradients.js";
import { explicitGradients, numbersOf, type SampleGradients } from "./sample-gradients.js";
import type { TapRecord } from "./tap-recorder.js";
import { type ConvolutionGeometry, unfold } from "./unfold.js";

/** How norms are taken. */
export type NormMethod = "explicit" | "ghost";

/** What a float that is written and read again costs, in multiplications of a matrix product. */
const COST_OF_PASS = 40;

export function convolutionGradients(
  record: TapRecord,
  filterShape: readonly number[],
  method: NormMethod | undefined,
): SampleGradients[] {
  const { names, input, outputGradient } = record;
  return names.map((name) => {
    if (name.endsWith("bias")) {
      return explicitGradients(name, () => sumOfPixels(outputGradient));
    }
    const geometry = geometryOf(record.site, input.shape, outputGradient.shape, filterShape);
    if ((method ?? cheaperMethod(geometry)) === "ghost")
      return ghostGradients(name, record, geometry);
    return tf.getKernel("TrainSampleFilterGradients", tf.getBackend()) === undefined
      ? explicitOnAnyBackend(name, record, geometry)
      : kernelGradients(name, record, geometry);
  });
}

/**
 * Floats that are there for one sample while its norm is taken.
 *
 * @param input - the shape of what went into the layer, (N, H, W, C), and so `output`
 */
export function floatsOfConvolution(
  site: TapSite,
  { input, output, filter }: Readonly<Record<"input" | "output" | "filter", readonly number[]>>,
  method: NormMethod | undefined,
): number {
  const geometry = geometryOf(site, input, output, filter);
  const pixels = geometry.output[0] * geometry.output[1];
  const patch = filter[0]! * filter[1]! * filter[2]!;
  // Patches, and three matrices of pixels by pixels.
  if ((method ?? cheaperMethod(geometry)) === "ghost") return pixels * (patch + 3 * pixels);
  return patch * filter[3]!;
}

function geometryOf(
  site: TapSite,
  input: readonly number[],
  output: readonly number[],
  filterShape: readonly number[],
): ConvolutionGeometry {
  if (site.kind !== "convolution") {
    throw new TypeError(`site: expected convolution, got ${site.kind}`);
  }
  const size = (shape: readonly number[]) => shape.slice(1) as [number, number, number];
  return {
    ...{ strides: site.strides, padding: site.padding },
    kernel: [filterShape[0]!, filterShape[1]!],
    ...{ input: size(input), output: size(output) },
  };
}

/** By multiplications and by floats written. */
function cheaperMethod(geometry: ConvolutionGeometry): NormMethod {
  const { kernel, input, output } = geometry;
  const pixels = output[0] * output[1];
  const patch = kernel[0] * kernel[1] * input[2];
  const size = patch * output[2];
  const ghost = pixels * pixels * (patch + output[2] + COST_OF_PASS) + pixels * size;
  const explicit = pixels * size + 3 * COST_OF_PASS * size;
  return ghost < explicit ? "ghost" : "explicit";
}

function explicitOnAnyBackend(
  name: string,
  { input, outputGradient }: TapRecord,
  geometry: ConvolutionGeometry,
): SampleGradients {
  const shape = [...geometry.kernel, geometry.input[2], geometry.output[2]];
  const products = (): tf.Tensor => {
    const patches = unfold(input as tf.Tensor4D, geometry);
    return tf.matMul(patches, asRows(outputGradient), true);
  };
  return explicitGradients(name, products, shape);
}

function ghostGradients(
  name: string,
  { input, outputGradient }: TapRecord,
  geometry: ConvolutionGeometry,
): SampleGradients {
  return {
    name,
    squaredNorms: () =>
      numbersOf(() => {
        const patches = unfold(input as tf.Tensor4D, geometry);
        const d = asRows(outputGradient);
        const grams = tf.mul(
          tf.matMul(patches, patches, false, true),
          tf.matMul(d, d, false, true),
        );
        // Rounding may make of a norm that is nearly zero less than zero.
        const squared = tf.relu(tf.sum(grams, [1, 2]));
        return tf.add(squared, roundingOf(squared, patches, d));
      }),
    weightedSum: (factors) =>
      tf.tidy(() => {
        const scaled = tf.mul(outputGradient, tf.tensor4d(factors, [factors.length, 1, 1, 1]));
        return filterGradient(input as tf.Tensor4D, scaled as tf.Tensor4D, geometry);
      }),
    dispose: () => {},
  };
}

/**
 * Where pixels cancel each other, what rounding may have taken off a squared norm is much of it, and the clip would let more
 * through than the bound: there it is added. The error of float32 sums of products is in proportion to (Σ ‖u_p‖ ‖d_p‖)², not to
 * the norm (Higham 2002, 3.1).
 */
function roundingOf(squared: tf.Tensor, patches: tf.Tensor, d: tf.Tensor): tf.Tensor {
  const squaresOf = (rows: tf.Tensor) => tf.sum(tf.square(rows), 2);
  const whole = tf.square(tf.sum(tf.sqrt(tf.mul(squaresOf(patches), squaresOf(d))), 1));
  const isCancelled = tf.less(squared, tf.mul(whole, 2 ** -12));
  return tf.mul(tf.cast(isCancelled, "float32"), tf.mul(whole, 2 ** -20));
}

function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { strides, padding, kernel, input, output }: ConvolutionGeometry,
): tf.Tensor {
  const sides = padding.map((size): [number, number] => [size, size]);
  // Zeros are put there first: not every backend knows of explicit ones here.
  const wide = tf.pad4d(x, [[0, 0], sides[0]!, sides[1]!, [0, 0]]);
  const filterShape = [...kernel, input[2], output[2]];
  const attributes = { strides: [...strides], pad: "valid", dataFormat: "NHWC", filterShape };
  return tf.engine().runKernel(tf.Conv2DBackpropFilter, { x: wide, dy }, attributes) as tf.Tensor;
}

/** (N, H, W, C) to (N, H·W, C). */
function asRows(x: tf.Tensor): tf.Tensor3D {
  const [samples, height, width, channels] = x.shape as [number, number, number, number];
  return tf.reshape(x, [samples, height * width, channels]);
}
