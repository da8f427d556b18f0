import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeAccountant } from "../test/accountant-contract.js";
import {
  composed,
  gaussian,
  laplace,
  repeated,
  sampledGaussian,
  treeAggregation,
} from "./make-event.js";
import { rdpAccountant } from "./rdp-accountant.js";

const training = (sampleRate: number, noiseMultiplier: number, steps: number) =>
  repeated(sampledGaussian({ noiseMultiplier, sampleRate }), steps);

const upTo32 = Array.from({ length: 31 }, (_, i) => 2 + i);

describeAccountant("rdp", rdpAccountant, {
  knows: ["gaussian", "sampled-gaussian", "laplace", "tree-aggregation"],
  knowsReplaced: ["gaussian", "laplace", "tree-aggregation"],
});

describe("rdpAccountant", () => {
  it("gives what opacus' tests expect", () => {
    const { epsilon } = rdpAccountant().epsilon(training(0.04, 1.5, 2250), 1e-5);
    expect(epsilon).toBeCloseTo(7.32911117143, 9);
  });

  it("gives what the example of opacus' rdp.py says", () => {
    const event = composed(training(1e-5, 1, 10), training(1e-4, 3, 4));
    const bound = rdpAccountant({ orders: upTo32 }).epsilon(event, 1e-5);
    expect(bound.epsilon).toBeCloseTo(0.336, 3);
    expect(bound.order).toBe(23);
    expect(bound.warnings).toEqual([]);
  });

  // opacus@4d0ebc8: q, σ, steps, delta; epsilon at its default orders, and at 2 to 31.
  it.each([
    [0.04, 1.5, 2250, 1e-5, 7.329111, 3.9, 7.329877],
    [256 / 60000, 1.1, 14062, 1e-5, 2.596556, 8.1, 2.596981],
    [256 / 60000, 1.1, 3515, 1e-5, 1.281144, 12, 1.281144],
    [0.01, 1, 100, 1e-5, 1.214145, 8.8, 1.224846],
    [0.01, 1, 1000, 1e-5, 2.101365, 7.8, 2.107753],
    [0.01, 1, 10000, 1e-5, 6.712738, 4.1, 6.719402],
    [0.01, 4, 10000, 1e-5, 1.03549, 17, 1.03549],
    [0.01, 0.5, 100, 1e-5, 8.030725, 2.5, 10.661181],
    [0.01, 0.5, 1000, 1e-5, 15.464268, 2.1, 15.472133],
    [0.1, 1, 100, 1e-5, 7.899255, 3.2, 7.972922],
    [0.1, 0.5, 100, 1e-5, 35.225384, 1.6, 53.04359],
    [0.1, 0.5, 10, 1e-5, 14.418327, 2, 14.418327],
    [0.064, 0.5, 80, 1e-5, 22.898319, 1.8, 26.0044],
    [0.064, 0.5, 1600, 1e-5, 113.564034, 1.3, 327.682018],
    [0.032, 0.5, 157, 1e-5, 18.118675, 1.9, 18.515343],
    [0.032, 0.5, 1563, 1e-5, 53.904643, 1.5, 93.639734],
    [64 / 60000, 0.5, 4690, 1e-5, 5.645174, 3.1, 5.693269],
    [64 / 60000, 1, 4690, 1e-5, 0.734592, 13, 0.734592],
    [1, 0.5, 1, 1e-5, 10.72551, 3.3, 10.801691],
    [1, 1, 1, 1e-5, 4.728507, 5.4, 4.752728],
    [1, 4, 100, 1e-5, 14.132226, 2.8, 14.176691],
    [0.001, 0.8, 1000, 1e-6, 1.461876, 8.6, 1.560757],
    [0.001, 1.5, 20000, 1e-6, 0.496994, 30, 0.496994],
    [0.05, 2, 1000, 1e-6, 4.475501, 6.3, 4.486493],
    [0.2, 3, 100, 1e-6, 3.639665, 7.2, 3.643063],
    [0.05, 0.8, 100, 1e-6, 7.662756, 3.3, 7.929121],
  ])(
    "gives opacus' epsilon: q %s, σ %s, %s steps",
    (q, sigma, steps, delta, expected, order, coarse) => {
      const event = training(q, sigma, steps);
      const bound = rdpAccountant().epsilon(event, delta);
      expect(Math.abs(bound.epsilon - expected)).toBeLessThan(6e-7);
      expect(bound.order).toBe(order);
      const integers = rdpAccountant({ orders: upTo32.slice(0, -1) });
      expect(Math.abs(integers.epsilon(event, delta).epsilon - coarse)).toBeLessThan(6e-7);
    },
  );

  it.each([
    [1.13, 19.74],
    [8.83, 2.04],
  ])(
    "gives what dp_accounting's test of tree aggregation asks for: σ %s",
    (noiseMultiplier, most) => {
      const event = treeAggregation({ noiseMultiplier, stepsPerTree: [1600] });
      const { epsilon } = rdpAccountant().epsilon(event, 1e-6);
      expect(epsilon).toBeLessThan(most);
      expect(epsilon).toBeGreaterThan(0.85 * most);
      const restarted = treeAggregation({ noiseMultiplier, stepsPerTree: [10, 1600, 3] });
      expect(rdpAccountant().epsilon(restarted, 1e-6).epsilon).toBe(epsilon);
    },
  );

  it("warns where an order beyond the ends may be better", () => {
    const little = training(0.001, 8, 100);
    const { epsilon, order, warnings } = rdpAccountant().epsilon(little, 1e-5);
    expect(order).toBe(63);
    expect(warnings).toEqual(["best order 63 is the last: more orders may give a smaller epsilon"]);
    expect(rdpAccountant({ orders: [2, 63, 500] }).epsilon(little, 1e-5).epsilon).toBeLessThan(
      epsilon,
    );
    const much = gaussian({ noiseMultiplier: 0.01 });
    expect(rdpAccountant().epsilon(much, 1e-5).warnings).toEqual([
      "best order 1.1 is the first: more orders may give a smaller epsilon",
    ]);
    expect(rdpAccountant().delta(little, 0.05).warnings).toHaveLength(1);
    expect(rdpAccountant().delta(training(0.01, 1, 1000), 2).warnings).toEqual([]);
  });

  it("takes a noise of -0 for none", () => {
    const accountant = rdpAccountant();
    const event = composed(gaussian({ noiseMultiplier: 0.5 }), laplace({ noiseMultiplier: -0 }));
    expect(accountant.epsilon(event, 1e-5).epsilon).toBe(Infinity);
    expect(accountant.delta(event, 1).delta).toBe(1);
  });

  it("adds up what is less than a double can tell", () => {
    const often = repeated(gaussian({ noiseMultiplier: 1e163 }), Number.MAX_SAFE_INTEGER);
    // mu = sqrt(2^53 - 1) / 1e163: delta at 0 is near mu / sqrt(2 pi).
    expect(rdpAccountant().delta(often, 0).delta).toBeGreaterThan(3.7e-156);
    expect(rdpAccountant().delta(laplace({ noiseMultiplier: 1e170 }), 0).delta).toBeGreaterThan(0);
  });

  it("is on the safe side of rounding, at an epsilon that is next to the RDP", () => {
    const event = laplace({ noiseMultiplier: 1.238654e-17 });
    // 1 - e^((epsilon - 1/b) / 2), with 1/b in exact integers.
    expect(rdpAccountant().delta(event, 80732795437628260).delta).toBeGreaterThan(0.98);
  });

  it("is never NaN, whatever the setting", () => {
    const anyPositive = fc.double({ min: 0, noDefaultInfinity: true, noNaN: true });
    const accountant = rdpAccountant();
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        anyPositive,
        fc.maxSafeNat(),
        fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
        anyPositive,
        (q, sigma, steps, delta, epsilon) => {
          const event = repeated(training(q, sigma, steps), 3);
          expect(accountant.epsilon(event, delta).epsilon).toBeGreaterThanOrEqual(0);
          const bound = accountant.delta(event, epsilon).delta;
          expect(bound).toBeGreaterThanOrEqual(0);
          expect(bound).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives the same again, also after more settings than it keeps", () => {
    const accountant = rdpAccountant();
    const first = accountant.epsilon(training(0.01, 1, 10), 1e-5);
    for (let i = 0; i < 40; i += 1) accountant.epsilon(training(0.01, 2 + i, 10), 1e-5);
    expect(accountant.epsilon(training(0.01, 1, 10), 1e-5)).toEqual(first);
  });

  it.each([[[]], [[1]], [[2, Number.NaN]], [[2, Number.POSITIVE_INFINITY]], [[3, 2]], [[2, 2]]])(
    "refuses orders %j",
    (orders) => {
      expect(() => rdpAccountant({ orders })).toThrow(RangeError);
    },
  );
});
