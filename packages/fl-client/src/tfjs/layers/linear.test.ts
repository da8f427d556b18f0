import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { layerUnderTest, randomTensor, useCpu } from "../../../test/layer-check.js";
import { flatten } from "./flatten.js";
import { linear } from "./linear.js";

beforeAll(useCpu);

it.each([true, false])("is x · weightᵀ + bias (with one: %s)", (bias) => {
  const layer = layerUnderTest(linear({ inFeatures: 3, outFeatures: 2, bias }));
  const x = randomTensor([4, 3]);
  const [w, shift] = [layer.values("weight"), bias ? layer.values("bias") : [0, 0]];
  const rows = x.arraySync() as number[][];
  const expected = rows.flatMap((row) =>
    [0, 1].map((o) => row.reduce((sum, value, i) => sum + value * w[2 * i + o]!, shift[o]!)),
  );
  const y = [...layer.forward(x).dataSync()];
  for (const [i, value] of y.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  expect(layer.gradientError(x)).toBeLessThan(1e-3);
});

it("has the same gradient with the ReLU fused as with one after it", () => {
  const x = randomTensor([5, 3]);
  const fused = layerUnderTest(linear({ inFeatures: 3, outFeatures: 4, activation: "relu" }));
  const plain = layerUnderTest(linear({ inFeatures: 3, outFeatures: 4 }));
  const of = (forward: (x: tf.Tensor) => tf.Tensor): number[] => [
    ...tf
      .grad((input) => tf.sum(tf.square(forward(input))))(x)
      .dataSync(),
  ];
  const apart = of((input) => tf.relu(plain.forward(input)));
  for (const [i, value] of of(fused.forward).entries()) expect(value).toBeCloseTo(apart[i]!, 4);
});

it("tells a tap its input and what comes before the ReLU", () => {
  const layer = layerUnderTest(linear({ inFeatures: 3, outFeatures: 4, activation: "relu" }));
  const x = randomTensor([5, 3]);
  const { y, sites } = layer.tapped(x);
  expect(sites.map(({ site }) => site)).toEqual([{ kind: "linear", prefix: "", bias: true }]);
  expect(sites[0]!.input).toEqual([...x.dataSync()]);
  expect([...y.dataSync()]).toEqual(sites[0]!.output.map((value) => Math.max(0, value)));
  expect(Math.min(...sites[0]!.output)).toBeLessThan(0);
});

it("flattens in PyTorch's order: channels, rows, columns", () => {
  const x = tf.tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]);
  const y = layerUnderTest(flatten()).forward(x);
  expect(y.arraySync()).toEqual([[1, 3, 5, 7, 2, 4, 6, 8]]);
  expect(layerUnderTest(flatten()).gradientError(x)).toBeLessThan(1e-3);
});
