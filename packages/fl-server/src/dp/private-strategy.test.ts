import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gaussian, rdpAccountant, repeated } from "@dsail/dp";
import { openLedger } from "@dsail/dp/node";
import { seededRandomForTestsOnly } from "@dsail/dp/testing";
import type { ModelParameters } from "@dsail/fl-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aggregateWith, type GivenReply } from "../../test/aggregate-with.js";
import { valuesOf, vector } from "../../test/federation.js";
import { fedAdam } from "../strategies/fed-adam.js";
import { fedAvg } from "../strategies/fed-avg.js";
import { fedMedian } from "../strategies/fed-median.js";
import type { StrategyState } from "../strategy.js";
import {
  withClientSideAdaptiveClipping,
  withServerSideAdaptiveClipping,
} from "./adaptive-clipping.js";
import { withClientSideFixedClipping, withServerSideFixedClipping } from "./fixed-clipping.js";

const noNoise = { noiseMultiplier: 0, clippingNorm: 5, numSampledClients: 4 };
const parameters = vector(1, 1);
const contextOf = (state: StrategyState) => ({
  round: 1,
  parameters,
  state,
  clients: ["a", "b"],
  random: () => 0,
});

describe("fixed clipping", () => {
  it("clips at the server, gives all the same weight, and divides by those expected", async () => {
    const replies = [
      // Steps (3, 4), within the norm, and (60, 80), scaled down to (3, 4).
      { parameters: vector(4, 5), numExamples: 1 },
      { parameters: vector(61, 81), numExamples: 1000 },
    ];
    const strategy = withServerSideFixedClipping(fedAvg(), noNoise);
    const { parameters: next, privacy } = await aggregateWith(strategy, replies, { parameters });
    expect(valuesOf(next)[0]).toBeCloseTo(1 + 6 / 4, 5);
    expect(valuesOf(next)[1]).toBeCloseTo(1 + 8 / 4, 5);
    expect(privacy).toEqual({ epsilon: null, delta: 1e-5, clippingNorm: 5 });
  });

  it("adds noise of noiseMultiplier · norm / clients to each number", async () => {
    const count = 20_000;
    const model = vector(...new Array<number>(count).fill(0));
    const strategy = withServerSideFixedClipping(fedAvg(), {
      noiseMultiplier: 2,
      clippingNorm: 5,
      numSampledClients: 4,
      random: seededRandomForTestsOnly(3),
    });
    const next = await aggregateWith(strategy, [{ parameters: model }], { parameters: model });
    const values = valuesOf(next.parameters);
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / count);
    expect(Math.abs(deviation / ((2 * 5) / 4) - 1)).toBeLessThan(0.02);
  });

  it("draws other noise each time unless told", async () => {
    const strategy = withServerSideFixedClipping(fedAvg(), { ...noNoise, noiseMultiplier: 1 });
    const replies = [{ parameters }];
    const [one, other] = [
      await aggregateWith(strategy, replies, { parameters }),
      await aggregateWith(strategy, replies, { parameters }),
    ];
    expect(one.parameters).not.toEqual(other.parameters);
  });

  it("leaves counters as the server has them", async () => {
    const model = (value: number, steps: bigint): ModelParameters => [
      ...vector(value),
      { name: "steps", dtype: "int64", shape: [], data: BigInt64Array.of(steps) },
    ];
    const strategy = withServerSideFixedClipping(fedAvg(), noNoise);
    const replies = [{ parameters: model(2, 999n) }];
    const next = await aggregateWith(strategy, replies, { parameters: model(1, 7n) });
    expect(next.parameters[1]!.data[0]).toBe(7n);
  });

  it("goes on with the strategy's own step and state", async () => {
    const strategy = withServerSideFixedClipping(fedAdam(), { ...noNoise, numSampledClients: 1 });
    const first = await aggregateWith(strategy, [{ parameters: vector(2, 3) }], { parameters });
    const plain = await aggregateWith(fedAdam(), [{ parameters: vector(2, 3) }], { parameters });
    expect(first.parameters).toEqual(plain.parameters);
    expect(first.state.tensors).toEqual(plain.state.tensors);
  });

  it("tells clients the norm in Flower's words, if they clip", async () => {
    const strategy = withClientSideFixedClipping(
      fedAvg({ onFitConfig: () => ({ lr: 0.1 }) }),
      noNoise,
    );
    const [plan] = await strategy.configureFit(contextOf({}));
    expect(plan?.config).toEqual({ lr: 0.1, clipping_norm: 5 });
  });

  it("is refused where there is no mean, and for what is out of range", () => {
    expect(() => withServerSideFixedClipping(fedMedian(), noNoise)).toThrow(
      "fed-median does not take a mean",
    );
    const private_ = withServerSideFixedClipping(fedAvg(), noNoise);
    expect(() => withServerSideFixedClipping(private_, noNoise)).toThrow("does not take a mean");
    expect(() => withServerSideFixedClipping(fedAvg(), { ...noNoise, clippingNorm: 0 })).toThrow(
      RangeError,
    );
    expect(() =>
      withServerSideFixedClipping(fedAvg(), { ...noNoise, numSampledClients: 0 }),
    ).toThrow(RangeError);
  });
});

