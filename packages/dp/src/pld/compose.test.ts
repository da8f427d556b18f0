import { describe, expect, it } from "vitest";
import { type ComposeOptions, compose } from "./compose.js";
import { gridPoints, tailTilts } from "./cumulant.js";
import type { GridLoss } from "./discretize.js";
import { deltaOf, epsilonOf } from "./hockey-stick.js";

const COUNT = 40;
/** Losses -0.1 and 0.2: each step is a coin, the number of heads is known. */
const coin: GridLoss = {
  interval: 0.3,
  offset: 0.2,
  first: -1,
  masses: Float64Array.of(0.7, 0.3),
  infinityMass: 0,
};

function binomial(heads: number): number {
  let log = 0;
  for (let i = 1; i <= COUNT; i++) log += Math.log(i);
  for (let i = 1; i <= heads; i++) log -= Math.log(i);
  for (let i = 1; i <= COUNT - heads; i++) log -= Math.log(i);
  return Math.exp(log + heads * Math.log(0.3) + (COUNT - heads) * Math.log(0.7));
}

const lossOf = (heads: number) => 0.2 * heads - 0.1 * (COUNT - heads);

function trueDelta(epsilon: number): number {
  let delta = 0;
  for (let heads = 0; heads <= COUNT; heads++) {
    delta += Math.max(0, -Math.expm1(epsilon - lossOf(heads))) * binomial(heads);
  }
  return delta;
}

function composed(tilt: number, more: Partial<ComposeOptions> = {}) {
  const tails = tailTilts([gridPoints(coin, COUNT)], tilt);
  return compose([{ loss: coin, count: COUNT }], {
    interval: coin.interval,
    tilt,
    tails,
    maxLength: 2 ** 10,
    ...more,
  });
}

describe.each([0, 1, 10, 100])("coins, under a tilt of %d", (tilt) => {
  it("have the sum that they have", () => {
    const { interval, offset, first, masses, logScale } = composed(tilt);
    let found = 0;
    masses.forEach((mass, i) => {
      const loss = (first + i) * interval + offset;
      const heads = Math.round((loss + 0.1 * COUNT) / 0.3);
      const expected = binomial(heads) * Math.exp(tilt * loss - logScale);
      if (heads < 0 || heads > COUNT) expect(Math.abs(mass)).toBeLessThan(1e-12);
      else {
        expect(Math.abs(mass - expected)).toBeLessThan(1e-12);
        found += expected;
      }
    });
    expect(found).toBeGreaterThan(1 - 1e-11);
  });

  it("have deltas and epsilons on both sides of the truth", () => {
    const here = composed(tilt);
    for (const epsilon of [0, 0.7, 2, 5, 7.9]) {
      const delta = trueDelta(epsilon);
      expect(deltaOf(here, epsilon)).toBeGreaterThanOrEqual(delta * (1 - 1e-13));
      expect(epsilonOf(here, delta, "upper")).toBeGreaterThanOrEqual(epsilon - 1e-13);
      expect(epsilonOf(here, delta, "lower")).toBeLessThanOrEqual(epsilon + 1e-13);
    }
  });
});

it("is tight where the tilt is right", () => {
  const delta = trueDelta(5);
  expect(deltaOf(composed(10), 5)).toBeLessThan(delta * (1 + 1e-6));
  expect(epsilonOf(composed(10), delta, "upper")).toBeLessThan(5 + 1e-6);
  expect(epsilonOf(composed(10), delta, "lower")).toBeGreaterThan(5 - 1e-6);
});

it("tells Chernoff's bound where a window is too long", () => {
  const here = composed(3, { maxLength: 8 });
  expect(here.masses).toHaveLength(0);
  const delta = trueDelta(2);
  const chernoff = (here.logScale - Math.log(delta)) / 3;
  expect(Math.abs(epsilonOf(here, delta, "upper") - chernoff)).toBeLessThan(1e-9);
  expect(chernoff).toBeGreaterThan(2);
  expect(epsilonOf(here, delta, "lower")).toBe(0);
  expect(deltaOf(here, 2)).toBeGreaterThan(delta);
});

it("knows nothing far below the window of a large tilt, where its scale is infinite", () => {
  const here = composed(1e5);
  expect(epsilonOf(here, trueDelta(1), "upper")).toBeGreaterThan(1);
  expect(epsilonOf(here, trueDelta(1), "lower")).toBeLessThan(1);
});
