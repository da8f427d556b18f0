import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  expectRightGradients,
  gradientsOn,
  relativeError,
  stockKernel,
  useTrainingKernels,
  values,
} from "./gradient-check.js";

const stockMaxPoolGrad = stockKernel("MaxPoolGrad");

beforeAll(useTrainingKernels);

type Padding = "same" | "valid" | number | tf.backend_util.ExplicitPadding;

const asymmetric: Padding = [
  [0, 0],
  [0, 1],
  [1, 0],
  [0, 0],
];

const cases = [
  { x: [2, 6, 8, 8], size: 2, stride: 2, pad: "valid" },
  { x: [2, 6, 8, 6], size: 2, stride: 2, pad: "valid" },
  { x: [1, 7, 9, 1], size: 2, stride: 2, pad: "same" },
  { x: [2, 7, 6, 4], size: 3, stride: 2, pad: 1 },
  { x: [2, 7, 6, 5], size: 3, stride: 2, pad: 1 },
  { x: [2, 5, 5, 3], size: 3, stride: 1, pad: "same" },
  { x: [3, 6, 5, 7], size: 2, stride: 1, pad: asymmetric },
  { x: [2, 8, 8, 2], size: 2, stride: 3, pad: "valid" },
] as const satisfies readonly {
  x: readonly [number, number, number, number];
  size: number;
  stride: number;
  pad: Padding;
}[];

type Case = (typeof cases)[number];

const nameOf = ({ x, size, stride, pad }: Case) =>
  `x ${x}, size ${size}, stride ${stride}, pad ${JSON.stringify(pad)}`;
const rounding = (pad: Padding) => (typeof pad === "string" ? undefined : "floor");

/** All below 0, where the stock kernel fails. */
const negative = (shape: readonly number[]) => {
  const result = values(shape);
  return { ...result, values: result.values.map((value) => value - 2) };
};

describe("maxPool", () => {
  const pool = (c: Case) => (x: tf.Tensor) =>
    tf.maxPool(
      x as tf.Tensor4D,
      c.size,
      c.stride,
      c.pad as Exclude<Padding, "same"> | "same",
      rounding(c.pad),
    );

  it.each(cases.map((c) => [nameOf(c), c] as const))("%s", async (_, c) => {
    // A step smaller than half of what two values differ by moves no maximum.
    const step = 0.4 / tf.util.sizeFromShape([...c.x]);
    await expectRightGradients(pool(c), [values(c.x)], { step, differences: 5e-3 });
    await expectRightGradients(pool(c), [negative(c.x)], { step, differences: 5e-3 });
  });

  it("is wrong by the stock kernel where the maximum is negative", async () => {
    const c = cases[0];
    const expected = await gradientsOn("cpu", pool(c), [negative(c.x)]);
    const stock = await stockMaxPoolGrad.run(() => gradientsOn("wasm", pool(c), [negative(c.x)]));
    expect(relativeError(stock.gradients[0]!, expected.gradients[0]!)).toBeGreaterThan(0.1);
  });

  it("gives the gradient to the first of equal maxima", async () => {
    const ones = { shape: [1, 2, 2, 5], values: new Float32Array(20).fill(1) };
    const { gradients } = await gradientsOn(
      "wasm",
      (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
      [ones],
    );
    const dy = [...values([1, 1, 1, 5], 7).values];
    expect([...gradients[0]!]).toEqual([...dy, ...new Array(15).fill(0)]);
  });

  it("takes an empty batch", async () => {
    const { gradients } = await gradientsOn(
      "wasm",
      (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
      [values([0, 4, 4, 4])],
    );
    expect(gradients[0]).toHaveLength(0);
  });
});

describe("avgPool", () => {
  it.each(cases.map((c) => [nameOf(c), c] as const))("%s", async (_, c) => {
    await expectRightGradients(
      (x) =>
        tf.avgPool(
          x as tf.Tensor4D,
          c.size,
          c.stride,
          c.pad as Exclude<Padding, "same"> | "same",
          rounding(c.pad),
        ),
      [values(c.x)],
      // The cpu backend divides by the whole window at padded borders, against its own forward pass.
      { compareWithCpu: c.pad === "valid" },
    );
  });
});
