import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Accountant, EpsilonOptions } from "./accountant.js";
import { calibrateNoise, calibrateSampleRate, calibrateSteps } from "./calibrate.js";
import { gdpAccountant } from "./gdp-accountant.js";
import { gaussian, repeated, sampledGaussian } from "./make-event.js";
import { pldAccountant } from "./pld-accountant.js";
import { rdpAccountant } from "./rdp-accountant.js";

const training = (sampleRate: number, noiseMultiplier: number, steps: number) =>
  repeated(sampledGaussian({ noiseMultiplier, sampleRate }), steps);

const target = { epsilon: 8, delta: 1e-5 };

/** Not reached: what no accountant can promise. */
const NO_CALIBRATION = expect.objectContaining({ code: "NO_CALIBRATION" });

const targets = fc.record({
  epsilon: fc.double({ min: 0.2, max: 20, noNaN: true }),
  delta: fc.constantFrom(1e-7, 1e-5, 1e-3),
});

describe("calibrateNoise", () => {
  it.each<[string, () => Accountant, number, number]>([
    ["rdp", rdpAccountant, 90 / 0.04, 1.416],
    ["rdp", rdpAccountant, 2000, 1.3562],
    ["gdp", gdpAccountant, 90 / 0.04, 1.3232421875],
  ])("gives what opacus' tests expect: %s", (_, create, steps, expected) => {
    const eventOf = (noiseMultiplier: number) => training(0.04, noiseMultiplier, steps);
    const noiseMultiplier = calibrateNoise({ eventOf, accountant: create(), ...target });
    expect(Math.abs(noiseMultiplier - expected)).toBeLessThan(1e-4);
  });

  it("is never above the target, and within the tolerance of it", () => {
    const accountant = rdpAccountant();
    fc.assert(
      fc.property(targets, ({ epsilon, delta }) => {
        const eventOf = (noiseMultiplier: number) => training(0.02, noiseMultiplier, 100);
        const tolerance = 1e-4;
        const options = { eventOf, accountant, epsilon, delta, tolerance };
        const reached = accountant.epsilon(eventOf(calibrateNoise(options)), delta).epsilon;
        expect(reached).toBeLessThanOrEqual(epsilon);
        expect(reached).toBeGreaterThanOrEqual(epsilon - tolerance);
      }),
      { numRuns: 15 },
    );
  });

  it("gives what bisection from 20 gives, as Opacus", () => {
    const accountant = rdpAccountant();
    fc.assert(
      fc.property(targets, fc.integer({ min: 1, max: 3000 }), ({ epsilon, delta }, steps) => {
        const eventOf = (noiseMultiplier: number) => training(0.03, noiseMultiplier, steps);
        const at = (noise: number) => accountant.epsilon(eventOf(noise), delta).epsilon;
        fc.pre(at(20) <= epsilon);
        const tolerance = 0.01 * Math.min(1, epsilon);
        let low = 0;
        let high = 20;
        while (epsilon - at(high) > tolerance) {
          const middle = (low + high) / 2;
          if (at(middle) <= epsilon) high = middle;
          else low = middle;
        }
        expect(calibrateNoise({ eventOf, accountant, epsilon, delta })).toBe(high);
      }),
      { numRuns: 15 },
    );
  });

  it("asks no more than it has to, and for no lower bound", () => {
    const asked: (EpsilonOptions | undefined)[] = [];
    const pld = pldAccountant();
    const accountant: Accountant = {
      ...pld,
      epsilon: (event, delta, options) => {
        asked.push(options);
        return pld.epsilon(event, delta, options);
      },
    };
    const eventOf = (noiseMultiplier: number) => training(0.04, noiseMultiplier, 2000);
    const noiseMultiplier = calibrateNoise({ eventOf, accountant, ...target });
    // Opacus' tests expect 1.2915 of its PRV accountant, whose epsilon is up to 0.01 larger.
    expect(noiseMultiplier).toBeLessThan(1.2915);
    expect(noiseMultiplier).toBeGreaterThan(1.29);
    const { epsilon } = pld.epsilon(eventOf(noiseMultiplier), target.delta);
    expect(epsilon).toBeLessThanOrEqual(8);
    expect(epsilon).toBeGreaterThanOrEqual(7.99);
    expect(asked.length).toBeLessThanOrEqual(10);
    expect(asked.every((options) => options?.lowerBound === false)).toBe(true);
  });

  it("takes more noise than the first guess where needed", () => {
    const eventOf = (noiseMultiplier: number) => gaussian({ noiseMultiplier });
    const options = { eventOf, accountant: gdpAccountant(), epsilon: 0.05, delta: 1e-6 };
    const noiseMultiplier = calibrateNoise(options);
    expect(noiseMultiplier).toBeGreaterThan(60);
    const { epsilon } = options.accountant.epsilon(eventOf(noiseMultiplier), 1e-6);
    expect(epsilon).toBeLessThanOrEqual(0.05);
    expect(epsilon).toBeGreaterThan(0.0495);
  });

  it("ends where epsilon jumps, or is always 0", () => {
    const accountant = gdpAccountant();
    const jump = (value: number) => gaussian({ noiseMultiplier: value < 3 ? 0.1 : 100 });
    const noiseMultiplier = calibrateNoise({ eventOf: jump, accountant, ...target });
    expect(noiseMultiplier).toBeGreaterThanOrEqual(3);
    expect(noiseMultiplier).toBeLessThan(3.00001);
    const never = (value: number) => training(0, value, 10);
    expect(calibrateNoise({ eventOf: never, accountant, ...target })).toBeLessThan(1e-3);
  });

  it("says that no noise is enough", () => {
    const eventOf = () => ({ kind: "non-private" }) as const;
    expect(() => calibrateNoise({ eventOf, accountant: rdpAccountant(), ...target })).toThrow(
      NO_CALIBRATION,
    );
  });
});

