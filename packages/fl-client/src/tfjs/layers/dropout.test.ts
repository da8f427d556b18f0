import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { layerUnderTest, useCpu } from "../../../test/layer-check.js";
import { seededRandom } from "../../seeded-random.js";
import { dropout } from "./dropout.js";

beforeAll(useCpu);

const x = (): tf.Tensor => tf.ones([100, 100]);

it("drops a share, and scales what is left, so that the mean stays", () => {
  const values = [...layerUnderTest(dropout(0.25)).forward(x()).dataSync()];
  const kept = values.filter((value) => value !== 0);
  // 10,000 draws: 5 standard deviations are 0.022.
  expect(Math.abs(kept.length / 10_000 - 0.75)).toBeLessThan(0.022);
  expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.75)]));
});

it("drops the same for the same seed, and other numbers for another", () => {
  const layer = layerUnderTest(dropout(0.5));
  const by = (seed: number): number[] => [
    ...layer.forward(x(), { random: seededRandom(seed) }).dataSync(),
  ];
  expect(by(1)).toEqual(by(1));
  expect(by(1)).not.toEqual(by(2));
});

it("has a gradient where it didn't drop", () => {
  const layer = layerUnderTest(dropout(0.5));
  const random = () => ({ random: seededRandom(5) });
  const gradient = tf.grad((input) => tf.sum(layer.forward(input, random())))(x());
  expect([...gradient.dataSync()]).toEqual([...layer.forward(x(), random()).dataSync()]);
});

it("does nothing in evaluation", () => {
  const input = x();
  expect(layerUnderTest(dropout(0.5)).forward(input, { training: false })).toBe(input);
});
