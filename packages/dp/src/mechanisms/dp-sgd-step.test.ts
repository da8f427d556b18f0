import { describe, expect, it } from "vitest";
import { seededRandomForTestsOnly } from "../testing.js";
import { dpSgdGradient } from "./dp-sgd-step.js";
import { privatizeSum } from "./noisy-sum.js";
import { expectedBatchSize, poissonSample } from "./poisson-sample.js";

const LENGTH = 100_000;
const options = { noiseMultiplier: 3, maxGradNorm: 0.5, expectedBatchSize: 10, sampleRate: 0.1 };

function standardDeviation(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / values.length);
}

describe("privatizeSum", () => {
  it("has noise of noiseMultiplier · maxGradNorm on the sum, then divides by the expected size", () => {
    const sum = [new Float32Array(LENGTH), new Float64Array(LENGTH)];
    const event = privatizeSum(sum, { ...options, random: seededRandomForTestsOnly(1) });
    for (const tensor of sum) {
      // 3 · 0.5 / 10; five standard errors are 1.1 %. Noise on the mean would be 1.5.
      expect(Math.abs(standardDeviation(tensor) / 0.15 - 1)).toBeLessThan(0.011);
    }
    expect(event).toEqual({
      kind: "poisson-sampled",
      sampleRate: 0.1,
      event: { kind: "gaussian", noiseMultiplier: 3 },
    });
  });

  it("has an event of sample rate 1 where all units were in", () => {
    const event = privatizeSum([], { ...options, sampleRate: 1 });
    expect(event).toEqual({
      kind: "poisson-sampled",
      sampleRate: 1,
      event: { kind: "gaussian", noiseMultiplier: 3 },
    });
  });

  it("refuses options out of range, and a sum that was not clipped", () => {
    for (const wrong of [
      { noiseMultiplier: -1 },
      { noiseMultiplier: Number.NaN },
      { maxGradNorm: 0 },
      { expectedBatchSize: 0 },
      { sampleRate: 1.1 },
    ]) {
      expect(() => privatizeSum([], { ...options, ...wrong })).toThrow(RangeError);
    }
    const sum = [Float32Array.of(1, Infinity)];
    expect(() => privatizeSum(sum, options)).toThrow(/^sum: expected finite values$/);
  });
});

describe("dpSgdGradient", () => {
  it("adds the same noise and has the same event for an empty batch", () => {
    const sizes = [LENGTH];
    const random = seededRandomForTestsOnly(2);
    const empty = dpSgdGradient([new Float32Array(0)], { ...options, batchSize: 0, sizes, random });
    expect(Math.abs(standardDeviation(empty.gradient[0]!) / 0.15 - 1)).toBeLessThan(0.011);
    expect(empty.event).toMatchObject({ kind: "poisson-sampled", sampleRate: 0.1 });
  });

  it("is the clipped mean over the expected batch where there is no noise", () => {
    const { gradient, nonFiniteSamples } = dpSgdGradient([Float32Array.of(100, 0.1, Number.NaN)], {
      ...options,
      noiseMultiplier: 0,
      batchSize: 3,
      sizes: [1],
    });
    expect(gradient[0]![0]).toBeCloseTo((0.5 + 0.1) / 10, 7);
    expect(nonFiniteSamples).toBe(1);
  });
});

describe("poissonSample", () => {
  it("takes each record by itself: sizes have the mean and variance of the binomial", () => {
    const random = seededRandomForTestsOnly(3);
    const runs = 2000;
    const sizes = Array.from({ length: runs }, () => poissonSample(200, 0.1, random).length);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / runs;
    const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / runs;
    expect(Math.abs(mean - 20)).toBeLessThan(5 * Math.sqrt(18 / runs));
    // A batch of a fixed size would have none.
    expect(Math.abs(variance / 18 - 1)).toBeLessThan(5 * Math.sqrt(2 / runs));
    expect(expectedBatchSize(200, 0.1)).toBe(20);
  });

  it("takes each record as often as another", () => {
    const random = seededRandomForTestsOnly(4);
    const counts = new Uint32Array(50);
    for (let run = 0; run < 4000; run++) {
      for (const index of poissonSample(50, 0.25, random)) counts[index]!++;
    }
    for (const count of counts) {
      expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(4000 * 0.25 * 0.75));
    }
  });

  it("may be empty or all, ascending, and comes from secure randomness unless told", () => {
    expect(poissonSample(100, 0)).toEqual(new Uint32Array(0));
    expect(poissonSample(3, 1)).toEqual(Uint32Array.of(0, 1, 2));
    expect(poissonSample(0, 0.5)).toEqual(new Uint32Array(0));
    const some = poissonSample(10_000, 0.5);
    expect(some).toEqual(some.slice().sort());
    expect(Math.abs(some.length - 5000)).toBeLessThan(400);
    expect(() => poissonSample(-1, 0.5)).toThrow(RangeError);
    expect(() => poissonSample(10, Number.NaN)).toThrow(RangeError);
  });
});
