/**
 * Per-sample gradients of a convolution where there is a kernel for them and the arrays can be read where they lie (the wasm
 * backend).
 *
 * @module
 */
import { l2Norm } from "@dsail/dp";
import { float32View } from "@dsail/tfjs-wasm-train";
import * as tf from "@tensorflow/tfjs-core";
import type { SampleGradients } from "./sample-gradients.js";
import type { TapRecord } from "./tap-recorder.js";
import type { ConvolutionGeometry } from "./unfold.js";

export function kernelGradients(
  name: string,
  { input, outputGradient }: TapRecord,
  { kernel, input: inputSize, output, strides, padding }: ConvolutionGeometry,
): SampleGradients {
  const filterShape = [...kernel, inputSize[2], output[2]];
  const sides = padding.map((size): [number, number] => [size, size]);
  const pad = [[0, 0], sides[0]!, sides[1]!, [0, 0]] as [number, number][];
  const gradients: tf.Tensor = tf
    .engine()
    .runKernel(
      "TrainSampleFilterGradients",
      { x: input, dy: outputGradient },
      { strides: [...strides], pad, dataFormat: "NHWC", filterShape },
    );
  const samples = input.shape[0]!;
  const views = (): Float32Array[] => {
    const all = viewOf(gradients);
    const size = all.length / samples;
    return Array.from({ length: samples }, (_, n) => all.subarray(n * size, (n + 1) * size));
  };
  return {
    name,
    squaredNorms: async () => Float64Array.from(views(), (each) => l2Norm([each]) ** 2),
    weightedSum: (factors) => {
      const sum = tf.fill(filterShape, 0);
      addWeighted(viewOf(sum), views(), factors);
      return sum;
    },
    dispose: () => {
      gradients.dispose();
    },
  };
}

/** Of a tensor that is known to lie on the heap. */
function viewOf(tensor: tf.Tensor): Float32Array {
  const view = float32View(tensor);
  if (view === undefined) throw new TypeError("tensor: expected one of the wasm backend");
  return view;
}

/** In float64, four at a time: each sum is read and written once for four. */
function addWeighted(
  target: Float32Array,
  sources: readonly Float32Array[],
  factors: Float32Array,
): void {
  const sum = new Float64Array(target.length);
  const none = new Float32Array(target.length);
  for (let n = 0; n < sources.length; n += 4) {
    // Behind the last are zeros, times a factor that is not there: 0.
    addFour(
      sum,
      [sources[n] ?? none, sources[n + 1] ?? none, sources[n + 2] ?? none, sources[n + 3] ?? none],
      [factors[n] ?? 0, factors[n + 1] ?? 0, factors[n + 2] ?? 0, factors[n + 3] ?? 0],
    );
  }
  target.set(sum);
}

type Four<T> = readonly [T, T, T, T];

function addFour(
  sum: Float64Array,
  [a, b, c, d]: Four<Float32Array>,
  [p, q, r, s]: Four<number>,
): void {
  for (let i = 0; i < sum.length; i++) {
    sum[i]! += p * a[i]! + q * b[i]! + (r * c[i]! + s * d[i]!);
  }
}
