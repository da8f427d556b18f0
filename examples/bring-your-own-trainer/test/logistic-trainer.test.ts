import { expect, it } from "vitest";
import { EVERYBODY, makePatients } from "../hospital-data.ts";
import {
  accuracyOf,
  gradientOf,
  logisticTrainer,
  lossOf,
  toModel,
  toParameters,
} from "../logistic-trainer.ts";

const examples = makePatients(EVERYBODY, 50, 3);
const context = {
  signal: new AbortController().signal,
  round: 1,
  onProgress: () => undefined,
} as const;

it("has the gradient of its loss", () => {
  const model = Float64Array.of(0.3, -0.2, 0.9, 0.1, -0.4);
  const step = 1e-6;
  const expected = Array.from(model, (value, i) => {
    const [less, more] = [value - step, value + step].map((moved) => model.with(i, moved));
    return (lossOf(more!, examples) - lossOf(less!, examples)) / (2 * step);
  });
  gradientOf(model, examples).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 8);
  });
});

it("does not overflow where it is sure, and wrong", () => {
  expect(lossOf(Float64Array.of(1, 0), { features: [[-2000]], labels: [1] })).toBe(2000);
});

it("learns, and leaves the parameters that it was given as they were", async () => {
  const given = toParameters(new Float64Array(5));
  const trainer = logisticTrainer({ train: examples, valid: examples });
  const { parameters, numExamples } = await trainer.fit(given, {}, context);
  expect(toModel(given)).toEqual(new Float64Array(5));
  expect(numExamples).toBe(50);
  expect(parameters.map(({ name, shape }) => [name, shape])).toEqual([
    ["weights", [4]],
    ["bias", [1]],
  ]);
  expect(lossOf(toModel(parameters), examples)).toBeLessThan(0.6 * Math.log(2));
  expect(accuracyOf(toModel(parameters), examples)).toBeGreaterThan(0.8);
});

it("stays nearer to the model of all where the server asks for that", async () => {
  const given = toParameters(new Float64Array(5));
  const trainer = logisticTrainer({ train: examples, valid: examples });
  const lengths = [];
  for (const config of [{}, { proximal_mu: 1 }]) {
    const { parameters } = await trainer.fit(given, config, context);
    lengths.push(Math.hypot(...toModel(parameters)));
  }
  expect(lengths[1]).toBeLessThan(0.8 * lengths[0]!);
});
