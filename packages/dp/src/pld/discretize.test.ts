import { describe, expect, it } from "vitest";
import { discretize, type GridLoss } from "./discretize.js";
import { gaussianLoss } from "./gaussian-loss.js";
import { laplaceLoss } from "./laplace-loss.js";

function deltaOf({ interval, first, masses, infinityMass }: GridLoss, epsilon: number): number {
  return masses.reduce((sum, mass, i) => {
    const loss = (first + i) * interval;
    return loss > epsilon ? sum - mass * Math.expm1(epsilon - loss) : sum;
  }, infinityMass);
}

const intervals = [0.05, 0.01, 0.002];

describe.each(["remove", "add"] as const)("%s", (adjacency) => {
  it.each(intervals)("is on both sides of a sampled Gaussian's delta, by quadrature (%d)", (h) => {
    const q = 0.1;
    const loss = gaussianLoss({ noiseMultiplier: 0.8, sampleRate: q, adjacency, tailMass: 1e-18 });
    const { upper, lower } = discretize(loss, h);
    for (const epsilon of [0, 0.03, 0.1, 0.5, 1]) {
      let delta = 0;
      const step = 2e-4;
      for (let z = -12; z < 14; z += step) {
        const without = Math.exp((-z * z) / 2);
        const withOne = (1 - q) * without + q * Math.exp(-((z - 1.25) ** 2) / 2);
        const [p, other] = adjacency === "remove" ? [withOne, without] : [without, withOne];
        delta += Math.max(0, p - Math.exp(epsilon) * other) * step;
      }
      delta /= Math.sqrt(2 * Math.PI);
      expect(deltaOf(upper, epsilon)).toBeGreaterThanOrEqual(delta - 1e-8);
      expect(deltaOf(lower, epsilon)).toBeLessThanOrEqual(delta + 1e-8);
      expect(deltaOf(upper, epsilon) - deltaOf(lower, epsilon)).toBeLessThan(h);
    }
  });
});

it.each(intervals)("is on both sides of Laplace's delta, 1 - e^((epsilon - 1/b) / 2) (%d)", (h) => {
  const loss = laplaceLoss({ noiseMultiplier: 0.7, sampleRate: 1, adjacency: "remove" });
  const { upper, lower } = discretize(loss, h);
  for (const epsilon of [0, 0.33, 1.2]) {
    const delta = -Math.expm1((epsilon - 1 / 0.7) / 2);
    expect(deltaOf(upper, epsilon)).toBeGreaterThanOrEqual(delta - 1e-12);
    expect(deltaOf(upper, epsilon)).toBeLessThan(delta + h);
    expect(deltaOf(lower, epsilon)).toBeLessThanOrEqual(delta + 1e-12);
    expect(deltaOf(lower, epsilon)).toBeGreaterThan(delta - h);
  }
});
