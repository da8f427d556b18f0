import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { erfcx, logAddExp, logNormalCdf, logSubExp, normalCdf } from "./special-functions.js";

/** How far apart, of the second one. */
const relative = (got: number, expected: number): number => Math.abs(got / expected - 1);

// mpmath 1.3.0 with 60 digits.
const ERFCX: readonly (readonly [number, number])[] = [
  [0, 1.0],
  [1e-10, 0.999999999887162],
  [0.1, 0.8964569799691267],
  [0.5, 0.6156903441929259],
  [0.9, 0.456531651323117],
  [0.999, 0.4278569426214168],
  [1, 0.427583576155807],
  [1.1, 0.4017304606364951],
  [1.5, 0.3215854164543175],
  [2, 0.25539567631050575],
  [2.5, 0.2108063640611436],
  [3, 0.17900115118138996],
  [5, 0.11070463773306863],
  [10, 0.05614099274382259],
  [27, 0.02088160799042094],
  [100, 0.005641613782989433],
  [100000000.0, 5.641895835477563e-9],
];

const LOG_NORMAL_CDF: readonly (readonly [number, number])[] = [
  [-10000.0, -50000010.12927891],
  [-100, -5005.524208694205],
  [-38, -726.5572160188201],
  [-20, -203.91715537109727],
  [-8, -35.01343715991455],
  [-3, -6.607726221510349],
  [-1, -1.8410216450092636],
  [-0.1, -0.7761545927302733],
  [0, -Math.LN2],
  [0.1, -0.6165050101150263],
  [1, -0.17275377902344988],
  [3, -0.0013508099647481938],
  [8, -6.220960574271786e-16],
  [20, -2.7536241186062337e-89],
];

describe("erfcx", () => {
  it.each(ERFCX)("of %s", (x, expected) => {
    expect(relative(erfcx(x), expected)).toBeLessThan(2e-15);
  });

  it("falls everywhere, also where the method changes", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 30, noNaN: true }),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        (x, more) => erfcx(x + more) < erfcx(x),
      ),
    );
    expect(erfcx(Number.POSITIVE_INFINITY)).toBe(0);
    expect(erfcx(1e300)).toBeGreaterThan(0);
  });

  it("refuses a negative argument", () => {
    expect(() => erfcx(-1)).toThrow(RangeError);
    expect(() => erfcx(Number.NaN)).toThrow(RangeError);
  });
});

describe("normalCdf and logNormalCdf", () => {
  it.each(LOG_NORMAL_CDF)("of %s", (x, expected) => {
    expect(relative(logNormalCdf(x), expected)).toBeLessThan(5e-15);
    if (x < 0 && x > -37) expect(relative(normalCdf(x), Math.exp(expected))).toBeLessThan(2e-13);
  });

  it("are symmetric, and reach their ends", () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1.5) + normalCdf(-1.5)).toBe(1);
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(logNormalCdf(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
    expect(logNormalCdf(Number.POSITIVE_INFINITY)).toBe(-0);
  });
});

describe("logAddExp and logSubExp", () => {
  const logs = fc.double({ min: -700, max: 700, noNaN: true });

  it("add and subtract again", () => {
    expect(logAddExp(Math.log(2), Math.log(3))).toBeCloseTo(Math.log(5), 15);
    expect(logSubExp(Math.log(5), Math.log(3))).toBeCloseTo(Math.log(2), 15);
    fc.assert(
      fc.property(logs, logs, (a, b) => {
        const sum = logAddExp(a, b);
        expect(sum).toBeGreaterThanOrEqual(Math.max(a, b));
        expect(sum).toBe(logAddExp(b, a));
        // What is smaller by far leaves no digits in a sum.
        if (b > a - 5 && b < a + 5) expect(Math.abs(logSubExp(sum, b) - a)).toBeLessThan(1e-10);
      }),
    );
  });

  it("lose no digits where both are near, or far apart", () => {
    expect(relative(logSubExp(1e-12, 0), Math.log(1e-12))).toBeLessThan(1e-12);
    expect(logSubExp(1000, 0)).toBe(1000);
    expect(logSubExp(0, -50)).toBe(-Math.exp(-50));
  });

  it("know infinities", () => {
    const none = Number.NEGATIVE_INFINITY;
    expect(logAddExp(none, none)).toBe(none);
    expect(logAddExp(none, 3)).toBe(3);
    expect(logAddExp(Number.POSITIVE_INFINITY, 3)).toBe(Number.POSITIVE_INFINITY);
    expect(logSubExp(3, none)).toBe(3);
    expect(logSubExp(3, 3)).toBe(none);
    expect(logSubExp(Number.POSITIVE_INFINITY, 3)).toBe(Number.POSITIVE_INFINITY);
    expect(() => logSubExp(2, 3)).toThrow(RangeError);
    expect(() => logSubExp(none, none)).toThrow(RangeError);
  });
});
