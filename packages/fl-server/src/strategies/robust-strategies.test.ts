import type { ModelParameters } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { aggregateWith } from "../../test/aggregate-with.js";
import { valuesOf, vector } from "../../test/federation.js";
import type { Strategy } from "../strategy.js";
import { bulyan } from "./bulyan.js";
import { fedMedian } from "./fed-median.js";
import { fedTrimmedAvg } from "./fed-trimmed-avg.js";
import { krum, multiKrum } from "./krum.js";

async function combined(
  strategy: Strategy,
  models: readonly ModelParameters[],
  spool = {},
): Promise<number[]> {
  const replies = models.map((parameters) => ({ parameters }));
  const parameters = vector(...valuesOf(models[0]).map(() => 0));
  const given = { parameters, spool, segmentBytes: 16 };
  return valuesOf((await aggregateWith(strategy, replies, given)).parameters);
}

describe("by hand", () => {
  it("FedMedian takes the middle of each coordinate, or the mean of two", async () => {
    const models = [vector(1, 9), vector(1000, 8), vector(3, -1000)];
    expect(await combined(fedMedian(), models)).toEqual([3, 8]);
    expect(await combined(fedMedian(), [...models, vector(5, 7)])).toEqual([4, 7.5]);
  });

  it("FedTrimmedAvg leaves out what is at the ends", async () => {
    const models = [1, 2, 3, 4, 1e6].map((value) => vector(value));
    expect(await combined(fedTrimmedAvg({ beta: 0.2 }), models)).toEqual([3]);
    // A fifth of four is less than one value: nothing is cut.
    expect(await combined(fedTrimmedAvg({ beta: 0.2 }), models.slice(0, 4))).toEqual([2.5]);
  });

  it("Krum takes the one with the nearest neighbours", async () => {
    // n = 5, f = 1: two neighbours each. 0: 1+4, 1: 1+1, 2: 1+4 …
    const models = [vector(0, 0), vector(1, 0), vector(2, 0), vector(50, 50), vector(90, 0)];
    expect(await combined(krum({ numMaliciousClients: 1 }), models)).toEqual([1, 0]);
  });

  it("MultiKrum takes the mean of the best", async () => {
    const models = [vector(0), vector(1), vector(2), vector(50), vector(90)];
    const strategy = multiKrum({ numMaliciousClients: 1, numClientsToKeep: 3 });
    expect(await combined(strategy, models)).toEqual([1]);
  });

  it("Bulyan takes those near the median of the chosen", async () => {
    // n = 7, f = 1: theta 5, beta 3. The two far away are not chosen; of -2 to 2 those nearest to 0 count.
    const models = [-2, -1, 0, 1, 2, 1000, -1000].map((value) => vector(value));
    expect(await combined(bulyan({ numMaliciousClients: 1 }), models)).toEqual([0]);
  });
});

describe("robustness", () => {
  /** Nine near 1, and two that say something else. */
  const honest = Array.from({ length: 9 }, (_, i) => vector(1 + (i - 4) / 100));
  const models = [...honest, vector(1e6), vector(-1e7)];
  it.each([
    ["FedMedian", fedMedian()],
    ["FedTrimmedAvg", fedTrimmedAvg()],
    ["Krum", krum({ numMaliciousClients: 2 })],
    ["MultiKrum", multiKrum({ numMaliciousClients: 2, numClientsToKeep: 5 })],
    ["Bulyan", bulyan({ numMaliciousClients: 2 })],
  ])("%s stays with the honest", async (_, strategy) => {
    const [value] = await combined(strategy, models);
    expect(Math.abs(value! - 1)).toBeLessThan(0.05);
    // From the disk the same.
    expect(await combined(strategy, models, { maxBufferedBytes: 0 })).toEqual([value]);
  });

  it("is not claimed of too few", async () => {
    const refused = { code: "TOO_FEW_RESULTS" };
    const four = models.slice(0, 4);
    await expect(combined(krum({ numMaliciousClients: 1 }), four)).rejects.toMatchObject(refused);
    await expect(
      combined(bulyan({ numMaliciousClients: 1 }), models.slice(0, 6)),
    ).rejects.toMatchObject(refused);
    await expect(combined(multiKrum({ numClientsToKeep: 5 }), four)).rejects.toMatchObject(refused);
  });

  it("does not let a counter decide who is near", async () => {
    const model = (value: number, steps: number): ModelParameters => [
      ...vector(value),
      { name: "steps", dtype: "int32", shape: [], data: Int32Array.of(steps) },
    ];
    const models = [model(0, 5), model(1, 90_000), model(2, 5), model(50, 5), model(90, 5)];
    const replies = models.map((parameters) => ({ parameters }));
    const given = { parameters: model(0, 0) };
    const { parameters } = await aggregateWith(krum({ numMaliciousClients: 1 }), replies, given);
    expect(valuesOf(parameters)).toEqual([1]);
    expect(parameters[1]!.data[0]).toBe(90_000);
  });
});

it("refuses options out of their range", () => {
  expect(() => fedTrimmedAvg({ beta: 0.5 })).toThrow(RangeError);
  expect(() => krum({ numMaliciousClients: -1 })).toThrow(RangeError);
  expect(() => multiKrum({ numClientsToKeep: 0 })).toThrow(RangeError);
});
