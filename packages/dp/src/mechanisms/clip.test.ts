import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clipFactor, clipInPlace, clipPerLayerInPlace } from "./clip.js";
import { type FloatArray, l2Norm } from "./l2-norm.js";
import { sumClippedGradients } from "./sum-clipped.js";

const float32 = fc.oneof(
  fc.float(),
  fc.constantFrom(3.4028234663852886e38, -3.4028234663852886e38, 1.4e-45, -1.1754942e-38, 0, -0),
  fc.constantFrom(Number.NaN, Infinity, -Infinity),
  fc.float({ noNaN: true, noDefaultInfinity: true, min: -10, max: 10 }),
);
const finite32 = float32.filter(Number.isFinite);
const tensors = (value: fc.Arbitrary<number>) =>
  fc.array(
    fc.array(value, { maxLength: 40 }).map((values) => Float32Array.from(values)),
    { maxLength: 4 },
  );
const bound = fc.oneof(
  fc.double({ min: 2 ** -100, max: 1e30, noNaN: true }),
  fc.double({ min: 1e-7, max: 1, noNaN: true }),
  fc.constantFrom(2 ** -100, 1, 2 - 2 ** -23, 1e-6, 3e38),
);

/** Squares in bigint units of 2^-149: a second path to the norm without any rounding but the last. */
function exactNorm(of: readonly FloatArray[]): number {
  let sum = 0n;
  for (const tensor of of) for (const x of tensor) sum += BigInt(x * 2 ** 40 * 2 ** 109) ** 2n;
  const bits = sum.toString(2).length;
  const shift = BigInt(Math.max(0, 2 * Math.ceil((bits - 106) / 2)));
  return Math.sqrt(Number(sum >> shift)) * 2 ** (Number(shift) / 2 - 149);
}

describe("l2Norm", () => {
  it("is the norm of exact arithmetic for any finite float32", () => {
    fc.assert(
      fc.property(tensors(finite32), (of) => {
        const exact = exactNorm(of);
        expect(Math.abs(l2Norm(of) - exact)).toBeLessThanOrEqual(1e-13 * exact);
      }),
    );
  });

  it("is not too small for millions of values, where a float32 sum is", () => {
    const values = new Float32Array(1_600_000).fill(0.1);
    const expected = Math.sqrt(1_600_000) * Math.fround(0.1);
    let naive = 0;
    for (const x of values) naive = Math.fround(naive + Math.fround(x * x));
    expect(Math.abs(l2Norm([values]) / expected - 1)).toBeLessThan(1e-13);
    expect(Math.abs(Math.sqrt(naive) / expected - 1)).toBeGreaterThan(1e-4);
  });

  it("neither over- nor underflows in float64", () => {
    expect(l2Norm([Float64Array.of(3e200, 4e200)]) / 5e200).toBeCloseTo(1, 13);
    expect(l2Norm([Float64Array.of(3e-200), Float64Array.of(4e-200)]) / 5e-200).toBeCloseTo(1, 13);
    expect(l2Norm([Float64Array.of(5e-324)])).toBe(5e-324);
    expect(l2Norm([Float64Array.of(1e308, 1e308, 1e308, 1e308)])).toBe(Infinity);
    expect(l2Norm([])).toBe(0);
  });

  it("is not finite where a value is not", () => {
    expect(l2Norm([Float32Array.of(1, Number.NaN)])).toBeNaN();
    expect(l2Norm([Float32Array.of(1, -Infinity)])).toBe(Infinity);
  });
});

describe("clipFactor", () => {
  it("is that of Opacus", () => {
    expect(clipFactor(2, 1)).toBe(1 / (2 + 1e-6));
    expect(clipFactor(0.5, 1)).toBe(1);
    expect(clipFactor(0, 1)).toBe(1);
    expect(clipFactor(Number.NaN, 1)).toBe(0);
    for (const wrong of [0, -1, Number.NaN, Infinity, 2 ** -101]) {
      expect(() => clipFactor(1, wrong)).toThrow(/maxGradNorm: expected/);
    }
  });
});

