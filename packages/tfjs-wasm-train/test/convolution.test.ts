import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  expectRightGradients,
  gradientsOn,
  relativeError,
  useTrainingKernels,
  values,
} from "./gradient-check.js";

beforeAll(useTrainingKernels);

type Padding = "same" | "valid" | number | tf.backend_util.ExplicitPadding;

interface Case {
  readonly x: readonly [number, number, number, number];
  /** Height, width, and outputs (or, depthwise, the multiplier). */
  readonly filter: readonly [number, number, number];
  readonly strides: number | [number, number];
  readonly pad: Padding;
}

const asymmetric: Padding = [
  [0, 0],
  [0, 2],
  [1, 0],
  [0, 0],
];

const cases: readonly Case[] = [
  { x: [2, 5, 6, 3], filter: [3, 3, 4], strides: 1, pad: "same" },
  { x: [2, 5, 6, 3], filter: [3, 3, 4], strides: 1, pad: "valid" },
  { x: [3, 7, 5, 2], filter: [3, 3, 5], strides: 2, pad: 1 },
  { x: [2, 8, 8, 4], filter: [3, 3, 4], strides: 2, pad: "same" },
  { x: [2, 8, 8, 8], filter: [3, 3, 8], strides: 1, pad: 1 },
  { x: [1, 9, 12, 8], filter: [3, 3, 16], strides: 1, pad: 1 },
  { x: [4, 6, 6, 8], filter: [3, 3, 4], strides: 1, pad: "same" },
  { x: [2, 7, 9, 4], filter: [3, 3, 12], strides: 1, pad: "valid" },
  { x: [1, 9, 7, 1], filter: [5, 5, 1], strides: 1, pad: 2 },
  { x: [2, 9, 7, 1], filter: [5, 3, 2], strides: [2, 1], pad: "same" },
  { x: [2, 12, 11, 3], filter: [7, 7, 2], strides: 2, pad: 3 },
  { x: [2, 6, 5, 3], filter: [3, 2, 4], strides: 1, pad: asymmetric },
  { x: [2, 9, 8, 3], filter: [3, 3, 2], strides: 2, pad: asymmetric },
  { x: [2, 10, 9, 2], filter: [3, 3, 2], strides: 3, pad: 1 },
  { x: [2, 9, 9, 2], filter: [2, 2, 2], strides: 3, pad: "valid" },
  { x: [2, 4, 5, 3], filter: [1, 1, 4], strides: 1, pad: "valid" },
  { x: [3, 7, 6, 3], filter: [1, 1, 5], strides: 2, pad: 0 },
  { x: [3, 7, 6, 3], filter: [1, 1, 5], strides: 2, pad: "same" },
  { x: [2, 5, 5, 2], filter: [1, 1, 2], strides: 1, pad: 1 },
  { x: [2, 4, 4, 2], filter: [1, 4, 2], strides: 1, pad: "valid" },
  { x: [2, 4, 4, 2], filter: [4, 4, 3], strides: 1, pad: "valid" },
  { x: [1, 3, 3, 2], filter: [2, 2, 3], strides: 1, pad: 2 },
  // Of one channel, with rows of the output in fours.
  { x: [2, 6, 8, 1], filter: [3, 3, 8], strides: 1, pad: "same" },
  { x: [3, 7, 12, 1], filter: [3, 5, 6], strides: 1, pad: "valid" },
  { x: [2, 6, 5, 1], filter: [3, 3, 11], strides: 1, pad: asymmetric },
  { x: [2, 2, 2, 1], filter: [3, 3, 2], strides: 1, pad: 2 },
  // More images than are multiplied at once where the border would cost more than the rest.
  { x: [6, 9, 9, 3], filter: [4, 4, 6], strides: 1, pad: "valid" },
  { x: [5, 6, 6, 8], filter: [5, 5, 24], strides: 1, pad: "valid" },
];

const nameOf = ({ x, filter, strides, pad }: Case) =>
  `x ${x}, filter ${filter}, stride ${strides}, pad ${JSON.stringify(pad)}`;

