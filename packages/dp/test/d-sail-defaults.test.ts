/**
 * What the README says of D-SAIL's defaults: noise 0.5, batches of 64 of 1,000 images, 5 epochs a round, delta 1e-5.
 */
import { describe, expect, it } from "vitest";
import { pldAccountant, rdpAccountant, repeated, sampledGaussian } from "../src/index.js";

const step = sampledGaussian({ noiseMultiplier: 0.5, sampleRate: 64 / 1000 });
/** Batches of a round: the last one of an epoch is smaller, and counts. */
const STEPS_PER_ROUND = 5 * Math.ceil(1000 / 64);
const DELTA = 1e-5;

describe("D-SAIL's defaults", () => {
  it("are epsilon 19.9 after one round, and 106 after 20", () => {
    const epsilonOf = (rounds: number) =>
      pldAccountant().epsilon(repeated(step, rounds * STEPS_PER_ROUND), DELTA).epsilon;
    expect(epsilonOf(1)).toBeCloseTo(19.9, 1);
    expect(Math.round(epsilonOf(20))).toBe(106);
  });

  it("are told by D-SAIL as 6.7: its alphas from 2 to 31, and one step", () => {
    const orders = Array.from({ length: 30 }, (_, i) => i + 2);
    expect(rdpAccountant({ orders }).epsilon(step, DELTA).epsilon).toBeCloseTo(6.7, 1);
  });
});
