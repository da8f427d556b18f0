import { describe, expect, it } from "vitest";
import { seededRandom } from "../seeded-random.js";
import { bootstrapIntervals } from "./bootstrap-intervals.js";

/** 400 examples, 300 of which are predicted right. */
function predictions() {
  const random = seededRandom(5);
  const labels = Array.from({ length: 400 }, (_, i) => i % 2);
  const probabilities = labels.flatMap((label, i) => {
    const right = 0.5 + random.uniform() / 2;
    const ofLabel = i % 8 < 6 ? right : 1 - right;
    return label === 0 ? [ofLabel, 1 - ofLabel] : [1 - ofLabel, ofLabel];
  });
  return { probabilities: Float64Array.from(probabilities), labels, classes: ["a", "b"] };
}

describe("bootstrapIntervals", () => {
  it("has the width of the normal approximation for an accuracy", () => {
    const { accuracy } = bootstrapIntervals(predictions(), { seed: 1, replicates: 4000 });
    const half = 1.96 * Math.sqrt((0.75 * 0.25) / 400);
    expect(Math.abs(accuracy!.lower - (0.75 - half))).toBeLessThan(0.1 * half);
    expect(Math.abs(accuracy!.upper - (0.75 + half))).toBeLessThan(0.1 * half);
  });

  it("is the same for a seed, and narrower for a lower level", () => {
    const wide = bootstrapIntervals(predictions(), { seed: 1, replicates: 300 });
    expect(bootstrapIntervals(predictions(), { seed: 1, replicates: 300 })).toEqual(wide);
    expect(bootstrapIntervals(predictions(), { seed: 2, replicates: 300 })).not.toEqual(wide);
    const narrow = bootstrapIntervals(predictions(), { seed: 1, replicates: 300, level: 0.5 });
    for (const name of ["accuracy", "rocAuc"] as const) {
      expect(narrow[name]!.lower).toBeGreaterThan(wide[name]!.lower);
      expect(narrow[name]!.upper).toBeLessThan(wide[name]!.upper);
    }
  });

  it("refuses options that mean nothing", () => {
    expect(() => bootstrapIntervals(predictions(), { seed: 1, replicates: 0 })).toThrow(RangeError);
    expect(() => bootstrapIntervals(predictions(), { seed: 1, level: 1 })).toThrow(RangeError);
  });
});