describe("fused.conv2d", () => {
  it.each(["linear", "relu"] as const)("with a bias and %s, of one channel", async (activation) => {
    const [x, filter, bias] = [values([3, 6, 8, 1]), values([3, 3, 1, 6]), values([6])];
    const run = async (backend: string): Promise<Float32Array> => {
      await tf.setBackend(backend);
      return tf.tidy(() => {
        const y = tf.fused.conv2d({
          x: tf.tensor4d(x.values, [3, 6, 8, 1]),
          filter: tf.tensor4d(filter.values, [3, 3, 1, 6]),
          bias: tf.tensor1d(bias.values),
          strides: 1,
          pad: "same",
          activation,
        });
        return y.dataSync<"float32">().slice();
      });
    };
    const reference = await run("cpu");
    const actual = await run("wasm");
    expect(relativeError(actual, reference)).toBeLessThan(1e-6);
    expect(actual.some((value) => value < 0)).toBe(activation === "linear");
  });

  it("keeps what is not a number, which a step with privacy has to find", () => {
    const y = tf.tidy(() => {
      const x = tf.fill([1, 4, 4, 1], Number.NaN) as tf.Tensor4D;
      const filter = tf.ones([1, 1, 1, 8]) as tf.Tensor4D;
      const bias = tf.zeros([8]);
      const activation = "relu";
      return tf.fused.conv2d({ x, filter, strides: 1, pad: "same", activation, bias }).dataSync();
    });
    expect(y.every(Number.isNaN)).toBe(true);
  });
});

describe("conv2d", () => {
  it.each(cases.map((c) => [nameOf(c), c] as const))("%s", async (_, c) => {
    const [height, width, outputs] = c.filter;
    await expectRightGradients(
      (x, filter) =>
        tf.conv2d(
          x as tf.Tensor4D,
          filter as tf.Tensor4D,
          c.strides,
          c.pad,
          "NHWC",
          [1, 1],
          typeof c.pad === "string" ? undefined : "floor",
        ),
      [values(c.x), values([height, width, c.x[3], outputs], 2)],
    );
  });

  it("gives zeros for the filter of an empty batch", async () => {
    const { y, gradients } = await gradientsOn(
      "wasm",
      (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"),
      [values([0, 5, 5, 2]), values([3, 3, 2, 4])],
    );
    expect(y.shape).toEqual([0, 5, 5, 4]);
    expect(gradients[0]).toHaveLength(0);
    expect(gradients[1]).toEqual(new Float32Array(3 * 3 * 2 * 4));
  });

  it("takes a changed filter, and not what the backend kept of the old one", async () => {
    await tf.setBackend("wasm");
    const { float32View, tensorChanged } = await import("../src/index.js");
    const x = tf.ones([1, 3, 3, 1]);
    const filter = tf.ones([3, 3, 1, 1]);
    const convolve = () =>
      tf.tidy(() => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "valid").dataSync()[0]);
    expect(convolve()).toBe(9);
    float32View(filter)?.fill(2);
    tensorChanged(filter);
    expect(convolve()).toBe(18);
    tf.dispose([x, filter]);
  });
});

describe("depthwiseConv2d", () => {
  it.each(cases.map((c) => [nameOf(c), c] as const))("%s", async (_, c) => {
    const [height, width, outputs] = c.filter;
    const multiplier = outputs % 3 === 0 ? 3 : outputs % 2 === 0 ? 1 : 2;
    await expectRightGradients(
      (x, filter) =>
        tf.depthwiseConv2d(
          x as tf.Tensor4D,
          filter as tf.Tensor4D,
          c.strides,
          c.pad,
          "NHWC",
          [1, 1],
          typeof c.pad === "string" ? undefined : "floor",
        ),
      [values(c.x), values([height, width, c.x[3], multiplier], 2)],
    );
  });

  it("gives zeros for the filter of an empty batch", async () => {
    const { gradients } = await gradientsOn(
      "wasm",
      (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"),
      [values([0, 5, 5, 2]), values([3, 3, 2, 1])],
    );
    expect(relativeError(gradients[1]!, new Float32Array(18))).toBe(0);
  });
});