describe("calibrateSteps", () => {
  it("gives the most steps that are within the target", () => {
    const accountant = rdpAccountant();
    fc.assert(
      fc.property(targets, ({ epsilon, delta }) => {
        const eventOf = (steps: number) => training(0.01, 2, steps);
        const spent = (steps: number) => accountant.epsilon(eventOf(steps), delta).epsilon;
        fc.pre(spent(1) <= epsilon);
        const steps = calibrateSteps({ eventOf, accountant, epsilon, delta });
        expect(spent(steps)).toBeLessThanOrEqual(epsilon);
        expect(spent(steps + 1)).toBeGreaterThan(epsilon);
      }),
      { numRuns: 15 },
    );
  });

  it("knows its ends", () => {
    const accountant = gdpAccountant();
    const none = () => ({ kind: "none" }) as const;
    expect(calibrateSteps({ eventOf: none, accountant, ...target })).toBe(2 ** 40);
    const much = (steps: number) => repeated(gaussian({ noiseMultiplier: 0.1 }), steps);
    expect(() => calibrateSteps({ eventOf: much, accountant, ...target })).toThrow(NO_CALIBRATION);
  });
});

describe("calibrateSampleRate", () => {
  it("is never above the target, and within the tolerance of it", () => {
    const accountant = rdpAccountant();
    const eventOf = (sampleRate: number) => training(sampleRate, 1.5, 2250);
    const sampleRate = calibrateSampleRate({ eventOf, accountant, ...target });
    const { epsilon } = accountant.epsilon(eventOf(sampleRate), target.delta);
    expect(sampleRate).toBeGreaterThan(0.04);
    expect(epsilon).toBeLessThanOrEqual(8);
    expect(epsilon).toBeGreaterThan(7.99);
  });

  it("knows its ends", () => {
    const accountant = rdpAccountant();
    const little = (sampleRate: number) => training(sampleRate, 50, 1);
    expect(calibrateSampleRate({ eventOf: little, accountant, ...target })).toBe(1);
    const much = (sampleRate: number) => training(sampleRate, 0, 1);
    expect(() => calibrateSampleRate({ eventOf: much, accountant, ...target })).toThrow(
      NO_CALIBRATION,
    );
  });
});

describe("targets", () => {
  it.each([
    { epsilon: 0 },
    { epsilon: Number.POSITIVE_INFINITY },
    { epsilon: Number.NaN },
    { delta: 0 },
    { delta: 1 },
    { tolerance: 0 },
    { tolerance: Number.NaN },
  ])("refuses %j", (wrong) => {
    const options = {
      eventOf: (value: number) => training(0.1, 1, value),
      accountant: rdpAccountant(),
      ...target,
      ...wrong,
    };
    expect(() => calibrateNoise(options)).toThrow(RangeError);
    expect(() => calibrateSampleRate(options)).toThrow(RangeError);
    if (!("tolerance" in wrong)) expect(() => calibrateSteps(options)).toThrow(RangeError);
  });
});
