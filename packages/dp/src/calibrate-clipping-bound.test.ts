import { describe, expect, it } from "vitest";
import { calibrateNoise } from "./calibrate.js";
import { calibrateMaxGradNorm } from "./calibrate-clipping-bound.js";
import { repeated, sampledGaussian } from "./make-event.js";
import { rdpAccountant } from "./rdp-accountant.js";

const eventOf = (noiseMultiplier: number) =>
  repeated(sampledGaussian({ noiseMultiplier, sampleRate: 0.01 }), 1000);
const target = { eventOf, accountant: rdpAccountant(), epsilon: 2, delta: 1e-5 };

describe("calibrateMaxGradNorm", () => {
  it.each([1e-3, 0.7, 3, 1e5])("never leads above the target, noise %d", (noise) => {
    const bound = calibrateMaxGradNorm({ ...target, noiseStandardDeviation: noise });
    const { epsilon } = target.accountant.epsilon(eventOf(noise / bound), target.delta);
    expect(epsilon).toBeLessThanOrEqual(2);
    expect(epsilon).toBeGreaterThan(1.98);
  });

  it("is the noise over the multiplier that it takes", () => {
    const bound = calibrateMaxGradNorm({ ...target, noiseStandardDeviation: 4 });
    expect(bound * calibrateNoise(target)).toBeCloseTo(4, 12);
  });

  it.each([5e-324, 1e-310, 1e-31])(
    "refuses noise that no gradient is told apart by: %d",
    (noise) => {
      expect(() => calibrateMaxGradNorm({ ...target, noiseStandardDeviation: noise })).toThrow(
        `noiseStandardDeviation: ${noise} goes with`,
      );
    },
  );

  it.each([0, -1, Number.NaN, Infinity])("refuses noise of %d", (noiseStandardDeviation) => {
    expect(() => calibrateMaxGradNorm({ ...target, noiseStandardDeviation })).toThrow(RangeError);
  });
});
