import { describe, expect, it } from "vitest";
import type { DpEvent, NeighboringRelation } from "./event.js";
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
const counted = (event: DpEvent, neighboringRelation: NeighboringRelation = "add-or-remove-one") =>
  countMechanisms(event, neighboringRelation).map(({ mechanism, count }) => [mechanism, count]);

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

  it("knows one laplace mechanism on a sample", () => {
    const noise = laplace({ noiseMultiplier: 3 });
    expect(counted(sampled(noise))).toEqual([
      [{ kind: "sampled-laplace", noiseMultiplier: 3, sampleRate: 0.1 }, 1],
    ]);
    expect(counted(sampled(noise, 1))).toEqual([[noise, 1]]);
    expect(counted(sampled(noise, 0))).toEqual([]);
    expect(counted(sampled(laplace({ noiseMultiplier: 0 })))).toEqual([
      [{ kind: "non-private" }, 1],
    ]);
  });

  it("halves the noise for a replacement, but not on a sample", () => {
    const trees = treeAggregation({ noiseMultiplier: 2, stepsPerTree: [3] });
    const event = composed(
      gaussian({ noiseMultiplier: 1 }),
      sampled(gaussian({ noiseMultiplier: 1 }), 1),
      laplace({ noiseMultiplier: 3 }),
      trees,
      step,
      sampled(laplace({ noiseMultiplier: 3 })),
      { kind: "non-private" },
    );
    expect(counted(event, "replace-one")).toEqual([
      [{ kind: "gaussian", noiseMultiplier: 0.5 }, 2],
      [{ kind: "laplace", noiseMultiplier: 1.5 }, 1],
      [{ kind: "tree-aggregation", noiseMultiplier: 1, maxSteps: 3 }, 1],
      [{ kind: "sampled-gaussian", noiseMultiplier: 1.1, sampleRate: 0.01 }, 1],
      [{ kind: "sampled-laplace", noiseMultiplier: 3, sampleRate: 0.1 }, 1],
      [{ kind: "non-private" }, 1],
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
    ["a sample", step],
    ["a sample of laplace", sampled(laplace({ noiseMultiplier: 1 }))],
    ["a tree, though sampled never", treeAggregation({ noiseMultiplier: 1, stepsPerTree: [1] })],
    ["laplace beside", composed(gaussian({ noiseMultiplier: 1 }), laplace({ noiseMultiplier: 1 }))],
    ["laplace repeated", repeated(laplace({ noiseMultiplier: 1 }), 2)],
    ["laplace 0 times", repeated(laplace({ noiseMultiplier: 1 }), 0)],
  ])("refuses a sample of %s", (_, event) => {
    for (const sampleRate of [0, 0.5, 1]) {
      expect(() => counted(sampled(event, sampleRate))).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_EVENT" }),
      );
    }
  });

  it("counts without end what no double counts", () => {
    const many = repeated(repeated(step, 2 ** 40), 2 ** 40);
    expect(counted(many)[0]?.[1]).toBe(Number.POSITIVE_INFINITY);
    expect(counted(repeated(repeated(many, 2 ** 50), 0))).toEqual([]);
    expect(counted(repeated(repeated(repeated(step, 0), 2 ** 50), 2 ** 50))).toEqual([]);
  });
});
