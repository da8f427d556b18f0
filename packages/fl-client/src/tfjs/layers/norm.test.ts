import type * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { layerUnderTest, randomTensor, useCpu } from "../../../test/layer-check.js";
import { batchNorm } from "./batch-norm.js";
import { groupNorm } from "./group-norm.js";
import { groupsOf, norm } from "./norm.js";

beforeAll(useCpu);

const EPSILON = 1e-5;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
}

/** Of the last dimension. */
function channelOf(x: tf.Tensor, channel: number): number[] {
  const channels = x.shape.at(-1)!;
  return [...x.dataSync()].filter((_, i) => i % channels === channel);
}

describe.each([[[4, 3, 2, 3]], [[6, 3]]])("a batch norm of %j", (shape) => {
  it("normalizes by the batch, and its running statistics go on by a tenth", () => {
    const x = randomTensor(shape);
    const layer = layerUnderTest(batchNorm({ channels: 3 }));
    const y = layer.forward(x);
    const count = x.size / 3;
    for (const c of [0, 1, 2]) {
      const values = channelOf(x, c);
      const [mean, variance] = [meanOf(values), varianceOf(values)];
      const [scale, shift] = [layer.values("weight")[c]!, layer.values("bias")[c]!];
      expectClose(
        channelOf(y, c),
        values.map((value) => ((value - mean) / Math.sqrt(variance + EPSILON)) * scale + shift),
      );
      expect(layer.values("running_mean")[c]).toBeCloseTo(0.1 * mean, 5);
      const unbiased = (variance * count) / (count - 1);
      expect(layer.values("running_var")[c]).toBeCloseTo(0.9 + 0.1 * unbiased, 5);
    }
    expect(layer.values("num_batches_tracked")).toEqual([1]);
    expect(layer.state.get("num_batches_tracked")!.dtype).toBe("int32");
    expect(layer.gradientError(x)).toBeLessThan(5e-3);
  });

  it("normalizes by its running statistics in evaluation, and leaves them", () => {
    const x = randomTensor(shape);
    const layer = layerUnderTest(batchNorm({ channels: 3 }));
    layer.forward(x);
    const [mean, variance] = [layer.values("running_mean"), layer.values("running_var")];
    const y = layer.forward(x, { training: false });
    for (const c of [0, 1, 2]) {
      const factor = layer.values("weight")[c]! / Math.sqrt(variance[c]! + EPSILON);
      expectClose(
        channelOf(y, c),
        channelOf(x, c).map((value) => (value - mean[c]!) * factor + layer.values("bias")[c]!),
      );
    }
    expect(layer.values("running_mean")).toEqual(mean);
    expect(layer.values("num_batches_tracked")).toEqual([1]);
  });
});

describe("a batch norm", () => {
  it("is refused under a tap, and with one number a channel", () => {
    const layer = layerUnderTest(batchNorm({ channels: 3 }));
    expect(() => layer.tapped(randomTensor([2, 3]))).toThrow(RangeError);
    expect(() => layer.tapped(randomTensor([2, 3]))).toThrow(/mixes the samples of a batch/);
    expect(() => layer.forward(randomTensor([1, 3]))).toThrow(RangeError);
    expect(layer.forward(randomTensor([1, 3]), { training: false }).shape).toEqual([1, 3]);
  });

  it("has the arrays of PyTorch", () => {
    expect(norm(8, "batch").state.map(({ name, dtype }) => `${name} ${dtype}`)).toEqual([
      "weight float32",
      "bias float32",
      "running_mean float32",
      "running_var float32",
      "num_batches_tracked int64",
    ]);
  });
});

describe.each([[[2, 3, 2, 4]], [[3, 4]]])("a group norm of %j", (shape) => {
  it("normalizes each sample by groups of channels; a tap sees x̂", () => {
    const x = randomTensor(shape);
    const layer = layerUnderTest(groupNorm({ channels: 4, groups: 2 }));
    const [values, size] = [[...x.dataSync()], x.size / x.shape[0]!];
    const groupAt = (i: number): string => `${Math.floor(i / size)} ${Math.floor((i % 4) / 2)}`;
    const normalized = values.map((value, i) => {
      const group = values.filter((_, j) => groupAt(i) === groupAt(j));
      return (value - meanOf(group)) / Math.sqrt(varianceOf(group) + EPSILON);
    });
    const [scale, shift] = [layer.values("weight"), layer.values("bias")];
    const expected = normalized.map((value, i) => value * scale[i % 4]! + shift[i % 4]!);
    expectClose([...layer.forward(x).dataSync()], expected);
    const { y, sites } = layer.tapped(x);
    expectClose([...y.dataSync()], expected);
    expect(sites.map(({ site }) => site)).toEqual([{ kind: "norm", prefix: "", bias: true }]);
    expectClose(sites[0]!.input, normalized);
    expect(sites[0]!.inputShape).toEqual(shape);
    expect(layer.gradientError(x)).toBeLessThan(5e-3);
  });
});

it("takes min(32, C) groups, or the next fewer that divide C", () => {
  expect([3, 16, 32, 64, 512, 24, 144, 36, 37].map(groupsOf)).toEqual([
    3, 16, 32, 32, 32, 24, 24, 18, 1,
  ]);
  expect(norm(64, "group").state.map(({ name }) => name)).toEqual(["weight", "bias"]);
});
