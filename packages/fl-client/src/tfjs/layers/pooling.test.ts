import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { layerUnderTest, randomTensor, useCpu } from "../../../test/layer-check.js";
import { relu, relu6 } from "./activations.js";
import type { Module } from "./module.js";
import { avgPool2d, globalAvgPool, globalConcatPool, maxPool2d } from "./pooling.js";

beforeAll(useCpu);

/** All values but 0 and their multiples of 1/size, in random order: no two are as large. */
function distinct(shape: number[]): tf.Tensor {
  const order = [...randomTensor(shape).dataSync()];
  const ranks = [...order].sort((a, b) => a - b);
  return tf.tensor(
    order.map((value) => ranks.indexOf(value) / 10 - 3.05),
    shape,
  );
}

/** PyTorch's definition over one channel's windows. */
function pooled(
  x: tf.Tensor,
  { kernel, stride, padding }: { kernel: number; stride: number; padding: number },
  reduce: (values: number[]) => number,
): number[] {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const values = x.arraySync() as number[][][][];
  const [rows, columns] = [height, width].map(
    (size) => Math.floor((size + 2 * padding - kernel) / stride) + 1,
  ) as [number, number];
  const result: number[] = [];
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        for (let c = 0; c < channels; c++) {
          const window: number[] = [];
          for (let a = 0; a < kernel; a++) {
            for (let b = 0; b < kernel; b++) {
              const pixel = values[n]![i * stride + a - padding]?.[j * stride + b - padding];
              if (pixel !== undefined) window.push(pixel[c]!);
            }
          }
          result.push(reduce(window));
        }
      }
    }
  }
  return result;
}

const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

function check(module: Module, x: tf.Tensor, expected: readonly number[]): void {
  const layer = layerUnderTest(module);
  const y = [...layer.forward(x).dataSync()];
  expect(y.length).toBe(expected.length);
  for (const [i, value] of y.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  expect(layer.gradientError(x)).toBeLessThan(1e-2);
}

it.each([
  { kernel: 2, stride: 2, padding: 0 },
  { kernel: 3, stride: 2, padding: 1 },
  { kernel: 3, stride: 1, padding: 1 },
  { kernel: 2, stride: 1, padding: 0 },
])(
  "takes the maximum of windows, of negative numbers too: $kernel, $stride, $padding",
  (window) => {
    const x = distinct([2, 5, 4, 2]);
    check(
      maxPool2d(window),
      x,
      pooled(x, window, (values) => Math.max(...values)),
    );
  },
);

it.each([
  { kernel: 2, stride: 2 },
  { kernel: 3, stride: 2 },
])("takes the mean of windows: $kernel, $stride", (window) => {
  const x = distinct([2, 5, 4, 2]);
  check(avgPool2d(window), x, pooled(x, { ...window, padding: 0 }, mean));
});

it("takes the mean of each channel, or its maximum and then its mean", () => {
  const x = distinct([2, 3, 4, 2]);
  const values = x.arraySync() as number[][][][];
  const channels = values.map((image) =>
    [0, 1].map((c) => image.flatMap((row) => row.map((pixel) => pixel[c]!))),
  );
  const means = channels.map((image) => image.map(mean));
  check(globalAvgPool(), x, means.flat());
  check(
    globalConcatPool(),
    x,
    channels.flatMap((image, n) => [...image.map((c) => Math.max(...c)), ...means[n]!]),
  );
});

it("cuts below 0, and above 6", () => {
  const x = tf.tensor([-1, 0.5, 5.5, 7], [1, 4]);
  check(relu(), x, [0, 0.5, 5.5, 7]);
  check(relu6(), x, [0, 0.5, 5.5, 6]);
});
