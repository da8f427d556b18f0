/** The loops in JavaScript that run where the engine has no SIMD. */
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { groupNorm, sgdStep } from "../src/index.js";
import { simdOf } from "../src/simd/simd-module.js";
import { expectRightGradients, useTrainingKernels, values } from "./gradient-check.js";

type Holder = { [key: symbol]: unknown };

const SIMD = Symbol.for("@dsail/tfjs-wasm-train/simd");
const backend = () => tf.backend() as unknown as Parameters<typeof simdOf>[0];
const holder = () => backend().wasm as unknown as Holder;
let kept: unknown;

beforeAll(async () => {
  await useTrainingKernels();
  kept = simdOf(backend());
  holder()[SIMD] = false;
  expect(simdOf(backend())).toBeUndefined();
});

afterAll(() => {
  holder()[SIMD] = kept;
});

it.each([
  [[3, 6, 7, 4], [3, 3, 4, 8], 1, 1],
  [[2, 6, 7, 3], [3, 3, 3, 5], 2, 1],
  [[4, 5, 5, 8], [1, 1, 8, 3], 2, 0],
] as const)("convolves %o by %o, stride %d", async (x, filter, stride, pad) => {
  await expectRightGradients(
    (x, filter) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad, "NHWC", 1, "floor"),
    [values(x), values(filter, 2)],
  );
  await expectRightGradients(
    (x, filter) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad, "NHWC", 1, "floor"),
    [values(x), values([...filter.slice(0, 3), 1], 2)],
  );
});

it.each([
  [false, true],
  [true, false],
  [true, true],
])("multiplies matrices, transposed %s, %s", async (transposeA, transposeB) => {
  await expectRightGradients(
    (a, b) => tf.matMul(a!, b!, transposeA, transposeB),
    [
      values([2, ...(transposeA ? [40, 36] : [36, 40])]),
      values([2, ...(transposeB ? [24, 40] : [40, 24])], 2),
    ],
  );
});

it("pools, sums, normalizes, and steps", async () => {
  const shape = [2, 4, 6, 8];
  await expectRightGradients(
    (x) => tf.relu(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")),
    [values(shape)],
    { step: 4e-4, differences: 1e-2 },
  );
  await expectRightGradients((x) => tf.sum(x!, [0, 1, 2]), [values(shape)]);
  await expectRightGradients(
    (x, scale, offset) => groupNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, 2, 1e-5),
    [values(shape), values([8], 3), values([8], 5)],
    { cpu: 2e-5, step: 1e-2, differences: 1e-2 },
  );
  const parameter = tf.variable(tf.ones([5]));
  const gradient = tf.ones([5]);
  sgdStep({ parameter, gradient, learningRate: 0.25 });
  expect(parameter.dataSync()).toEqual(new Float32Array(5).fill(0.75));
  tf.dispose([parameter, gradient]);
});
