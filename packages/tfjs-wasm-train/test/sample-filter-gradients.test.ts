import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { simdOf } from "../src/simd/simd-module.js";
import { relativeError, useTrainingKernels, values } from "./gradient-check.js";

beforeAll(useTrainingKernels);

const backend = () => tf.backend() as unknown as Parameters<typeof simdOf>[0];
const SIMD = Symbol.for("@dsail/tfjs-wasm-train/simd");

function withoutSimd<T>(run: () => T): T {
  const holder = backend().wasm as unknown as { [key: symbol]: unknown };
  const kept = simdOf(backend());
  holder[SIMD] = false;
  try {
    return run();
  } finally {
    holder[SIMD] = kept;
  }
}

const cases = [
  { x: [3, 8, 9, 1], filter: [3, 3, 1, 6], stride: 1, padding: 1 },
  { x: [5, 7, 6, 4], filter: [3, 3, 4, 8], stride: 1, padding: 0 },
  { x: [2, 9, 8, 3], filter: [5, 3, 3, 5], stride: 2, padding: 2 },
  { x: [4, 6, 6, 8], filter: [1, 1, 8, 8], stride: 2, padding: 0 },
] as const;

it.each(cases)("of each sample alone: $x by $filter", ({ x: xShape, filter, stride, padding }) => {
  const entries = tf.backend().numDataIds();
  tf.tidy(() => {
    const sides: [number, number] = [padding, padding];
    const pad: [number, number][] = [[0, 0], sides, sides, [0, 0]];
    const attributes = {
      strides: [stride, stride],
      pad,
      dataFormat: "NHWC",
      filterShape: [...filter],
    };
    const x = tf.tensor(values(xShape).values, [...xShape]);
    const [height, width] = [0, 1].map(
      (i) => Math.floor((xShape[1 + i]! + 2 * padding - filter[i]!) / stride) + 1,
    );
    const dyShape = [xShape[0], height!, width!, filter[3]];
    const dy = tf.tensor(values(dyShape, 3).values, dyShape);
    const run = (kernel: string, inputs: { x: tf.Tensor; dy: tf.Tensor }) =>
      tf.engine().runKernel(kernel, inputs, attributes) as tf.Tensor;
    const all = () => run("TrainSampleFilterGradients", { x, dy });
    const gradients = tf.unstack(dy);
    const alone = tf.unstack(x).map((image, n) => {
      const sample = { x: tf.expandDims(image, 0), dy: tf.expandDims(gradients[n]!, 0) };
      return run("Conv2DBackpropFilter", sample);
    });
    const expected = tf.stack(alone);
    for (const actual of [all(), withoutSimd(all)]) {
      expect(actual.shape).toEqual(expected.shape);
      const [a, b] = [actual, expected].map((each) => each.dataSync<"float32">());
      expect(relativeError(a!, b!)).toBeLessThan(1e-6);
    }
  });
  expect(tf.backend().numDataIds()).toBe(entries);
});
