import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { batchNormTraining, groupNorm, groupNormalize } from "../src/index.js";
import {
  expectRightGradients,
  gradientsOn,
  type Operation,
  relativeError,
  useTrainingKernels,
  values,
} from "./gradient-check.js";

beforeAll(useTrainingKernels);

const EPSILON = 1e-5;
const tolerance = { cpu: 2e-5, step: 1e-2, differences: 1e-2 };

/** Values around 1: a scale of 0 would hide mistakes. */
const scales = (channels: number) => {
  const result = values([channels], 3);
  return { ...result, values: result.values.map((value) => value + 1.5) };
};

const norm =
  (groups: number): Operation =>
  (x, scale, offset) =>
    groupNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, groups, EPSILON);
const batch: Operation = (x, scale, offset) => {
  const { y, mean, variance } = batchNormTraining(
    x!,
    scale as tf.Tensor1D,
    offset as tf.Tensor1D,
    EPSILON,
  );
  tf.dispose([mean, variance]);
  return y;
};

const shapes = [
  [3, 4, 5, 8],
  [2, 5, 3, 6],
  [1, 3, 3, 4],
  [4, 3, 2, 1],
  [5, 12],
] as const;

describe("groupNorm", () => {
  for (const shape of shapes) {
    const channels = shape.at(-1)!;
    for (const groups of [1, 2, 3, 4, channels].filter((groups) => channels % groups === 0)) {
      // One element in a group has no variance: its gradient is 0 over 0.
      if (shape.slice(1).reduce((a: number, b) => a * b, 1) === groups) continue;
      it(`of ${shape} by ${groups} groups`, async () => {
        const inputs = [values(shape), scales(channels), values([channels], 5)];
        await expectRightGradients(norm(groups), inputs, tolerance);
        await expectRightGradients(
          (x) => groupNormalize(x!, groups, EPSILON),
          [values(shape)],
          tolerance,
        );
      });
    }
  }

  it("has the mean and variance of a large offset right", async () => {
    const x = values([2, 16, 16, 8]);
    const shifted = { ...x, values: x.values.map((value) => value + 1000) };
    const { y } = await gradientsOn("wasm", (x) => groupNormalize(x!, 2, EPSILON), [shifted]);
    const expected = await gradientsOn("wasm", (x) => groupNormalize(x!, 2, EPSILON), [x]);
    // float32 leaves 1000 + x four digits of x.
    expect(relativeError(y.values, expected.y.values)).toBeLessThan(2e-4);
  });

  it("takes an empty batch", async () => {
    const inputs = [values([0, 3, 3, 4]), scales(4), values([4], 5)];
    const { y, gradients } = await gradientsOn("wasm", norm(2), inputs);
    expect(y.shape).toEqual([0, 3, 3, 4]);
    expect(gradients[1]).toEqual(new Float32Array(4));
    expect(gradients[2]).toEqual(new Float32Array(4));
  });

  it("refuses groups that do not divide the channels, and parameters of another size", () => {
    tf.tidy(() => {
      const x = tf.zeros([1, 2, 2, 6]);
      expect(() => groupNormalize(x, 4, EPSILON)).toThrow("groups: expected a divisor of 6");
      expect(() => groupNorm(x, tf.zeros([5]), tf.zeros([6]), 3, EPSILON)).toThrow("expected [6]");
    });
  });
});

describe("batchNormTraining", () => {
  it.each(shapes.map((shape) => [shape]))("of %o", async (shape) => {
    const channels = shape.at(-1)!;
    const inputs = [values(shape), scales(channels), values([channels], 5)];
    await expectRightGradients(batch, inputs, tolerance);
  });

  it.each(["wasm", "cpu"])(
    "gives the batch's statistics on %s, and leaks nothing",
    async (backend) => {
      await tf.setBackend(backend);
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const x = tf.tensor2d([
          [1, 10],
          [3, 20],
        ]);
        const { mean, variance } = batchNormTraining(x, tf.ones([2]), tf.zeros([2]), EPSILON);
        expect(mean.arraySync()).toEqual([2, 15]);
        expect(variance.arraySync()).toEqual([1, 25]);
      });
      expect(tf.memory().numTensors).toBe(before);
      await tf.setBackend("wasm");
    },
  );
});