describe("what it costs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dp-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const options = { ...noNoise, noiseMultiplier: 1.5 };
  const replies: readonly GivenReply[] = [{ parameters: vector(2, 2) }];
  const epsilonAfter = (rounds: number) =>
    rdpAccountant().epsilon(repeated(gaussian({ noiseMultiplier: 1.5 }), rounds), 1e-5).epsilon;

  it("adds up from round to round", async () => {
    const strategy = withServerSideFixedClipping(fedAvg(), options);
    let state: StrategyState = {};
    for (let round = 1; round <= 3; round++) {
      const next = await aggregateWith(strategy, replies, { parameters, state, round });
      // A checkpoint is JSON.
      state = JSON.parse(JSON.stringify(next.state)) as StrategyState;
      expect(next.privacy?.epsilon).toBeCloseTo(epsilonAfter(round), 9);
    }
  });

  it("is in the ledger before anything is released, and ends at the budget", async () => {
    const budget = { epsilon: epsilonAfter(2) + 0.01, delta: 1e-5, accountant: rdpAccountant() };
    const header = { id: "run", unit: "client", neighboringRelation: "add-or-remove-one" } as const;
    const ledger = openLedger(join(folder, "ledger"), header, { budget });
    const strategy = withServerSideFixedClipping(fedAvg(), { ...options, ledger });
    for (const round of [1, 2]) await aggregateWith(strategy, replies, { parameters, round });
    await expect(aggregateWith(strategy, replies, { parameters, round: 3 })).rejects.toMatchObject({
      name: "DpError",
      code: "BUDGET_EXCEEDED",
    });
    expect(ledger.ledger().entries.map(({ note }) => note)).toEqual(["round 1", "round 2"]);
    ledger.close();
  });

  it("is of clients: a ledger of records is refused", () => {
    const header = { id: "run", unit: "record", neighboringRelation: "add-or-remove-one" } as const;
    const ledger = openLedger(join(folder, "ledger"), header);
    expect(() => withServerSideFixedClipping(fedAvg(), { ...options, ledger })).toThrow(
      "unit is a client",
    );
    ledger.close();
  });
});

describe("adaptive clipping", () => {
  // Noise that is next to nothing beside a count of 1000.
  const options = {
    noiseMultiplier: 1e-6,
    numSampledClients: 4,
    clippedCountStddev: 1e-5,
    initialClippingNorm: 1,
  };
  const far = Array.from({ length: 4 }, () => ({ parameters: vector(31, 41) }));
  const near = Array.from({ length: 4 }, () => ({ parameters: vector(1.03, 1.04) }));
  const nextNorm = async (replies: readonly GivenReply[]) => {
    const strategy = withServerSideAdaptiveClipping(fedAvg(), options);
    const { state } = await aggregateWith(strategy, replies, { parameters });
    const told = withClientSideAdaptiveClipping(fedAvg(), options);
    const [plan] = await told.configureFit(contextOf(state));
    return Number(plan!.config["clipping_norm"]);
  };

  it("moves the norm up when all are clipped, and down when none is", async () => {
    expect(await nextNorm(far)).toBeCloseTo(Math.exp(0.2 * 0.5), 3);
    expect(await nextNorm(near)).toBeCloseTo(Math.exp(-0.2 * 0.5), 3);
    expect(await nextNorm([...far.slice(2), ...near.slice(2)])).toBeCloseTo(1, 3);
  });

  it("clips by the norm of the round, not by the next", async () => {
    const strategy = withServerSideAdaptiveClipping(fedAvg(), options);
    const next = await aggregateWith(strategy, far, { parameters });
    expect(valuesOf(next.parameters)[0]).toBeCloseTo(1 + 0.6, 4);
    expect(next.privacy?.clippingNorm).toBe(1);
  });

  it("takes the bit of clients that clip as Flower's mod tells it: whether they had to", async () => {
    const strategy = withClientSideAdaptiveClipping(fedAvg(), options);
    const clipped = near.map((reply) => ({ ...reply, metrics: { norm_bit: true } }));
    const { state } = await aggregateWith(strategy, clipped, { parameters });
    const [plan] = await strategy.configureFit(contextOf(state));
    expect(plan!.config["clipping_norm"]).toBeCloseTo(Math.exp(0.2 * 0.5), 3);
    await expect(aggregateWith(strategy, near, { parameters })).rejects.toMatchObject({
      code: "BAD_MESSAGE",
    });
  });

  it("costs what the noise multiplier says", async () => {
    const strategy = withServerSideAdaptiveClipping(fedAvg(), {
      noiseMultiplier: 1.5,
      numSampledClients: 100,
    });
    const { privacy } = await aggregateWith(strategy, near, { parameters });
    const fixed = rdpAccountant().epsilon(gaussian({ noiseMultiplier: 1.5 }), 1e-5).epsilon;
    expect(privacy?.epsilon).toBeCloseTo(fixed, 6);
  });

  it("refuses a count that would cost more than all", () => {
    expect(() =>
      withServerSideAdaptiveClipping(fedAvg(), { noiseMultiplier: 1, numSampledClients: 4 }),
    ).toThrow("countNoise");
  });
});
