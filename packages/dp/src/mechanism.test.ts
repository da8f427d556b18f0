import { describe, expect, it } from "vitest";
import type { DpEvent } from "./event.js";
import {
  composed,
  gaussian,
  laplace,
  repeated,
  sampledGaussian,
  treeAggregation,
} from "./make-event.js";
import { countMechanisms } from "./mechanism.js";

const step = sampledGaussian({ noiseMultiplier: 1.1, sampleRate: 0.01 });

/** Without keys. */
const counted = (event: DpEvent) =>
  countMechanisms(event).map(({ mechanism, count }) => [mechanism, count]);

const sampled = (event: DpEvent, sampleRate = 0.1): DpEvent => ({
  kind: "poisson-sampled",
  sampleRate,
  event,
});

describe("countMechanisms", () => {
  it("counts the same mechanism once, wherever it is", () => {
    const noise = laplace({ noiseMultiplier: 3 });
    const event = composed(repeated(composed(step, noise), 4), step, repeated(noise, 0));
    expect(counted(event)).toEqual([
      [{ kind: "sampled-gaussian", noiseMultiplier: 1.1, sampleRate: 0.01 }, 5],
      [{ kind: "laplace", noiseMultiplier: 3 }, 4],
    ]);
  });

  it("takes the tallest tree", () => {
    const trees = treeAggregation({ noiseMultiplier: 2, stepsPerTree: [3, 9, 4] });
    expect(counted(trees)).toEqual([
      [{ kind: "tree-aggregation", noiseMultiplier: 2, maxSteps: 9 }, 1],
    ]);
  });

  it("makes one Gaussian of several on the same sample", () => {
    const two = composed(gaussian({ noiseMultiplier: 3 }), gaussian({ noiseMultiplier: 4 }));
    expect(counted(sampled(two))).toEqual([
      [{ kind: "sampled-gaussian", noiseMultiplier: 2.4, sampleRate: 0.1 }, 1],
    ]);
    const four = repeated(composed(gaussian({ noiseMultiplier: 3 }), { kind: "none" }), 4);
    expect(counted(sampled(four))).toEqual([
      [{ kind: "sampled-gaussian", noiseMultiplier: 1.5, sampleRate: 0.1 }, 1],
    ]);
    const extreme = composed(
      gaussian({ noiseMultiplier: 1e-300 }),
      gaussian({ noiseMultiplier: 1e300 }),
    );
    expect(counted(sampled(extreme))).toEqual([
      [{ kind: "sampled-gaussian", noiseMultiplier: 1e-300, sampleRate: 0.1 }, 1],
    ]);
  });

  it("knows the ends of sampling", () => {
    expect(counted(sampled({ kind: "non-private" }, 0))).toEqual([]);
    expect(counted(sampled({ kind: "none" }))).toEqual([]);
    expect(counted(sampled(repeated({ kind: "non-private" }, 0)))).toEqual([]);
    expect(counted(sampled({ kind: "non-private" }, 1e-9))).toEqual([[{ kind: "non-private" }, 1]]);
    expect(counted(sampled(gaussian({ noiseMultiplier: 0 })))).toEqual([
      [{ kind: "non-private" }, 1],
    ]);
    expect(counted(sampled(gaussian({ noiseMultiplier: 2 }), 1))).toEqual([
      [{ kind: "gaussian", noiseMultiplier: 2 }, 1],
    ]);
  });

  it.each<[string, DpEvent]>([
    ["laplace", laplace({ noiseMultiplier: 1 })],
    ["a sample", step],
    ["a tree, though sampled never", treeAggregation({ noiseMultiplier: 1, stepsPerTree: [1] })],
    ["laplace beside", composed(gaussian({ noiseMultiplier: 1 }), laplace({ noiseMultiplier: 1 }))],
    ["laplace repeated", repeated(laplace({ noiseMultiplier: 1 }), 2)],
    ["laplace 0 times", repeated(laplace({ noiseMultiplier: 1 }), 0)],
  ])("refuses a sample of %s", (_, event) => {
    for (const sampleRate of [0, 0.5, 1]) {
      expect(() => countMechanisms(sampled(event, sampleRate))).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_EVENT" }),
      );
    }
  });

  it("counts without end what no double counts", () => {
    const many = repeated(repeated(step, 2 ** 40), 2 ** 40);
    expect(countMechanisms(many)[0]?.count).toBe(Number.POSITIVE_INFINITY);
    expect(counted(repeated(repeated(many, 2 ** 50), 0))).toEqual([]);
    expect(counted(repeated(repeated(repeated(step, 0), 2 ** 50), 2 ** 50))).toEqual([]);
  });
});
