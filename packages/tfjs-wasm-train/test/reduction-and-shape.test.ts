import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  expectRightGradients,
  type Operation,
  relativeError,
  stockKernel,
  useTrainingKernels,
  values,
} from "./gradient-check.js";

const stockSum = stockKernel("Sum");

beforeAll(useTrainingKernels);

describe("sum and mean", () => {
  const axes: readonly (number | number[] | undefined)[] = [
    undefined,
    0,
    1,
    -1,
    [0, 1],
    [0, 2],
    [1, 2, 3],
    [3, 0],
  ];

  it.each(axes.map((axis) => [JSON.stringify(axis) ?? "all", axis] as const))(
    "over %s",
    async (_, axis) => {
      for (const shape of [
        [2, 3, 4, 8],
        [3, 2, 5, 3],
        [1, 1, 1, 4],
        // Rows in twos and in fours, which fill quads.
        [2, 3, 4, 6],
        [4, 2, 2, 7],
      ]) {
        await expectRightGradients((x) => tf.sum(x, axis), [values(shape)]);
        await expectRightGradients((x) => tf.mean(x, axis, true), [values(shape)]);
      }
    },
  );

  it("adds a million squares to six digits, which the stock kernel does not", async () => {
    const x = tf.randomNormal([1_600_000], 0, 0.01, "float32", 1);
    const total = () => tf.tidy(() => tf.sum(tf.square(x)).dataSync()[0]!);
    const expected = x
      .dataSync<"float32">()
      .reduce((sum, value) => sum + Math.fround(value * value), 0);
    expect(Math.abs(total() / expected - 1)).toBeLessThan(1e-6);
    const stock = await stockSum.run(async () => total());
    expect(Math.abs(stock / expected - 1)).toBeGreaterThan(1e-5);
    x.dispose();
  });

  it("sums int32 and empty arrays", () => {
    tf.tidy(() => {
      expect(tf.sum(tf.tensor1d([1, 2, 3], "int32")).arraySync()).toBe(6);
      expect(tf.sum(tf.zeros([0, 3])).arraySync()).toBe(0);
      expect(tf.sum(tf.zeros([0, 4]), 0).arraySync()).toEqual([0, 0, 0, 0]);
      expect(tf.sum(tf.zeros([4, 0]), 1).arraySync()).toEqual([0, 0, 0, 0]);
      expect(tf.sum(tf.scalar(5)).arraySync()).toBe(5);
    });
  });
});

describe("slice and its kin", () => {
  const operations: Readonly<Record<string, readonly [Operation, readonly (readonly number[])[]]>> =
    {
      "slice of rows": [(x) => tf.slice(x, [1], [2]), [[4, 3, 2]]],
      "slice of all axes": [(x) => tf.slice(x, [1, 0, 1, 2], [1, 2, 2, 1]), [[3, 2, 4, 3]]],
      "slice of the last": [(x) => tf.slice(x, [0, 0, 1], [-1, -1, 2]), [[3, 2, 4]]],
      "unstack 0": [(x) => tf.unstack(x, 0)[1]!, [[3, 4]]],
      "unstack -1": [(x) => tf.mul(tf.unstack(x, -1)[1]!, 2), [[3, 4]]],
      split: [(x) => tf.mul(tf.split(x, [1, 3], 1)[1]!, 3), [[2, 4, 3]]],
      stack: [
        (a, b) => tf.stack([a!, b!], 1),
        [
          [2, 3],
          [2, 3],
        ],
      ],
      concat: [
        (a, b) => tf.concat([a!, b!], -1),
        [
          [2, 3, 4],
          [2, 3, 2],
        ],
      ],
      pad: [
        (x) =>
          tf.pad(x, [
            [0, 1],
            [2, 0],
          ]),
        [[2, 3]],
      ],
      tile: [(x) => tf.tile(x, [2, 1, 3]), [[2, 3, 2]]],
      transpose: [(x) => tf.transpose(x, [2, 0, 1]), [[2, 3, 4]]],
      reverse: [(x) => tf.reverse(x, 1), [[2, 3]]],
      gather: [(x) => tf.gather(x, tf.tensor1d([2, 0, 2], "int32")), [[3, 4]]],
      "gather 1": [
        (x) =>
          tf.gather(
            x,
            tf.tensor2d(
              [
                [1, 0],
                [1, 1],
              ],
              [2, 2],
              "int32",
            ),
            1,
          ),
        [[2, 3, 2]],
      ],
      cumsum: [(x) => tf.cumsum(x, 1), [[2, 5]]],
      expandDims: [(x) => tf.expandDims(x, 1), [[2, 3]]],
    };

  it.each(Object.entries(operations))("%s", async (_, [operation, shapes]) => {
    await expectRightGradients(
      operation,
      shapes.map((shape, i) => values(shape, i + 1)),
    );
  });

  it("slices integers, booleans, strings and nothing", () => {
    tf.tidy(() => {
      expect(tf.slice(tf.tensor1d([1, 2, 3], "int32"), 1, 2).arraySync()).toEqual([2, 3]);
      const booleans = tf.tensor1d([true, false, true], "bool");
      expect(tf.slice(booleans, 1, 2).arraySync()).toEqual([0, 1]);
      expect(tf.slice(tf.tensor1d(["a", "b"]), 1, 1).arraySync()).toEqual(["b"]);
      expect(tf.slice(tf.zeros([3, 2]), [1, 0], [0, 2]).shape).toEqual([0, 2]);
    });
  });

  it("sums segments, and leaves out rows of none", () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ]);
      const ids = tf.tensor1d([2, 0, 2, -1], "int32");
      expect(tf.unsortedSegmentSum(x, ids, 3).arraySync()).toEqual([
        [3, 4],
        [0, 0],
        [6, 8],
      ]);
    });
  });
});

