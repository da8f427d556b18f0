/**
 * Per-sample gradients of a convolution where the arrays can be written to (the wasm backend): sample by sample, so that the
 * patches of one stay in the cache.
 *
 * @module
 */
import { l2Norm } from "@dsail/dp";
import { float32View, tensorChanged } from "@dsail/tfjs-wasm-train";
import * as tf from "@tensorflow/tfjs-core";
import type { SampleGradients } from "./sample-gradients.js";
import type { TapRecord } from "./tap-recorder.js";
import type { ConvolutionGeometry } from "./unfold.js";
import { wideLayout } from "./wide-patches.js";

export function unfoldedGradients(
  name: string,
  record: TapRecord,
  geometry: ConvolutionGeometry,
): SampleGradients {
  const gradients = productsOfSamples(record, geometry);
  const { kernel, input, output } = geometry;
  return {
    name,
    squaredNorms: async () => Float64Array.from(gradients, (each) => l2Norm([viewOf(each)]) ** 2),
    weightedSum: (factors) =>
      tf.tidy(() => {
        const sum = tf.fill([input[2], ...kernel, output[2]], 0);
        addWeighted(viewOf(sum), gradients.map(viewOf), factors);
        return tf.transpose(sum, [1, 2, 0, 3]);
      }),
    dispose: () => {
      tf.dispose(gradients);
    },
  };
}

/** Of each sample (channels · kernel, output channels). */
function productsOfSamples(
  { input, outputGradient }: TapRecord,
  geometry: ConvolutionGeometry,
): tf.Tensor[] {
  const layout = wideLayout(geometry);
  const outChannels = geometry.output[2];
  return tf.tidy(() => {
    const planes = tf.fill([layout.planesSize], 0);
    const patches: tf.Tensor2D = tf.fill([layout.rows, layout.pixels], 0);
    const gradient: tf.Tensor2D = tf.fill([layout.pixels, outChannels], 0);
    const samples = input.shape[0]!;
    const [imageSize, gradientSize] = [input.size / samples, outputGradient.size / samples];
    return Array.from({ length: samples }, (_, n) => {
      // Anew for each: a product makes the heap grow, which detaches views.
      const heap = new Float32Array(viewOf(input).buffer);
      const [from, d] = [
        placeOf(input) + n * imageSize,
        placeOf(outputGradient) + n * gradientSize,
      ];
      layout.writePlanes(heap, from, placeOf(planes));
      layout.writePatches(heap, placeOf(planes), placeOf(patches));
      layout.writeGradient(heap, d, placeOf(gradient));
      tensorChanged(gradient);
      return tf.keep(tf.matMul(patches, gradient));
    });
  });
}

/** Of a tensor that is known to lie on the heap. */
function viewOf(tensor: tf.Tensor): Float32Array {
  const view = float32View(tensor);
  if (view === undefined) throw new TypeError("tensor: expected one of the wasm backend");
  return view;
}

/** In floats from the begin of the heap. */
function placeOf(tensor: tf.Tensor): number {
  return viewOf(tensor).byteOffset / 4;
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
