import { describe, expect, it } from "vitest";
import { describeAccountant } from "../test/accountant-contract.js";
import { gdpAccountant } from "./gdp-accountant.js";
import { composed, gaussian, repeated, sampledGaussian } from "./make-event.js";
import { rdpAccountant } from "./rdp-accountant.js";

describeAccountant("gdp", gdpAccountant, {
  knows: ["gaussian", "sampled-gaussian"],
  knowsReplaced: ["gaussian"],
});

/** μ, ε, δ. */
const GDP_DELTAS: readonly (readonly [number, number, number])[] = [
  [1, 0, 0.3829249225480262],
  [1, 1, 0.12693673750664394],
  [1, 10, 9.812705826846956e-23],
  [0.1, 0.5, 6.856582455838726e-9],
  [0.01, 0.05, 5.481440200746877e-10],
  [5, 3, 0.9518486101179059],
  [5, 60, 3.576811290630608e-22],
  [20, 200, 0.48010238435167296],
  [20, 100, 0.9999996146685565],
];

describe("gdpAccountant", () => {
  const step = sampledGaussian({ noiseMultiplier: 1.5, sampleRate: 0.04 });

  it("gives what opacus' tests expect, and says that it is near the truth only", () => {
    // Its test takes int(90 // 0.04) steps, which is not 2250.
    const bound = gdpAccountant().epsilon(repeated(step, 2249), 1e-5);
    expect(bound.epsilon).toBeGreaterThan(6.59);
    expect(bound.epsilon).toBeLessThan(6.6);
    expect(bound.warnings).toEqual([
      "central limit theorem: near the truth for many steps, and not an upper bound",
    ]);
    expect(gdpAccountant().isApproximate).toBe(true);
  });

  it("is exact for Gaussians: μ 1 of three with σ √3, as in dp_accounting's tests", () => {
    const event = repeated(gaussian({ noiseMultiplier: Math.sqrt(3) }), 3);
    const bound = gdpAccountant().delta(event, 1);
    expect(bound.delta).toBeCloseTo(0.126936, 5);
    expect(bound.warnings).toEqual([]);
    const one = gdpAccountant().delta(gaussian({ noiseMultiplier: 1 }), 1);
    expect(bound.delta).toBeCloseTo(one.delta, 14);
  });

  // The formula with mpmath 1.3.0, 50 digits.
  it.each(GDP_DELTAS)("is right in the tails: μ %s, ε %s", (mu, epsilon, expected) => {
    const { delta } = gdpAccountant().delta(gaussian({ noiseMultiplier: 1 / mu }), epsilon);
    expect(Math.abs(delta / expected - 1)).toBeLessThan(1e-11);
  });

  it("is below the RDP bound of Gaussians", () => {
    for (const noiseMultiplier of [0.5, 1, 4, 20]) {
      const event = gaussian({ noiseMultiplier });
      const exact = gdpAccountant().epsilon(event, 1e-6).epsilon;
      expect(exact).toBeLessThan(rdpAccountant().epsilon(event, 1e-6).epsilon);
    }
  });

  it("refuses a sampled Gaussian beside another mechanism", () => {
    for (const other of [
      gaussian({ noiseMultiplier: 1 }),
      sampledGaussian({ noiseMultiplier: 1.6, sampleRate: 0.04 }),
    ]) {
      expect(() => gdpAccountant().epsilon(composed(step, other), 1e-5)).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_EVENT" }),
      );
    }
  });

  it("takes no sample for worse than all of the data", () => {
    const all = gaussian({ noiseMultiplier: 0.4 });
    const many = sampledGaussian({ noiseMultiplier: 0.4, sampleRate: 0.9 });
    expect(gdpAccountant().epsilon(many, 1e-5).epsilon).toBe(
      gdpAccountant().epsilon(all, 1e-5).epsilon,
    );
  });

  it("is never NaN, whatever the noise", () => {
    for (const noiseMultiplier of [5e-324, 1e-200, 1e-3, 0.03, 1e8, 1e200, Number.MAX_VALUE]) {
      for (const event of [
        gaussian({ noiseMultiplier }),
        sampledGaussian({ noiseMultiplier, sampleRate: 1e-9 }),
      ]) {
        expect(gdpAccountant().epsilon(event, 1e-5).epsilon).toBeGreaterThanOrEqual(0);
        for (const epsilon of [0, 1, 1e300, Number.POSITIVE_INFINITY]) {
          expect(gdpAccountant().delta(event, epsilon).delta).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });
});
