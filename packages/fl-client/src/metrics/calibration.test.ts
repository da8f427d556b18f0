import { describe, expect, it } from "vitest";
import { expectedCalibrationError, reliabilityBins } from "./calibration.js";

/** Predictions of the first of two classes, with these confidences. */
function sure(confidences: readonly number[], labels: readonly number[]) {
  const probabilities = Float64Array.from(confidences.flatMap((p) => [p, 1 - p]));
  return { probabilities, labels, classes: ["a", "b"] };
}

describe("reliabilityBins", () => {
  it("has bins that hold their upper edge", () => {
    // 0.6 is 9/15 and 0.8 is 12/15, whichever way their quotients are rounded.
    const bins = reliabilityBins(sure([0.6, 0.6000001, 0.8, 1], [0, 0, 0, 0]));
    expect(bins.flatMap(({ count }, bin) => (count > 0 ? [[bin, count]] : []))).toEqual([
      [8, 1],
      [9, 1],
      [11, 1],
      [14, 1],
    ]);
    for (const { from, to, confidence } of bins) {
      if (confidence === undefined) continue;
      expect(confidence).toBeGreaterThan(from);
      expect(confidence).toBeLessThanOrEqual(to);
    }
  });

  it("is of no error where confidence is what comes true", () => {
    const labels = [0, 0, 0, 1, 0, 0, 0, 1];
    const bins = reliabilityBins(sure(new Array<number>(8).fill(0.75), labels));
    expect(bins[11]).toMatchObject({ count: 8, accuracy: 0.75, confidence: 0.75 });
    expect(expectedCalibrationError(bins)).toBe(0);
    expect(expectedCalibrationError(reliabilityBins(sure([], [])))).toBeUndefined();
  });
});
