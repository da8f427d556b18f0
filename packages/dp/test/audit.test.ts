/**
 * Looks from outside: how much do gradients tell about one record (Jagielski et al. 2020, arXiv:2006.07709; Nasr et al.
 * 2021, arXiv:2101.04535)? A lower bound of epsilon from runs with and without a canary has to be below the epsilon of the
 * analysis, and is above it where the mechanism is broken.
 */
import { describe, expect, it } from "vitest";
import { dpSgdGradient } from "../src/mechanisms/dp-sgd-step.js";
import { privatizeSum } from "../src/mechanisms/noisy-sum.js";
import { seededRandomForTestsOnly } from "../src/testing.js";
import { normalCdf } from "./distribution.ts";

const RUNS = 2000;
const STEPS = 4;
const DELTA = 0.01;
const NOISE_MULTIPLIER = 4;
const OTHERS = [0.5, -0.5, 0.25, -1];
const CANARY = 1000;
const options = { maxGradNorm: 1, expectedBatchSize: 4, sampleRate: 1, sizes: [1] };

type Step = (
  gradients: Float32Array,
  random: ReturnType<typeof seededRandomForTestsOnly>,
) => number;

const sound: Step = (gradients, random) =>
  dpSgdGradient([gradients], {
    ...options,
    noiseMultiplier: NOISE_MULTIPLIER,
    batchSize: gradients.length,
    random,
  }).gradient[0]![0]!;

const halfTheNoise: Step = (gradients, random) =>
  dpSgdGradient([gradients], {
    ...options,
    noiseMultiplier: NOISE_MULTIPLIER / 2,
    batchSize: gradients.length,
    random,
  }).gradient[0]![0]!;

const withoutClipping: Step = (gradients, random) => {
  const sum = Float64Array.of(gradients.reduce((total, x) => total + x, 0));
  privatizeSum([sum], { ...options, noiseMultiplier: NOISE_MULTIPLIER, random });
  return sum[0]!;
};

/**
 * What someone sees who knows all but the canary: the gradients of a parameter w with the loss (w - x)² / 2, less those
 * that the others have.
 */
function train(step: Step, hasCanary: boolean, seed: number): number {
  const random = seededRandomForTestsOnly(seed);
  let w = 0;
  let seen = 0;
  for (let t = 0; t < STEPS; t++) {
    const records = hasCanary ? [...OTHERS, -CANARY] : OTHERS;
    const gradient = step(
      Float32Array.from(records, (x) => w - x),
      random,
    );
    const known = OTHERS.reduce((sum, x) => sum + Math.max(-1, Math.min(1, w - x)), 0);
    seen += gradient * options.expectedBatchSize - known;
    w -= 0.01 * gradient;
  }
  return seen;
}

/** The lower bound of 95 % on epsilon: the threshold from the first half of runs, the rates from the second. */
function auditedEpsilon(step: Step): number {
  const outcomes = (hasCanary: boolean) =>
    Array.from({ length: RUNS }, (_, i) => train(step, hasCanary, 2 * i + Number(hasCanary)));
  const present = outcomes(true);
  const absent = outcomes(false);
  const half = RUNS / 2;
  const boundAt = (threshold: number, from: number) => {
    const above = (values: number[]) =>
      values.slice(from, from + half).filter((x) => x > threshold).length;
    // 2.5 % for each of the two rates (Clopper & Pearson 1934).
    const truePositives = 1 - clopperPearsonUpper(half - above(present), half, 0.025);
    const falsePositives = clopperPearsonUpper(above(absent), half, 0.025);
    return Math.log(Math.max(1e-300, truePositives - DELTA) / falsePositives);
  };
  const candidates = absent.slice(0, half).toSorted((a, b) => a - b);
  const best = candidates.reduce((a, b) => (boundAt(b, 0) > boundAt(a, 0) ? b : a));
  return Math.max(0, boundAt(best, half));
}

/** The largest rate under which `hits` or fewer of `count` still have probability `alpha`. */
function clopperPearsonUpper(hits: number, count: number, alpha: number): number {
  if (hits === count) return 1;
  const logOf = Array.from({ length: count + 1 }, (_, i) => Math.log(Math.max(1, i)));
  const tail = (rate: number) => {
    let logTerm = count * Math.log1p(-rate);
    let sum = Math.exp(logTerm);
    for (let k = 1; k <= hits; k++) {
      logTerm += logOf[count - k + 1]! - logOf[k]! + Math.log(rate) - Math.log1p(-rate);
      sum += Math.exp(logTerm);
    }
    return sum;
  };
  return bisect((rate) => tail(rate) - alpha, 0, 1);
}

/** Balle & Wang 2018 (arXiv:1805.06530), theorem 8: the epsilon of normal noise, sensitivity 1. */
function gaussianEpsilon(noiseMultiplier: number, delta: number): number {
  const deltaOf = (epsilon: number) =>
    normalCdf(0.5 / noiseMultiplier - epsilon * noiseMultiplier) -
    Math.exp(epsilon) * normalCdf(-0.5 / noiseMultiplier - epsilon * noiseMultiplier);
  return bisect((epsilon) => deltaOf(epsilon) - delta, 0, 50);
}

/** The zero of a function that falls. */
function bisect(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let i = 0; i < 100; i++) {
    const middle = (a + b) / 2;
    if (f(middle) > 0) a = middle;
    else b = middle;
  }
  return b;
}

describe("an audit of DP-SGD", () => {
  // `STEPS` normal mechanisms one after another are one, with the noise over √STEPS.
  const analytical = gaussianEpsilon(NOISE_MULTIPLIER / Math.sqrt(STEPS), DELTA);

  it("stands on bounds that are those of the literature", () => {
    // dp_accounting's PLD at q = 1, sigma = 1, delta = 1e-5.
    expect(gaussianEpsilon(1, 1e-5)).toBeCloseTo(4.377178, 4);
    // Rule of three, exactly: 1 - 0.025^(1/n).
    expect(clopperPearsonUpper(0, 1000, 0.025)).toBeCloseTo(1 - 0.025 ** (1 / 1000), 10);
    // R: binom.test(10, 100)$conf.int[2].
    expect(clopperPearsonUpper(10, 100, 0.025)).toBeCloseTo(0.1762226, 6);
  });

  it("finds no more than the analysis allows, and not nothing", () => {
    const found = auditedEpsilon(sound);
    expect(found).toBeLessThan(analytical);
    expect(found).toBeGreaterThan(0.2 * analytical);
  });

  it("catches noise of half the size", () => {
    expect(auditedEpsilon(halfTheNoise)).toBeGreaterThan(analytical);
  });

  it("catches gradients that were not clipped", () => {
    expect(auditedEpsilon(withoutClipping)).toBeGreaterThan(analytical);
  });
});
