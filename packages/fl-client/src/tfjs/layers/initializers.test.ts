import { expect, it } from "vitest";
import { seededRandom } from "../../seeded-random.js";
import { conv2d } from "./conv2d.js";
import { kaimingNormal, uniformOfFanIn } from "./initializers.js";
import { residualConv2d } from "./residual-block.js";

function draw(initialize: (values: Float32Array, random: ReturnType<typeof seededRandom>) => void) {
  const values = new Float32Array(40_000);
  initialize(values, seededRandom(1));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { values, mean, variance };
}

it("draws uniformly within 1 / √fan-in", () => {
  const { values, mean, variance } = draw(uniformOfFanIn(25));
  expect(Math.max(...values)).toBeLessThanOrEqual(0.2);
  expect(Math.max(...values)).toBeGreaterThan(0.199);
  expect(Math.min(...values)).toBeLessThan(-0.199);
  expect(mean).toBeCloseTo(0, 2);
  expect(variance / (0.2 ** 2 / 3)).toBeCloseTo(1, 1);
});

it("draws normal numbers of variance 2 / fan", () => {
  const { values, mean, variance } = draw(kaimingNormal(50));
  expect(mean).toBeCloseTo(0, 2);
  expect(variance / 0.04).toBeCloseTo(1, 1);
  const beyond = values.filter((value) => Math.abs(value) > 2 * 0.2).length;
  expect(beyond / values.length).toBeCloseTo(0.0455, 2);
});

it("takes fan-in from the inputs of an output, and fan-out from the outputs of an input", () => {
  const byFanIn = draw(conv2d({ inChannels: 4, outChannels: 9, kernel: 5 }).state[0]!.initialize);
  expect(Math.max(...byFanIn.values)).toBeCloseTo(0.1, 3);
  const options = { inChannels: 7, outChannels: 8, kernel: 5, stride: 1 };
  const byFanOut = draw(residualConv2d(options).state[0]!.initialize);
  expect(byFanOut.variance / 0.01).toBeCloseTo(1, 1);
});
