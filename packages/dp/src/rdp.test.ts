import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_ORDERS,
  deltaOfRdp,
  epsilonOfRdp,
  rdpOfGaussian,
  rdpOfLaplace,
  rdpOfSampledGaussian,
  rdpOfTreeAggregation,
} from "./rdp.js";

const relative = (got: number, expected: number): number => Math.abs(got / expected - 1);

/** Any number above 0 that a double holds. */
const anyPositive = fc.double({ min: Number.MIN_VALUE, noDefaultInfinity: true, noNaN: true });
const anyRate = fc.double({ min: Number.MIN_VALUE, max: 1 - Number.EPSILON / 2, noNaN: true });
const anyOrder = fc.double({ min: 1, max: 300, minExcluded: true, noNaN: true });
const noises = fc.double({ min: 0.05, max: 50, noNaN: true });

/** Quadrature of the moment (mpmath 1.3.0, 50 digits): order, q, σ, RDP. */
const QUADRATURE: readonly (readonly [number, number, number, number])[] = [
  [1.1, 0.01, 0.5, 0.001551992395229326],
  [1.5, 0.01, 0.5, 0.0026298912081612687],
  [2.5, 0.01, 0.5, 0.014771278211720397],
  [1.1, 0.5, 1, 0.15613047568549296],
  [1.1, 0.9, 0.7, 0.9339859026092315],
  [3.7, 0.04, 1.5, 0.0017298124900054393],
  [10.9, 0.001, 0.8, 0.9103402752915237],
  [6.3, 0.5, 20, 0.001975909471216596],
  [1.3, 1e-6, 0.6, 9.803483561497622e-12],
  [20.5, 0.2, 3, 0.08035321539857683],
  [1.01, 0.3, 2, 0.012049850639658188],
  [2.5, 1e-9, 1, 2.147852288476034e-18],
];

