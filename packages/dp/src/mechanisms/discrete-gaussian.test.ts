import { describe, expect, it } from "vitest";
import { chiSquare } from "../../test/distribution.js";
import { seededRandomForTestsOnly } from "../testing.js";
import { sampleDiscreteGaussian } from "./discrete-gaussian.js";
import { addDiscreteGaussianNoise, latticeSensitivity } from "./discrete-gaussian-noise.js";

/** exp(-x² / 2σ²) over its sum, in bins from -`edge` to `edge`, the outer ones with the tails. */
function expectedCounts(sigmaSquared: number, edge: number, count: number): number[] {
  const weights = new Map<number, number>();
  let total = 0;
  for (let x = -20 * edge; x <= 20 * edge; x++) {
    const weight = Math.exp((-x * x) / (2 * sigmaSquared));
    const bin = Math.max(-edge, Math.min(edge, x));
    weights.set(bin, (weights.get(bin) ?? 0) + weight);
    total += weight;
  }
  return [...weights.values()].map((weight) => (weight / total) * count);
}

function countsOf(numerator: bigint, denominator: bigint, edge: number, count: number): number[] {
  const random = seededRandomForTestsOnly(7);
  const counts = Array.from({ length: 2 * edge + 1 }, () => 0);
  for (let i = 0; i < count; i++) {
    const x = Number(sampleDiscreteGaussian({ numerator, denominator }, random));
    counts[Math.max(-edge, Math.min(edge, x)) + edge]!++;
  }
  return counts;
}

describe("sampleDiscreteGaussian", () => {
  it.each([
    [9n, 4n, 4],
    [1n, 3n, 2],
    [100n, 1n, 25],
    // A fraction of two long integers, as a float64 squared is.
    [2n ** 104n + 12_345n, 2n ** 103n, 4],
  ])("has the probabilities of σ² = %i/%i", (numerator, denominator, edge) => {
    const count = 30_000;
    const sigmaSquared = Number((numerator * 1_000_000n) / denominator) / 1e6;
    const counts = countsOf(numerator, denominator, edge, count);
    const right = chiSquare(counts, expectedCounts(sigmaSquared, edge, count));
    expect(right.statistic).toBeLessThan(right.limit);
    const wrong = chiSquare(counts, expectedCounts(sigmaSquared * 1.1, edge, count));
    expect(wrong.statistic).toBeGreaterThan(wrong.limit);
  });

  it("refuses a fraction that is no variance", () => {
    for (const [numerator, denominator] of [
      [0n, 1n],
      [-1n, 1n],
      [1n, 0n],
      [2n ** 81n, 1n],
    ] as const) {
      expect(() => sampleDiscreteGaussian({ numerator, denominator })).toThrow(RangeError);
    }
  });
});

describe("addDiscreteGaussianNoise", () => {
  it("leaves values on the lattice, also large ones in float32", () => {
    const values = Float32Array.of(0.3, -1e6, 3e30, 1e-40);
    const granularity = 2 ** -4;
    addDiscreteGaussianNoise(values, { standardDeviation: 1, granularity });
    expect(values.every((x) => Number.isInteger(x / granularity))).toBe(true);
    expect(values[2]).toBe(Math.fround(3e30));
  });

  it("refuses a lattice that rounds in secret, and values that are not finite", () => {
    const values = Float64Array.of(1, Number.NaN);
    const standardDeviation = 1;
    expect(() => addDiscreteGaussianNoise(values, { standardDeviation, granularity: 0.1 })).toThrow(
      /power of two/,
    );
    expect(() => addDiscreteGaussianNoise(values, { standardDeviation, granularity: 0.5 })).toThrow(
      /values: expected/,
    );
    expect(values[0]).toBe(1);
  });

  it("says how far rounding moves one unit's change: every value by one point", () => {
    expect(latticeSensitivity(1, { granularity: 0.25, length: 16 })).toBe(2);
    // The worst case for C -> 0: all values of the sum just below the middle of two points.
    const before = new Array(16).fill(0.1249).map((x) => Math.round(x / 0.25) * 0.25);
    const after = new Array(16).fill(0.1251).map((x) => Math.round(x / 0.25) * 0.25);
    expect(Math.hypot(...after.map((x, i) => x - before[i]!))).toBe(1);
  });
});
