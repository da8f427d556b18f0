import { isFlError } from "@dsail/fl-protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classificationMetrics } from "./classification-metrics.js";
import { scalarMetrics } from "./scalar-metrics.js";

const CLASSES = ["healthy", "ill"];

describe("classificationMetrics", () => {
  it("is what a hand computes for two classes", () => {
    const metrics = classificationMetrics({
      // Of the last class 0.25, 0.75, 0.5 (a tie: the first class wins), 0.75.
      probabilities: Float32Array.of(0.75, 0.25, 0.25, 0.75, 0.5, 0.5, 0.25, 0.75),
      labels: [0, 0, 1, 1],
      classes: CLASSES,
    });
    expect(metrics.confusionMatrix).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(metrics).toMatchObject({
      numExamples: 4,
      accuracy: 0.5,
      balancedAccuracy: 0.5,
      // Pairs (ill, healthy): 0.5 above 0.25, 0.5 below 0.75, 0.75 above 0.25, 0.75 as 0.75.
      rocAuc: 2.5 / 4,
      brierScore: (0.25 ** 2 + 0.75 ** 2 + 0.5 ** 2 + 0.25 ** 2) / 4,
      intervals: undefined,
    });
    expect(metrics.loss).toBeCloseTo(-Math.log(0.75 * 0.25 * 0.5 * 0.75) / 4, 14);
    // Confidence 0.5 is right in no case of 1; 0.75 in 2 of 3.
    expect(metrics.expectedCalibrationError).toBeCloseTo(0.5 / 4 + (3 * (0.75 - 2 / 3)) / 4, 14);
    expect(metrics.perClass[1]).toMatchObject({
      name: "ill",
      support: 2,
      sensitivity: 0.5,
      specificity: 0.5,
      precision: 0.5,
      f1: 0.5,
    });
  });

  it("is what a hand computes for three classes, one of which does not occur", () => {
    const one = (k: number): number[] => [0, 1, 2].map((j) => (j === k ? 1 : 0));
    const metrics = classificationMetrics({
      probabilities: Float64Array.from([0, 0, 1, 2].flatMap(one)),
      labels: [0, 0, 0, 1],
      classes: ["a", "b", "c"],
    });
    expect(metrics.perClass.map(({ sensitivity }) => sensitivity)).toEqual([2 / 3, 0, undefined]);
    expect(metrics.perClass.map(({ specificity }) => specificity)).toEqual([1, 2 / 3, 3 / 4]);
    expect(metrics.perClass.map(({ precision }) => precision)).toEqual([1, 0, 0]);
    expect(metrics.perClass.map(({ f1 }) => f1)).toEqual([0.8, 0, 0]);
    expect(metrics.perClass.map(({ rocAuc }) => rocAuc)).toEqual([5 / 6, 1 / 3, undefined]);
    expect(metrics.rocAuc).toBeCloseTo((5 / 6 + 1 / 3) / 2, 14);
    expect(metrics.rocAucWeighted).toBeCloseTo((3 * (5 / 6) + 1 / 3) / 4, 14);
    expect(metrics.balancedAccuracy).toBeCloseTo(1 / 3, 14);
    expect(metrics.loss).toBeCloseTo((-2 * Math.log(Number.EPSILON)) / 4, 12);
    expect(metrics.brierScore).toBe(1);
  });

  it("says nothing where there is nothing, and never NaN", () => {
    const none = { probabilities: new Float32Array(0), labels: [], classes: CLASSES };
    expect(scalarMetrics(classificationMetrics({ ...none, bootstrap: { seed: 1 } }))).toEqual({});
    const oneClass = classificationMetrics({
      probabilities: Float32Array.of(0.5, 0.5, 1, 0),
      labels: [0, 0],
      classes: CLASSES,
      bootstrap: { seed: 1, replicates: 10 },
    });
    expect(oneClass.intervals).toEqual({ accuracy: { lower: 1, upper: 1 }, rocAuc: undefined });
    expect(scalarMetrics(oneClass)).toEqual({
      accuracy: 1,
      balanced_accuracy: 1,
      specificity: 1,
      expected_calibration_error: 0.25,
      brier_score: 0.125,
    });
  });

  it("refuses what is no prediction", () => {
    const good = { probabilities: Float32Array.of(0.5, 0.5), labels: [1], classes: CLASSES };
    expect(() => classificationMetrics({ ...good, labels: [2] })).toThrow(RangeError);
    expect(() => classificationMetrics({ ...good, labels: [0.5] })).toThrow(RangeError);
    expect(() => classificationMetrics({ ...good, labels: [0, 1] })).toThrow(/4 numbers, got 2/);
    expect(() => classificationMetrics({ ...good, classes: ["a"] })).toThrow(/2 or more/);
    for (const bad of [Number.NaN, 1.1, -0.1, Number.POSITIVE_INFINITY]) {
      const act = (): unknown =>
        classificationMetrics({ ...good, probabilities: Float32Array.of(0.5, bad) });
      expect(act).toThrow(
        expect.toSatisfy((error) => isFlError(error) && error.code === "NOT_FINITE"),
      );
    }
  });

  it("counts every example once, and has an accuracy that is the diagonal", () => {
    const cases = fc
      .integer({ min: 2, max: 5 })
      .chain((count) =>
        fc.array(
          fc.tuple(
            fc.nat(count - 1),
            fc.array(fc.integer({ min: 1, max: 9 }), { minLength: count, maxLength: count }),
          ),
          { minLength: 1, maxLength: 30 },
        ),
      );
    fc.assert(
      fc.property(cases, (rows) => {
        const count = rows[0]![1].length;
        const metrics = classificationMetrics({
          probabilities: Float64Array.from(
            rows.flatMap(([, row]) => {
              const sum = row.reduce((total, n) => total + n, 0);
              return row.map((n) => n / sum);
            }),
          ),
          labels: rows.map(([label]) => label),
          classes: Array.from({ length: count }, (_, i) => `${i}`),
        });
        const sums = metrics.confusionMatrix.map((row) => row.reduce((sum, n) => sum + n, 0));
        const supports = metrics.perClass.map(({ support }) => support);
        expect(sums).toEqual(supports);
        expect(supports.reduce((sum, n) => sum + n, 0)).toBe(rows.length);
        const diagonal = metrics.confusionMatrix.reduce((sum, row, i) => sum + row[i]!, 0);
        expect(metrics.accuracy).toBe(diagonal / rows.length);
        expect(metrics.reliabilityBins.reduce((sum, bin) => sum + bin.count, 0)).toBe(rows.length);
        for (const value of Object.values(scalarMetrics(metrics))) {
          expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });
});

describe("scalarMetrics", () => {
  it("has the rates of the second of two classes, and means of more", () => {
    const two = classificationMetrics({
      probabilities: Float32Array.of(1, 0, 1, 0, 0, 1, 1, 0),
      labels: [0, 0, 1, 1],
      classes: CLASSES,
    });
    expect(scalarMetrics(two)).toEqual({
      accuracy: 0.75,
      balanced_accuracy: 0.75,
      roc_auc_score: 0.75,
      sensitivity: 0.5,
      specificity: 1,
      precision: 1,
      f1_score: 2 / 3,
      expected_calibration_error: 0.25,
      brier_score: 0.25,
    });
    const three = classificationMetrics({
      probabilities: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 1, 0),
      labels: [0, 1, 2],
      classes: ["a", "b", "c"],
    });
    expect(scalarMetrics(three)).toMatchObject({
      sensitivity: 2 / 3,
      specificity: (1 + 0.5 + 1) / 3,
      precision: 0.75,
      roc_auc_score: (1 + 0.75 + 0.5) / 3,
      roc_auc_score_weighted: 0.75,
    });
  });
});
