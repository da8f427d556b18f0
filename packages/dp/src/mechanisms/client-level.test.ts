import { describe, expect, it } from "vitest";
import { gaussian } from "../make-event.js";
import { rdpAccountant } from "../rdp-accountant.js";
import { seededRandomForTestsOnly } from "../testing.js";
import {
  adaptMaxGradNorm,
  combinedNoiseMultiplier,
  sumNoiseMultiplier,
} from "./adaptive-clipping.js";
import {
  averageWithAdaptiveClipping,
  averageWithFixedClipping,
  clipClientUpdate,
} from "./client-level.js";
import { l2Norm } from "./l2-norm.js";

const options = {
  noiseMultiplier: 0,
  maxGradNorm: 1,
  sampleRate: 0.5,
  sizes: [2],
  expectedClients: 4,
};
const update = (...values: number[]) => ({ update: [Float32Array.from(values)] });

describe("averageWithFixedClipping", () => {
  it("clips each client, sums, and divides by the clients expected, not by those that came", () => {
    const clients = [update(30, 40), update(0.1, 0), update(Number.NaN, 1)];
    const average = averageWithFixedClipping(clients, options);
    expect(average.update[0]![0]).toBeCloseTo((0.6 + 0.1) / 4, 6);
    expect(average.update[0]![1]).toBeCloseTo(0.8 / 4, 6);
    expect(average.nonFiniteClients).toBe(1);
    expect(clients[0]).toEqual(update(30, 40));
  });

  it("has noise of noiseMultiplier · bound / expected clients, also where no client came", () => {
    const sizes = [60_000, 40_000];
    const random = seededRandomForTestsOnly(5);
    const noisy = { ...options, noiseMultiplier: 2, maxGradNorm: 3, sizes, random };
    const average = averageWithFixedClipping([], noisy);
    const norm = l2Norm(average.update) / Math.sqrt(100_000);
    expect(Math.abs(norm / ((2 * 3) / 4) - 1)).toBeLessThan(5 / Math.sqrt(200_000));
    expect(average.event).toEqual({
      kind: "poisson-sampled",
      sampleRate: 0.5,
      event: { kind: "gaussian", noiseMultiplier: 2 },
    });
  });

  it("is the same whether honest clients clipped or not", () => {
    const raw = [update(3, 4), update(0.2, 0.1)];
    const clipped = raw.map((client) => clipClientUpdate(client.update, 1));
    const one = averageWithFixedClipping(raw, options).update[0]!;
    const other = averageWithFixedClipping(clipped, options).update[0]!;
    expect(one.length).toBe(2);
    for (const [i, x] of one.entries()) expect(other[i]).toBeCloseTo(x, 5);
    expect(clipped.map((client) => client.isWithinNorm)).toEqual([false, true]);
  });
});

describe("sumNoiseMultiplier", () => {
  it("has no squares that overflow", () => {
    expect(sumNoiseMultiplier(1e-200, 1)).toBe(1e-200);
    expect(combinedNoiseMultiplier(1e162, 1e162) / 1e162).toBeCloseTo(Math.sqrt(0.8), 12);
  });

  it("is that of theorem 1, and its inverse leads back", () => {
    // z = 1, σ_b = 5: (1 - 1/100)^(-1/2).
    expect(sumNoiseMultiplier(1, 5)).toBeCloseTo(1.00503781525921, 12);
    for (const [z, count] of [
      [0.3, 1],
      [1.1, 5],
      [8, 4.1],
    ] as const) {
      expect(combinedNoiseMultiplier(sumNoiseMultiplier(z, count), count)).toBeCloseTo(z, 10);
    }
  });

  it("refuses a count that costs all there is", () => {
    expect(() => sumNoiseMultiplier(2, 1)).toThrow(/countNoise: expected more than/);
    expect(() => sumNoiseMultiplier(0, 1)).toThrow(RangeError);
  });
});

describe("adaptMaxGradNorm", () => {
  const little = { countNoise: 1e-9, expectedCount: 4 };

  it("moves by exp(-η (share - γ))", () => {
    const next = adaptMaxGradNorm(2, [true, true, true, false], little);
    expect(next).toBeCloseTo(2 * Math.exp(-0.2 * (0.75 - 0.5)), 7);
    // Nobody came: the shifted count knows nothing of a share, and gives a half.
    expect(adaptMaxGradNorm(2, [], little)).toBeCloseTo(2, 7);
  });

  it("sees one client as one half: what theorem 1 takes for its sensitivity", () => {
    const logOf = (bits: boolean[]) => Math.log(adaptMaxGradNorm(1, bits, little)) / -0.2;
    const base = logOf([true, false]);
    expect((logOf([true, false, true]) - base) * 4).toBeCloseTo(0.5, 6);
    expect((logOf([true, false, false]) - base) * 4).toBeCloseTo(-0.5, 6);
  });

  it("has noise of countNoise on the count", () => {
    const random = seededRandomForTestsOnly(6);
    const runs = 20_000;
    let sum = 0;
    for (let i = 0; i < runs; i++) {
      const next = adaptMaxGradNorm(1, [], { countNoise: 3, expectedCount: 10, random });
      sum += ((Math.log(next) / -0.2) * 10) ** 2;
    }
    expect(Math.abs(Math.sqrt(sum / runs) / 3 - 1)).toBeLessThan(5 / Math.sqrt(2 * runs));
  });
});

describe("averageWithAdaptiveClipping", () => {
  it("finds the quantile of the norms, and costs what a fixed bound does", () => {
    const random = seededRandomForTestsOnly(8);
    const clients = Array.from({ length: 200 }, (_, i) => update((i + 1) / 100, 0));
    const costOfFixed = rdpAccountant().epsilon(gaussian({ noiseMultiplier: 1 }), 1e-5).epsilon;
    let maxGradNorm = 0.01;
    for (let round = 0; round < 150; round++) {
      const average = averageWithAdaptiveClipping(clients, {
        ...options,
        noiseMultiplier: 1,
        maxGradNorm,
        sampleRate: 1,
        expectedClients: 200,
        random,
        adaptive: { targetQuantile: 0.7 },
      });
      const { epsilon } = rdpAccountant().epsilon(average.event, 1e-5);
      expect(epsilon).toBeCloseTo(costOfFixed, 9);
      maxGradNorm = average.nextMaxGradNorm;
    }
    expect(Math.abs(maxGradNorm - 1.4)).toBeLessThan(0.1);
  });

  it("gives the average the larger noise of theorem 1", () => {
    const average = averageWithAdaptiveClipping([], {
      ...options,
      noiseMultiplier: 1,
      sizes: [100_000],
      random: seededRandomForTestsOnly(9),
      adaptive: { countNoise: 0.6 },
    });
    // (1 - 1/1.44)^(-1/2) = 1.8091; the noise of a fixed bound would be 1.
    const deviation = (l2Norm(average.update) / Math.sqrt(100_000)) * 4;
    expect(Math.abs(deviation / 1.809068 - 1)).toBeLessThan(5 / Math.sqrt(200_000));
  });

  it("believes the bit of a client that has clipped", () => {
    const next = (bit: boolean) =>
      averageWithAdaptiveClipping([{ ...update(0.1, 0), isWithinNorm: bit }], {
        ...options,
        noiseMultiplier: 1e-10,
        adaptive: { countNoise: 1e-9 },
      }).nextMaxGradNorm;
    expect(next(true)).toBeLessThan(1);
    expect(next(false)).toBeGreaterThan(1);
  });
});
