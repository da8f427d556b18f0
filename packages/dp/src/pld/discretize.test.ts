import { describe, expect, it } from "vitest";
import { connectDots, fillCells, type GridLoss } from "./discretize.js";
import { drawTogether } from "./draw-together.js";
import { gaussianLoss } from "./gaussian-loss.js";
import { laplaceLoss } from "./laplace-loss.js";
import { gridOffset, planningPoints } from "./plan.js";
import type { PrivacyLoss } from "./privacy-loss.js";

const lossAt = ({ interval, offset, first }: GridLoss, i: number) =>
  (first + i) * interval + offset;

function deltaOf(grid: GridLoss, epsilon: number): number {
  return grid.masses.reduce((sum, mass, i) => {
    const loss = lossAt(grid, i);
    return loss > epsilon ? sum - mass * Math.expm1(epsilon - loss) : sum;
  }, grid.infinityMass);
}

/** The mean of e^-loss: 1, but for what is left out. */
const meanOf = (grid: GridLoss) =>
  grid.masses.reduce((sum, mass, i) => sum + mass * Math.exp(-lossAt(grid, i)), 0);

function discretize(loss: PrivacyLoss, interval: number, offset = 0) {
  const cells = fillCells(loss, { interval, offset });
  return { upper: connectDots(cells, loss), lower: drawTogether(cells) };
}

const intervals = [0.05, 0.01, 0.002];

describe.each(["remove", "add", "replace"] as const)("%s", (adjacency) => {
  const q = 0.1;
  const loss = gaussianLoss({ noiseMultiplier: 0.8, sampleRate: q, adjacency, tailMass: 1e-18 });

  function trueDelta(epsilon: number): number {
    let delta = 0;
    const step = 2e-4;
    for (let z = -12; z < 14; z += step) {
      const without = Math.exp((-z * z) / 2);
      const withOne = (1 - q) * without + q * Math.exp(-((z - 1.25) ** 2) / 2);
      const withOther = (1 - q) * without + q * Math.exp(-((z + 1.25) ** 2) / 2);
      const p = adjacency === "add" ? without : withOne;
      const other = { add: withOne, remove: without, replace: withOther }[adjacency];
      delta += Math.max(0, p - Math.exp(epsilon) * other) * step;
    }
    return delta / Math.sqrt(2 * Math.PI);
  }

  it.each(intervals)("is on both sides of a sampled Gaussian's delta, by quadrature (%d)", (h) => {
    for (const offset of [0, 0.3 * h, 0.9 * h]) {
      const { upper, lower } = discretize(loss, h, offset);
      for (const epsilon of [0, 0.03, 0.1, 0.5, 1]) {
        const delta = trueDelta(epsilon);
        expect(deltaOf(upper, epsilon)).toBeGreaterThanOrEqual(delta - 1e-8);
        expect(deltaOf(lower, epsilon)).toBeLessThanOrEqual(delta + 1e-8);
        expect(deltaOf(upper, epsilon) - deltaOf(lower, epsilon)).toBeLessThan(h);
      }
    }
  });

  it.each(intervals)("keeps the mean of e^-loss, to a thousandth of the interval (%d)", (h) => {
    const offset = gridOffset(planningPoints({ loss, count: 1 }), h);
    const { upper, lower } = discretize(loss, h, offset);
    expect(Math.abs(meanOf(upper) - 1)).toBeLessThan(1e-13);
    // Never less: that would be a delta too large.
    expect(meanOf(lower)).toBeGreaterThanOrEqual(1 - 1e-13);
    expect(meanOf(lower)).toBeLessThan(1 + 1e-3 * h);
  });

  it("tells which outcome a loss is of", () => {
    const { from, to, loss: lossOf, outcomeOf } = loss.densities[0]!;
    for (let u = from; u <= to; u += 0.1) {
      // Where the loss hardly moves, outcomes cannot be told apart; the loss is the same.
      expect(Math.abs(lossOf(outcomeOf(lossOf(u))) - lossOf(u))).toBeLessThan(1e-13);
    }
  });

  it("tells the ratio of both densities", () => {
    const { from, to, loss: lossOf, density, otherDensity } = loss.densities[0]!;
    for (let u = from; u <= to; u += 0.1) {
      expect(Math.abs(Math.log(density(u) / otherDensity(u)) - lossOf(u))).toBeLessThan(1e-12);
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

it("is on both sides where losses are too large for ratios of densities", () => {
  // N(0, 1) against N(1/s, 1): delta is 1/2 at epsilon 1/(2 s^2), nearly.
  const loss = gaussianLoss({
    noiseMultiplier: 0.02,
    sampleRate: 1,
    adjacency: "remove",
    tailMass: 1e-18,
  });
  const { upper, lower } = discretize(loss, 0.01);
  const delta = 0.5 - 1 / Math.sqrt(2 * Math.PI) / 50;
  expect(deltaOf(upper, 1250)).toBeGreaterThan(delta);
  expect(deltaOf(upper, 1250)).toBeLessThan(delta + 1e-4);
  expect(deltaOf(lower, 1250)).toBeLessThan(deltaOf(upper, 1250));
  expect(deltaOf(lower, 1250)).toBeGreaterThan(delta - 1e-4);
});
