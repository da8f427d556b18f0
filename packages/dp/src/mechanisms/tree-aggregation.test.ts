import { describe, expect, it } from "vitest";
import { repeated, treeAggregation } from "../make-event.js";
import { rdpAccountant } from "../rdp-accountant.js";
import { seededRandomForTestsOnly } from "../testing.js";
import { createTreeAggregator } from "./tree-aggregation.js";

const LENGTH = 20_000;

function tree(noiseMultiplier: number, sizes: readonly number[]) {
  const random = seededRandomForTestsOnly(10);
  return createTreeAggregator({ noiseMultiplier, maxGradNorm: 0.5, sizes, random });
}

function deviationOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / values.length);
}

const onesInBinary = (t: number) => t.toString(2).replaceAll("0", "").length;

describe("createTreeAggregator", () => {
  it("has in each sum the noise of as many nodes as its step has ones in binary", () => {
    const { add } = tree(2, [LENGTH]);
    const zero = [new Float32Array(LENGTH)];
    for (let t = 1; t <= 33; t++) {
      const expected = 2 * 0.5 * Math.sqrt(onesInBinary(t));
      const ratio = deviationOf(add(zero)[0]!) / expected;
      expect(Math.abs(ratio - 1), `step ${t}`).toBeLessThan(5 / Math.sqrt(2 * LENGTH));
    }
  });

  it("keeps a node as long as sums need it: noise is shared as the tree says", () => {
    const { add } = tree(2, [LENGTH]);
    const zero = [new Float32Array(LENGTH)];
    const sums = Array.from({ length: 8 }, () => add(zero)[0]!);
    const difference = (a: number, b: number) =>
      deviationOf(sums[a - 1]!.map((x, i) => x - sums[b - 1]![i]!)) ** 2;
    // Steps 4 and 5 share the node of 1 to 4; 6 and 7 those of 1-4 and 5-6; 7 and 8 none.
    expect(difference(4, 5)).toBeCloseTo(1, 1);
    expect(difference(6, 7)).toBeCloseTo(1, 1);
    expect(difference(5, 6) / 2).toBeCloseTo(1, 1);
    expect(difference(7, 8) / 4).toBeCloseTo(1, 1);
  });

  it("gives prefix sums exactly where there is no noise, over restarts too", () => {
    const { add, restart, event } = tree(0, [2, 1]);
    expect(add([Float32Array.of(1, 2), Float32Array.of(3)])[0]).toEqual(Float32Array.of(1, 2));
    restart();
    restart();
    add([Float32Array.of(1, 2), Float32Array.of(3)]);
    const last = add([Float32Array.of(1, 0), Float32Array.of(-3)]);
    expect(last).toEqual([Float32Array.of(3, 4), Float32Array.of(3)]);
    expect(event()).toEqual({
      kind: "composed",
      events: [1, 2].map((steps) => ({
        kind: "tree-aggregation",
        noiseMultiplier: 0,
        stepsPerTree: [steps],
      })),
    });
  });

  it("is as expensive as its trees one after the other: units come again in each", () => {
    const { add, restart, event } = tree(5, [1]);
    for (let step = 0; step < 80; step++) {
      if (step % 8 === 0) restart();
      add([Float32Array.of(1)]);
    }
    const accountant = rdpAccountant();
    const one = treeAggregation({ noiseMultiplier: 5, stepsPerTree: [8] });
    const { epsilon } = accountant.epsilon(event(), 1e-5);
    expect(epsilon).toBe(accountant.epsilon(repeated(one, 10), 1e-5).epsilon);
    expect(epsilon).toBeCloseTo(6.208, 3);
  });

  it("refuses what no noise covers, and leaves its state as it was", () => {
    const { add } = tree(0, [2]);
    for (const value of [Number.NaN, Infinity]) {
      expect(() => add([Float32Array.of(1, value)])).toThrow("stepSum[0]: not finite");
    }
    expect(add([Float32Array.of(1, 2)])).toEqual([Float32Array.of(1, 2)]);
  });

  it("keeps the noise of the last sum over a restart", () => {
    const { add, restart } = tree(2, [LENGTH]);
    const zero = [new Float32Array(LENGTH)];
    add(zero);
    add(zero);
    const before = add(zero)[0]!;
    restart();
    const after = add(zero)[0]!;
    expect(deviationOf(after.map((x, i) => x - before[i]!))).toBeCloseTo(1, 1);
    expect(deviationOf(after) ** 2 / 3).toBeCloseTo(1, 1);
  });

  it("refuses sums of other sizes, and leaves its state as it was", () => {
    const { add, event } = tree(1, [2]);
    expect(() => add([new Float32Array(3)])).toThrow(/stepSum\[0\]: expected 2/);
    expect(() => add([])).toThrow(/stepSum: expected 1/);
    expect(event()).toEqual({ kind: "composed", events: [] });
  });
});