describe("clipInPlace", () => {
  it("never leaves more than the bound, for any values", () => {
    fc.assert(
      fc.property(tensors(float32), bound, (of, maxGradNorm) => {
        clipInPlace(of, maxGradNorm);
        expect(exactNorm(of)).toBeLessThanOrEqual(maxGradNorm * (1 + 1e-12));
      }),
      { numRuns: 2000 },
    );
  });

  it("would be over the bound by more with Opacus' factor and float32 alone", () => {
    // The positive control: a search of the same kind finds where rounding goes over the bound.
    let worst = 0;
    for (let i = 1; i < 2000; i++) {
      const values = Float32Array.of(1e6 + i);
      values[0]! *= clipFactor(l2Norm([values]), 1 + i / 3000);
      worst = Math.max(worst, values[0]! / (1 + i / 3000) - 1);
    }
    expect(worst).toBeGreaterThan(1e-9);
  });

  it("keeps the direction, and what is within the bound to the bit", () => {
    const long = Float32Array.of(3, 4);
    const report = clipInPlace([long], 1);
    expect(report.norm).toBe(5);
    expect(report.factor).toBeCloseTo(0.2, 6);
    expect(long[0]! / long[1]!).toBeCloseTo(0.75, 6);
    expect(l2Norm([long])).toBeGreaterThan(1 - 1e-6);
    const short = Float32Array.of(0.1, 0.2);
    expect(clipInPlace([short], 1)).toMatchObject({ factor: 1, isFinite: true });
    expect(short).toEqual(Float32Array.of(0.1, 0.2));
  });

  it("makes a unit zero that is not finite, and reports it", () => {
    const of = [Float32Array.of(1, Number.NaN), Float32Array.of(5)];
    expect(clipInPlace(of, 1)).toMatchObject({ factor: 0, isFinite: false });
    expect(of).toEqual([new Float32Array(2), new Float32Array(1)]);
  });
});

describe("clipPerLayerInPlace", () => {
  it("keeps each layer within its bound, and the whole within the norm of bounds", () => {
    fc.assert(
      fc.property(tensors(float32), fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (of, c) => {
        clipPerLayerInPlace(of, c);
        for (const tensor of of) {
          expect(exactNorm([tensor])).toBeLessThanOrEqual((c / Math.sqrt(of.length)) * (1 + 1e-12));
        }
        expect(exactNorm(of)).toBeLessThanOrEqual(c * (1 + 1e-12));
      }),
    );
  });

  it("takes one bound for each layer", () => {
    const of = [Float32Array.of(10), Float32Array.of(10)];
    clipPerLayerInPlace(of, [1, 2]);
    expect(of[0]![0]).toBeCloseTo(1, 5);
    expect(of[1]![0]).toBeCloseTo(2, 5);
    expect(() => clipPerLayerInPlace(of, [1])).toThrow(/maxGradNorms: expected 2/);
    expect(() => clipPerLayerInPlace(of, [1, 0])).toThrow(RangeError);
  });

  it("makes the whole unit zero for one value that is not finite", () => {
    const of = [Float32Array.of(0.1), Float32Array.of(Infinity)];
    expect(clipPerLayerInPlace(of, 1).map((report) => report.isFinite)).toEqual([true, false]);
    expect(of.map((tensor) => tensor[0])).toEqual([0, 0]);
  });
});

describe("sumClippedGradients", () => {
  it("moves by at most the bound when one sample comes or goes, for any samples", () => {
    const sample = fc.array(float32, { minLength: 3, maxLength: 3 });
    const samples = fc.array(sample, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(samples, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (all, maxGradNorm) => {
        const sumOf = (of: readonly number[][]) =>
          sumClippedGradients(
            [
              Float32Array.from(of.flatMap((one) => one.slice(0, 2))),
              Float32Array.from(of.map((one) => one[2]!)),
            ],
            { batchSize: of.length, sizes: [2, 1], maxGradNorm },
          ).sum.flatMap((tensor) => [...tensor]);
        const without = sumOf(all.slice(1));
        const change = Float64Array.from(sumOf(all), (x, i) => x - without[i]!);
        expect(l2Norm([change])).toBeLessThanOrEqual(maxGradNorm * (1 + 1e-12));
      }),
      { numRuns: 500 },
    );
  });

  it("is the sum of samples clipped one by one", () => {
    const weights = Float32Array.of(3, 4, 0.3, 0.4);
    const bias = Float32Array.of(0, Number.NaN);
    const options = { batchSize: 2, sizes: [2, 1], maxGradNorm: 1 };
    const clipped = sumClippedGradients([weights, bias], options);
    expect(clipped.nonFiniteSamples).toBe(1);
    expect(clipped.norms[0]).toBe(5);
    expect(clipped.sum[0]![0]).toBeCloseTo(0.6, 6);
    expect(clipped.sum[0]![1]).toBeCloseTo(0.8, 6);
    expect(weights[0]).toBe(3);
  });

  it("is zero for an empty batch, and refuses lengths that do not fit", () => {
    const options = { batchSize: 0, sizes: [2, 1], maxGradNorm: 1 };
    const empty = [new Float32Array(0), new Float32Array(0)];
    expect(sumClippedGradients(empty, options).sum).toEqual([
      new Float64Array(2),
      new Float64Array(1),
    ]);
    expect(() => sumClippedGradients(empty, { ...options, batchSize: 1 })).toThrow(/expected 2/);
    expect(() => sumClippedGradients(empty, { ...options, maxGradNorm: 0 })).toThrow(RangeError);
  });
});