describe("rdpOfSampledGaussian", () => {
  it.each(QUADRATURE)("is the integral: order %s, q %s, σ %s", (order, q, sigma, expected) => {
    expect(relative(rdpOfSampledGaussian(order, q, sigma), expected)).toBeLessThan(1e-10);
  });

  it.each([
    [5, 2.18075656e-3],
    [50, 2.38460375e-2],
    [100, 167.416308],
  ])("is that of dp_accounting's tests at order %s", (order, expected) => {
    expect(relative(50 * rdpOfSampledGaussian(order, 0.01, 2.5), expected)).toBeLessThan(1e-8);
  });

  it("is at most that of no sampling, at least 0 and a number, whatever the setting", () => {
    fc.assert(
      fc.property(anyOrder, anyRate, anyPositive, (order, q, sigma) => {
        const rdp = rdpOfSampledGaussian(order, q, sigma);
        expect(rdp).toBeGreaterThanOrEqual(0);
        expect(rdp).toBeLessThanOrEqual(rdpOfGaussian(order, sigma));
      }),
      { numRuns: 2000 },
    );
  });

  it("is finite where that of no sampling is", () => {
    for (const order of [1.0001, 1.1, 1.5, 2, 2.5, 31.7, 63, 999.5, 1000]) {
      for (const q of [1e-300, 1e-9, 0.01, 0.49, 0.5, 0.51, 0.99, 1 - 1e-16]) {
        for (const sigma of [1e-100, 1e-3, 0.02, 0.5, 1, 30, 1e4, 1e100]) {
          const rdp = rdpOfSampledGaussian(order, q, sigma);
          expect(rdp).toBeGreaterThanOrEqual(0);
          expect(rdp).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }
    }
  });

  it("has no step between integers and fractions, nor at q = 1/2", () => {
    for (const [order, q, sigma] of [
      [2, 0.01, 1],
      [3, 0.5, 0.7],
      [8, 0.3, 4],
      [40, 1e-4, 0.9],
    ] as const) {
      const near = rdpOfSampledGaussian(order * (1 + 1e-12), q, sigma);
      expect(relative(near, rdpOfSampledGaussian(order, q, sigma))).toBeLessThan(1e-9);
    }
    for (const order of [1.1, 2.5, 7.3]) {
      const below = rdpOfSampledGaussian(order, 0.5 - 1e-13, 1.3);
      expect(relative(below, rdpOfSampledGaussian(order, 0.5, 1.3))).toBeLessThan(1e-11);
    }
  });

  it("grows with the order and the sample rate, and falls with the noise", () => {
    const factors = fc.double({ min: 1, max: 3, noNaN: true });
    const orders = fc.double({ min: 1.01, max: 100, noNaN: true });
    const rates = fc.double({ min: 1e-6, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(orders, rates, noises, factors, (order, q, sigma, factor) => {
        const rdp = rdpOfSampledGaussian(order, q, sigma) * (1 + 1e-9);
        const moreRate = Math.min(0.9999, q * factor);
        expect(rdpOfSampledGaussian(order, q, sigma * factor)).toBeLessThanOrEqual(rdp);
        expect(rdpOfSampledGaussian(order * factor, q, sigma) * (1 + 1e-9)).toBeGreaterThanOrEqual(
          rdp / (1 + 1e-9),
        );
        expect(rdpOfSampledGaussian(order, moreRate, sigma) * (1 + 1e-9)).toBeGreaterThanOrEqual(
          rdp / (1 + 1e-9),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("rdpOfGaussian, rdpOfLaplace, rdpOfTreeAggregation", () => {
  it("know no noise, and so much that nothing is left", () => {
    for (const rdpOf of [rdpOfGaussian, rdpOfLaplace]) {
      expect(rdpOf(2, 0)).toBe(Number.POSITIVE_INFINITY);
      // Not 0: that would be 0 after any number of steps.
      expect(rdpOf(2, Number.MAX_VALUE)).toBe(Number.MIN_VALUE);
    }
    expect(rdpOfGaussian(3, 2)).toBe(3 / 8);
  });

  it("Laplace is the closed form of Mironov 2017", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1.05, max: 60, noNaN: true }),
        fc.double({ min: 0.2, max: 20, noNaN: true }),
        (a, b) => {
          const moment =
            (a / (2 * a - 1)) * Math.exp((a - 1) / b) + ((a - 1) / (2 * a - 1)) * Math.exp(-a / b);
          expect(Math.abs(rdpOfLaplace(a, b) - Math.log(moment) / (a - 1))).toBeLessThan(1e-12);
        },
      ),
    );
  });

  it("Laplace is at most 1/b and αb²/2, at least 0, and has no step where the formula changes", () => {
    fc.assert(
      fc.property(anyOrder, anyPositive, (order, b) => {
        const rdp = rdpOfLaplace(order, b);
        expect(rdp).toBeGreaterThanOrEqual(0);
        expect(rdp).toBeLessThanOrEqual(1 / b);
        expect(rdp).toBeLessThanOrEqual((order / 2 / b / b) * (1 + 1e-12) + Number.MIN_VALUE);
      }),
      { numRuns: 1000 },
    );
    expect(relative(rdpOfLaplace(2.5, 1.0001e7), rdpOfLaplace(2.5, 0.9999e7))).toBeLessThan(5e-4);
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [1600, 11],
    [2 ** 40 - 1, 40],
    [2 ** 40, 41],
  ])("a tree of %s steps is %s deep", (steps, depth) => {
    expect(rdpOfTreeAggregation(2, steps, 1)).toBe(depth);
  });
});

describe("epsilonOfRdp and deltaOfRdp", () => {
  it("are those of dp_accounting's test: RDP 1.1 at orders to 32", () => {
    expect(epsilonOfRdp(32, 1.1, 1e-5)).toBeCloseTo(1.32783806176, 10);
  });

  it("give 1 for σ = 4.530877117 and delta 1e-6 over fine orders", () => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < 99_000; i += 1) {
      const order = 1 + i / 1000;
      least = Math.min(least, epsilonOfRdp(order, rdpOfGaussian(order, 4.530877117), 1e-6));
    }
    expect(least).toBeCloseTo(1, 7);
  });

  it("undo each other", () => {
    const orders = fc.constantFrom(...DEFAULT_ORDERS);
    fc.assert(
      fc.property(
        orders,
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.double({ min: 1e-12, max: 0.1, noNaN: true }),
        (order, rdp, delta) => {
          const epsilon = epsilonOfRdp(order, rdp, delta);
          fc.pre(epsilon > 0);
          const total = Math.sqrt(-Math.expm1(-rdp));
          const expected = Math.min(delta, total);
          expect(relative(deltaOfRdp(order, rdp, epsilon), expected)).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it("know nothing, and all", () => {
    expect(epsilonOfRdp(2, 0, 1e-300)).toBeGreaterThan(0);
    expect(epsilonOfRdp(2, 0, 1e-5)).toBe(0);
    expect(epsilonOfRdp(2, Number.POSITIVE_INFINITY, 0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(deltaOfRdp(2, 0, 0)).toBe(0);
    expect(deltaOfRdp(2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(1);
    expect(deltaOfRdp(2, 5, Number.POSITIVE_INFINITY)).toBe(0);
    expect(deltaOfRdp(1.1, 1e9, 1e9)).toBeLessThanOrEqual(1);
  });
});
