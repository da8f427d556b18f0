import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaUnderRoc, rankScores, rocCurve } from "./roc.js";

/** Few scores, so that many are equal. */
const examples = fc.array(
  fc.record({ score: fc.integer({ min: 0, max: 6 }), positive: fc.integer({ min: 0, max: 1 }) }),
  { maxLength: 40 },
);

describe("areaUnderRoc", () => {
  it("is how often a positive example is above a negative one, half of a tie counted", () => {
    fc.assert(
      fc.property(examples, (drawn) => {
        let wins = 0;
        let pairs = 0;
        for (const a of drawn.filter(({ positive }) => positive === 1)) {
          for (const b of drawn.filter(({ positive }) => positive === 0)) {
            wins += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
            pairs++;
          }
        }
        const area = areaUnderRoc(
          rankScores(drawn.map(({ score }) => score)),
          drawn.map(({ positive }) => positive),
        );
        expect(area).toBe(pairs === 0 ? undefined : wins / pairs);
      }),
    );
  });

  it("takes a weight for as many examples", () => {
    fc.assert(
      fc.property(examples, fc.array(fc.nat(3), { minLength: 40, maxLength: 40 }), (drawn, w) => {
        const repeated = drawn.flatMap((example, i) =>
          new Array<typeof example>(w[i]!).fill(example),
        );
        const area = (of: typeof drawn, weights?: readonly number[]): number | undefined =>
          areaUnderRoc(
            rankScores(of.map(({ score }) => score)),
            of.map(({ positive }) => positive),
            weights,
          );
        expect(area(drawn, w)).toBe(area(repeated));
      }),
    );
  });

  it("is a half for equal scores, one for the right order, zero for the reverse", () => {
    expect(areaUnderRoc(rankScores([3, 3, 3]), [0, 1, 1])).toBe(0.5);
    expect(areaUnderRoc(rankScores([0.1, 0.2, 0.7]), [0, 0, 1])).toBe(1);
    expect(areaUnderRoc(rankScores([0.1, 0.2, 0.7]), [1, 1, 0])).toBe(0);
  });
});

describe("rocCurve", () => {
  it("is scikit-learn's example", () => {
    // The documentation of sklearn.metrics.roc_curve.
    expect(rocCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toEqual({
      falsePositiveRates: [0, 0, 0.5, 0.5, 1],
      truePositiveRates: [0, 0.5, 0.5, 1, 1],
      thresholds: [Number.POSITIVE_INFINITY, 0.8, 0.4, 0.35, 0.1],
    });
  });

  it("leaves out what is on a straight line", () => {
    expect(rocCurve([5, 4, 3, 2, 1], [1, 1, 1, 0, 0])).toEqual({
      falsePositiveRates: [0, 0, 0, 1],
      truePositiveRates: [0, 1 / 3, 1, 1],
      thresholds: [Number.POSITIVE_INFINITY, 5, 3, 1],
    });
  });

  it("has the area that the ranks have", () => {
    fc.assert(
      fc.property(examples, (drawn) => {
        const scores = drawn.map(({ score }) => score);
        const positives = drawn.map(({ positive }) => positive);
        const area = areaUnderRoc(rankScores(scores), positives);
        const curve = rocCurve(scores, positives);
        expect(curve === undefined).toBe(area === undefined);
        if (curve === undefined || area === undefined) return;
        const { falsePositiveRates: x, truePositiveRates: y } = curve;
        const trapezoids = x.map((right, i) =>
          i === 0 ? 0 : ((right - x[i - 1]!) * (y[i]! + y[i - 1]!)) / 2,
        );
        expect(trapezoids.reduce((sum, part) => sum + part, 0)).toBeCloseTo(area, 12);
      }),
    );
  });
});
