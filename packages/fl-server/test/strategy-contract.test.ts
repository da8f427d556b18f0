/**
 * What every strategy has to do, whatever it is made of.
 */
import type { ModelParameters } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import * as strategies from "../src/index.js";
import type { Strategy } from "../src/strategy.js";
import { aggregateWith, type GivenReply } from "./aggregate-with.js";

const STRATEGIES: readonly (readonly [Strategy, { readonly takesMean: boolean }])[] = [
  [strategies.fedAvg(), { takesMean: true }],
  [strategies.fedAvgM({ serverMomentum: 0.9 }), { takesMean: true }],
  [strategies.fedProx({ proximalMu: 1 }), { takesMean: true }],
  [strategies.fedOpt(), { takesMean: true }],
  [strategies.fedAdam(), { takesMean: true }],
  [strategies.fedYogi(), { takesMean: true }],
  [strategies.fedAdagrad(), { takesMean: true }],
  [strategies.faultTolerantFedAvg(), { takesMean: true }],
  [strategies.qFedAvg({ evaluate: () => ({ loss: 1 }) }), { takesMean: false }],
  [strategies.fedMedian(), { takesMean: false }],
  [strategies.fedTrimmedAvg(), { takesMean: false }],
  [strategies.krum({ numMaliciousClients: 1 }), { takesMean: false }],
  [strategies.multiKrum({ numMaliciousClients: 1, numClientsToKeep: 3 }), { takesMean: false }],
  [strategies.bulyan({ numMaliciousClients: 1 }), { takesMean: false }],
];

const model = (seed: number): ModelParameters => [
  {
    name: "w",
    dtype: "float32",
    shape: [5, 20],
    data: Float32Array.from({ length: 100 }, (_, i) => Math.sin(seed * (i + 1))),
  },
  { name: "half", dtype: "float16", shape: [2], data: Uint16Array.of(seed, 2 * seed) },
  { name: "steps", dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(seed)) },
  { name: "none", dtype: "float32", shape: [0], data: new Float32Array() },
];

const replies: readonly GivenReply[] = [3, 4, 5, 6, 7, 8, 9].map((seed) => ({
  parameters: model(seed),
  numExamples: seed,
}));

describe.each(STRATEGIES)("$name", (strategy, { takesMean }) => {
  const given = () => ({ parameters: model(1), segmentBytes: 64 });

  it("gives a model like the one before, of numbers", async () => {
    const { parameters } = await aggregateWith(strategy, replies, given());
    expect(parameters.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      model(1).map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    for (const { data } of parameters) {
      for (const value of data) expect(Number.isFinite(Number(value))).toBe(true);
    }
  });

  it("changes nothing that it is given", async () => {
    const [before, from] = [structuredClone(replies), given()];
    await aggregateWith(strategy, replies, from);
    expect(replies).toEqual(before);
    expect(from).toEqual(given());
  });

  it("gives the same from memory and from the disk, and for segments of any size", async () => {
    const expected = await aggregateWith(strategy, replies, given());
    const other = { ...given(), segmentBytes: 4096, spool: { maxBufferedBytes: 0 } };
    expect((await aggregateWith(strategy, replies, other)).parameters).toEqual(expected.parameters);
  });

  it("stays where it is if all clients do", async () => {
    const same = replies.map(() => ({ parameters: model(1), numExamples: 2 }));
    const { parameters } = await aggregateWith(strategy, same, given());
    expect(parameters).toEqual(model(1));
  });

  it("can be wrapped for privacy if it takes a mean, and not otherwise", () => {
    const options = { noiseMultiplier: 1, clippingNorm: 1, numSampledClients: 3 };
    const wrap = () => strategies.withServerSideFixedClipping(strategy, options);
    if (takesMean) expect(wrap().name).toBe(`${strategy.name}+server-side-fixed-clipping`);
    else expect(wrap).toThrow(strategy.name);
  });
});
