import { describe, expect, it } from "vitest";
import { seededRandom } from "../seeded-random.js";
import { dirichletSites } from "./dirichlet-sites.js";
import { getImbalanceWeights, imbalancedDatasetSampler } from "./imbalanced-sampler.js";
import { poissonBatches } from "./poisson-batches.js";
import { shuffledBatches } from "./shuffled-batches.js";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const ascending = (indices: readonly number[]) => [...indices].sort((a, b) => a - b);

describe("shuffledBatches", () => {
  it("has every example once, in an order of the seed and the epoch", () => {
    const of = (seed: number, epoch: number) => shuffledBatches(10, 4, { seed, epoch });
    const batches = of(1, 0);
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 2]);
    expect(ascending(batches.flat())).toEqual(range(10));
    expect(of(1, 0)).toEqual(batches);
    expect(of(1, 1)).not.toEqual(batches);
    expect(of(2, 0)).not.toEqual(batches);
  });

  it("leaves out the rest if told, and has none of nothing", () => {
    const options = { seed: 1, epoch: 0, dropLast: true };
    expect(shuffledBatches(10, 4, options).map(({ length }) => length)).toEqual([4, 4]);
    expect(shuffledBatches(3, 4, options)).toEqual([]);
    expect(shuffledBatches(0, 4, { seed: 1, epoch: 0 })).toEqual([]);
    expect(() => shuffledBatches(10, 0, options)).toThrow(RangeError);
    expect(() => shuffledBatches(-1, 4, options)).toThrow(RangeError);
  });
});

describe("imbalancedDatasetSampler", () => {
  const labels = range(1000).map((i) => (i < 900 ? 0 : i < 990 ? 1 : 2));

  it("weighs by 1 / count of the class", () => {
    expect([...getImbalanceWeights([0, 0, 1, 0, 1, 7])]).toEqual([
      1 / 3,
      1 / 3,
      0.5,
      1 / 3,
      0.5,
      1,
    ]);
  });

  it("draws classes alike, with replacement, as many as there are", () => {
    const drawn = imbalancedDatasetSampler(labels, { seed: 3 });
    expect(drawn).toHaveLength(1000);
    const counts = [0, 0, 0];
    for (const index of drawn) counts[labels[index]!]! += 1;
    // Six standard deviations of a third.
    for (const count of counts) {
      expect(Math.abs(count - 1000 / 3)).toBeLessThan(6 * Math.sqrt((1000 * 2) / 9));
    }
    expect(new Set(drawn).size).toBeLessThan(1000);
    expect(imbalancedDatasetSampler(labels, { seed: 3 })).toEqual(drawn);
    expect(imbalancedDatasetSampler(labels, { seed: 3, epoch: 1 })).not.toEqual(drawn);
  });

  it("never draws what weighs nothing", () => {
    const weights = [0, 1, 0, 3, 0];
    const drawn = imbalancedDatasetSampler([0, 0, 0, 0, 0], { seed: 1, weights, count: 2000 });
    expect(new Set(drawn)).toEqual(new Set([1, 3]));
    const share = drawn.filter((index) => index === 3).length / 2000;
    expect(Math.abs(share - 0.75)).toBeLessThan(6 * Math.sqrt((0.75 * 0.25) / 2000));
  });

  it("is refused under DP, and says why", () => {
    expect(() => imbalancedDatasetSampler(labels, { seed: 3, dp: true })).toThrow(
      expect.objectContaining({ code: "BAD_CONFIG", message: expect.stringContaining("Poisson") }),
    );
  });

  it("refuses weights that are none", () => {
    const of = (weights: readonly number[]) =>
      imbalancedDatasetSampler([0, 1], { seed: 1, weights });
    expect(() => of([1])).toThrow(RangeError);
    expect(() => of([0, 0])).toThrow(RangeError);
    expect(() => of([1, -1])).toThrow(RangeError);
    expect(() => of([1, Number.NaN])).toThrow(RangeError);
    expect(imbalancedDatasetSampler([], { seed: 1 })).toEqual([]);
  });
});

describe("poissonBatches", () => {
  it("draws each example by itself, also none", () => {
    const batches = [...poissonBatches(20, 0.1, { steps: 500, random: seededRandom(5) })];
    expect(batches).toHaveLength(500);
    expect(batches.some(({ length }) => length === 0)).toBe(true);
    expect(batches.every((batch) => new Set(batch).size === batch.length)).toBe(true);
    // Six standard deviations of 10,000 coins.
    expect(Math.abs(batches.flat().length - 1000)).toBeLessThan(6 * 30);
  });

  it("is secure by default: two runs differ", () => {
    const one = () => [...poissonBatches(100, 0.5, { steps: 2 })];
    expect(one()).not.toEqual(one());
    expect([...poissonBatches(3, 1, { steps: 1 })]).toEqual([[0, 1, 2]]);
    expect([...poissonBatches(3, 1, { steps: 0 })]).toEqual([]);
    expect(() => [...poissonBatches(3, 2, { steps: 1 })]).toThrow(RangeError);
    expect(() => [...poissonBatches(3, 1, { steps: -1 })]).toThrow(RangeError);
  });
});

describe("dirichletSites", () => {
  const labels = range(2000).map((i) => i % 10);

  it("puts every example at one site, the same for the same seed", () => {
    const divided = dirichletSites(labels, { sites: 3, alpha: 0.5, seed: 1 });
    expect(divided).toHaveLength(3);
    expect(ascending(divided.flat())).toEqual(range(2000));
    expect(dirichletSites(labels, { sites: 3, alpha: 0.5, seed: 1 })).toEqual(divided);
    expect(dirichletSites(labels, { sites: 3, alpha: 0.5, seed: 2 })).not.toEqual(divided);
  });

  /** The mean over classes of the largest share. */
  const skew = (alpha: number) => {
    const divided = dirichletSites(labels, { sites: 4, alpha, seed: 9 });
    const shares = range(10).map((label) => {
      const counts = divided.map((site) => site.filter((i) => labels[i] === label).length);
      return Math.max(...counts) / 200;
    });
    return shares.reduce((sum, share) => sum + share, 0) / 10;
  };

  it("is all but even at a large alpha, and very uneven at a small one", () => {
    expect(skew(10_000)).toBeLessThan(0.28);
    expect(skew(1)).toBeGreaterThan(0.35);
    expect(skew(0.01)).toBeGreaterThan(0.9);
  });

  it("keeps to the least of a site, or says that it cannot be", () => {
    const divided = dirichletSites(labels, { sites: 5, alpha: 0.1, seed: 1, minPerSite: 100 });
    expect(Math.min(...divided.map(({ length }) => length))).toBeGreaterThanOrEqual(100);
    expect(() => dirichletSites([0, 0], { sites: 3, alpha: 1, seed: 1 })).toThrow(
      expect.objectContaining({ code: "BAD_CONFIG" }),
    );
    expect(() => dirichletSites(labels, { sites: 0, alpha: 1, seed: 1 })).toThrow(RangeError);
    expect(() => dirichletSites(labels, { sites: 2, alpha: 0, seed: 1 })).toThrow(RangeError);
  });
});
