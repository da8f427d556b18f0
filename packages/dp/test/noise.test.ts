import { describe, expect, it } from "vitest";
import { addDiscreteGaussianNoise } from "../src/mechanisms/discrete-gaussian-noise.js";
import { addGaussianNoise, type NoiseHardening } from "../src/mechanisms/gaussian-noise.js";
import { addLaplaceNoise } from "../src/mechanisms/laplace-noise.js";
import { secureRandom } from "../src/random/secure-random.js";
import { seededRandomForTestsOnly } from "../src/testing.js";
import { failuresAsNormal, ksStatistic, laplaceCdf, moment } from "./distribution.ts";

const COUNT = 200_001;
const seeded = () => ({ random: seededRandomForTestsOnly(20_24) });

function gaussian(standardDeviation: number, hardening: NoiseHardening): Float64Array {
  const values = new Float64Array(COUNT);
  addGaussianNoise(values, standardDeviation, { ...seeded(), hardening });
  return values;
}

describe.each(["opacus", "none"] as const)("normal noise, hardening %s", (hardening) => {
  it("has the standard deviation, tails and shape of the normal distribution", () => {
    expect(failuresAsNormal(gaussian(2.5, hardening), 2.5)).toEqual([]);
  });

  it("is found wrong where the variance is taken for the standard deviation", () => {
    expect(failuresAsNormal(gaussian(2.5, hardening), 2.5 ** 2)).toContain("standardDeviation");
    expect(failuresAsNormal(gaussian(2.5, hardening), Math.sqrt(2.5))).toContain("tail");
  });

  it("is independent of the noise of a value one block, or a few places, away", () => {
    const z = gaussian(1, hardening);
    for (const lag of [2, 3, 2047, 2048, 2049, 4096]) {
      const product = moment(
        z.subarray(lag).map((x, i) => x * z[i]!),
        1,
      );
      expect(Math.abs(product), `lag ${lag}`).toBeLessThan(5 / Math.sqrt(COUNT - lag));
    }
  });

  it("is another for each value of a short array", () => {
    for (const length of [1, 2, 3, 5]) {
      const values = new Float64Array(length);
      addGaussianNoise(values, 1, { ...seeded(), hardening });
      expect(new Set(values).size).toBe(length);
      expect(values.every((x) => x !== 0 && Number.isFinite(x))).toBe(true);
    }
  });

  it("adds in float64 and rounds to float32 once", () => {
    const wide = Float64Array.from({ length: 5000 }, (_, i) => Math.fround(i / 7));
    const narrow = Float32Array.from(wide);
    addGaussianNoise(wide, 0.1, { ...seeded(), hardening });
    addGaussianNoise(narrow, 0.1, { ...seeded(), hardening });
    expect(narrow).toEqual(Float32Array.from(wide));
  });
});

describe("normal noise from the default source", () => {
  it("is normal, hardened, and another each time", () => {
    const first = new Float64Array(1000);
    const second = new Float64Array(1000);
    addGaussianNoise(first, 3);
    addGaussianNoise(second, 3);
    expect(first).not.toEqual(second);
    // 16 standard errors: never by chance.
    expect(Math.sqrt(moment(first, 2)) / 3).toBeGreaterThan(0.64);
    expect(Math.sqrt(moment(first, 2)) / 3).toBeLessThan(1.36);
  });

  it("changes nothing for a standard deviation of 0, and refuses one that is none", () => {
    const values = Float32Array.of(1, 2);
    addGaussianNoise(values, 0);
    expect(values).toEqual(Float32Array.of(1, 2));
    for (const wrong of [-1, Number.NaN, Infinity]) {
      expect(() => addGaussianNoise(values, wrong)).toThrow(/standardDeviation: expected/);
    }
    // @ts-expect-error a caller without types
    expect(() => addGaussianNoise(values, 1, { hardening: "strong" })).toThrow(TypeError);
  });
});