describe("matMul", () => {
  const sizes = [
    [1, 1, 1],
    [4, 8, 8],
    [12, 16, 24],
    [20, 6, 30],
    [17, 33, 40],
    [64, 8, 8],
  ] as const;
  const cases = sizes.flatMap((size) =>
    [0, 1, 2, 3].map((bits) => [size, (bits & 1) === 1, (bits & 2) === 2] as const),
  );

  it.each(cases)(
    "%o, transposed %s, %s",
    async ([rows, inner, columns], transposeA, transposeB) => {
      for (const batch of [[], [3], [1]]) {
        const a = transposeA ? [inner, rows] : [rows, inner];
        const b = transposeB ? [columns, inner] : [inner, columns];
        await expectRightGradients(
          (x, y) => tf.matMul(x, y!, transposeA, transposeB),
          [values([...batch, ...a]), values([...batch, ...b], 2)],
        );
      }
    },
  );
});

describe("relu and other operations of elements", () => {
  const positive = (shape: readonly number[]) => {
    const result = values(shape);
    return { ...result, values: result.values.map((value) => value + 1.5) };
  };
  const smooth: Readonly<Record<string, Operation>> = {
    exp: tf.exp,
    expm1: tf.expm1,
    log: tf.log,
    log1p: tf.log1p,
    sqrt: tf.sqrt,
    rsqrt: tf.rsqrt,
    reciprocal: tf.reciprocal,
    square: tf.square,
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    softplus: tf.softplus,
    erf: tf.erf,
    softmax: (x) => tf.softmax(x),
    logSoftmax: (x) => tf.logSoftmax(x),
    neg: tf.neg,
    pow: (x) => tf.pow(x, 3),
  };

  it.each(Object.entries(smooth))("%s", async (_, operation) => {
    await expectRightGradients(operation, [positive([3, 5])], {
      cpu: 2e-5,
      step: 1e-2,
      differences: 5e-3,
    });
  });

  const kinked: Readonly<Record<string, Operation>> = {
    relu: tf.relu,
    relu6: (x) => tf.relu6(tf.mul(x, 8)),
    leakyRelu: (x) => tf.leakyRelu(x, 0.1),
    elu: tf.elu,
    abs: tf.abs,
    clip: (x) => tf.clipByValue(x, -0.35, 0.5),
    max: (x) => tf.max(x, 1),
    min: (x) => tf.min(x, 0),
    where: (x) => tf.where(tf.greater(x, 0.1), tf.mul(x, 2), tf.neg(x)),
  };

  it.each(Object.entries(kinked))("%s", async (_, operation) => {
    await expectRightGradients(operation, [values([3, 7])], {
      cpu: 1e-5,
      step: 5e-3,
      differences: 1e-2,
    });
  });

  const pairs: Readonly<Record<string, Operation>> = {
    add: (a, b) => tf.add(a!, b!),
    sub: (a, b) => tf.sub(a!, b!),
    mul: (a, b) => tf.mul(a!, b!),
    div: (a, b) => tf.div(a!, tf.add(b!, 3)),
    maximum: (a, b) => tf.maximum(a!, b!),
    minimum: (a, b) => tf.minimum(a!, b!),
    squaredDifference: (a, b) => tf.squaredDifference(a!, b!),
    pow: (a, b) => tf.pow(tf.add(a!, 2), b!),
    addN: (a, b) => tf.addN([tf.add(a!, b!), tf.mul(a!, b!)]),
  };

  it.each(Object.entries(pairs))("%s, broadcast", async (_, operation) => {
    const inputs = [values([3, 1, 4]), values([5, 1], 3)];
    await expectRightGradients(operation, inputs, { cpu: 1e-5, step: 5e-3, differences: 1e-2 });
  });

  it("is exact at 0 and NaN", () => {
    const grad = tf.tidy(() =>
      tf
        .grad((x) => tf.relu(x))(tf.tensor1d([-1, 0, -0, 2, 3]))
        .dataSync(),
    );
    expect(relativeError(grad as Float32Array, [0, 0, 0, 1, 1])).toBe(0);
  });
});