describe("the checks themselves", () => {
  const uniform = () => {
    const random = seededRandomForTestsOnly(3);
    return Float64Array.from({ length: COUNT }, () => random.uniform());
  };

  it("refuse uniform and Laplace noise of the same standard deviation", () => {
    const flat = uniform().map((u) => (u - 0.5) * Math.sqrt(12));
    expect(failuresAsNormal(flat, 1)).toEqual(["kurtosis", "tail", "shape"]);
    const laplace = new Float64Array(COUNT);
    addLaplaceNoise(laplace, Math.SQRT1_2, seeded());
    expect(failuresAsNormal(laplace, 1)).toEqual(["kurtosis", "tail", "shape"]);
  });

  it("refuse four normal numbers that are one, taken twice", () => {
    const z = gaussian(1, "none");
    expect(
      failuresAsNormal(
        z.map((_, i) => z[i - (i % 2)]!),
        1,
      ),
    ).toContain("neighbors");
  });
});

describe("Laplace noise", () => {
  it("has the distribution function of its scale", () => {
    const values = new Float64Array(COUNT);
    addLaplaceNoise(values, 3, seeded());
    expect(
      ksStatistic(
        values.map((x) => x / 3),
        laplaceCdf,
      ),
    ).toBeLessThan(1.95);
    expect(
      ksStatistic(
        values.map((x) => x / 3.1),
        laplaceCdf,
      ),
    ).toBeGreaterThan(1.95);
    // Standard deviation √2 · scale; its standard error is √(5/4n).
    expect(Math.abs(Math.sqrt(moment(values, 2)) / (3 * Math.SQRT2) - 1)).toBeLessThan(
      5 * Math.sqrt(1.25 / COUNT),
    );
  });

  it("refuses a scale that is none", () => {
    expect(() => addLaplaceNoise(new Float32Array(1), Number.NaN)).toThrow(/scale: expected/);
  });
});

describe("discrete normal noise on a lattice", () => {
  it("is near to normal where the lattice is fine", () => {
    const values = new Float64Array(20_000);
    addDiscreteGaussianNoise(values, {
      standardDeviation: 2.5,
      granularity: 2 ** -10,
      ...seeded(),
    });
    expect(failuresAsNormal(values, 2.5)).toEqual([]);
    expect(failuresAsNormal(values, 2.7)).not.toEqual([]);
    expect(values.every((x) => Number.isInteger(x * 2 ** 10))).toBe(true);
  });
});

describe("secure randomness", () => {
  const WORDS = 100_000;

  it("has no bit that is more often one than zero", () => {
    const words = new Uint32Array(WORDS);
    secureRandom().fill(words);
    for (let bit = 0; bit < 32; bit++) {
      const ones = words.reduce((count, word) => count + ((word >>> bit) & 1), 0);
      // Seven standard errors in 32 checks: by chance once in 10^10 runs.
      expect(Math.abs(ones / WORDS - 0.5), `bit ${bit}`).toBeLessThan(3.5 / Math.sqrt(WORDS));
    }
    expect(new Set(words).size).toBeGreaterThan(WORDS - 30);
  });

  it("gives uniforms in (0, 1] with the moments of uniforms, whatever was asked before", () => {
    const random = secureRandom();
    const values = new Float64Array(WORDS);
    for (let i = 0; i < WORDS; i++) {
      if (i % 1000 === 0) random.fill(new Uint32Array(i % 7000));
      values[i] = random.uniform();
    }
    expect(values.every((u) => u > 0 && u <= 1)).toBe(true);
    expect(Math.abs(moment(values, 1) - 0.5)).toBeLessThan(7 * Math.sqrt(1 / 12 / WORDS));
    expect(Math.abs(moment(values, 2) - 1 / 3)).toBeLessThan(7 * Math.sqrt(4 / 45 / WORDS));
  });

  it("fills arrays over the limit of getRandomValues to the last word", () => {
    const words = new Uint32Array(3 * 16_384 + 5);
    secureRandom().fill(words);
    const zeros = words.reduce((count, word) => count + (word === 0 ? 1 : 0), 0);
    expect(zeros).toBeLessThan(4);
    expect(words.subarray(-5).some((word) => word !== 0)).toBe(true);
  });
});
