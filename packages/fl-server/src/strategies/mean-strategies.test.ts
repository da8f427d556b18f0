import { describe, expect, it } from "vitest";
import { aggregateWith } from "../../test/aggregate-with.js";
import { valuesOf, vector } from "../../test/federation.js";
import type { Strategy } from "../strategy.js";
import { faultTolerantFedAvg } from "./fault-tolerant-fed-avg.js";
import { fedAdagrad } from "./fed-adagrad.js";
import { fedAdam } from "./fed-adam.js";
import { fedAvg } from "./fed-avg.js";
import { fedAvgM } from "./fed-avg-m.js";
import { fedOpt } from "./fed-opt.js";
import { fedProx } from "./fed-prox.js";
import { fedYogi } from "./fed-yogi.js";

/** Two rounds in which the clients' mean is 2 and then 4, from a model of 1. */
async function twoRounds(strategy: Strategy): Promise<number[]> {
  const first = await aggregateWith(strategy, [{ parameters: vector(2) }], {
    parameters: vector(1),
  });
  const { parameters, state } = first;
  const second = await aggregateWith(strategy, [{ parameters: vector(4) }], {
    parameters,
    state,
    round: 2,
  });
  return [...valuesOf(parameters), ...valuesOf(second.parameters)];
}

const close = (actual: readonly number[], expected: readonly number[]) => {
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
};

describe("FedAvg", () => {
  it("weights by examples", async () => {
    const replies = [
      { parameters: vector(1, 10), numExamples: 1 },
      { parameters: vector(2, 30), numExamples: 3 },
    ];
    const { parameters } = await aggregateWith(fedAvg(), replies, { parameters: vector(0, 0) });
    expect(valuesOf(parameters)).toEqual([1.75, 25]);
  });

  it("is FedAvgM with its defaults", async () => {
    expect(await twoRounds(fedAvgM())).toEqual([2, 4]);
  });
});

describe("server optimizers, two rounds by hand", () => {
  it("FedAvgM: v = 1 − 2 = −1, w = 1 + η; v = β v + (w − 4)", async () => {
    const w1 = 1 + 0.5 * 1;
    const v2 = 0.9 * -1 + (w1 - 4);
    close(await twoRounds(fedAvgM({ serverLearningRate: 0.5, serverMomentum: 0.9 })), [
      w1,
      w1 - 0.5 * v2,
    ]);
  });

  it("FedOpt: w + η Δ", async () => {
    close(await twoRounds(fedOpt({ eta: 0.5 })), [1.5, 1.5 + 0.5 * 2.5]);
  });

  it("FedAdam: corrected by round + 1", async () => {
    const [m1, v1] = [0.1, 0.01];
    const rate = (t: number) => (0.1 * Math.sqrt(1 - 0.99 ** (t + 1))) / (1 - 0.9 ** (t + 1));
    const w1 = 1 + (rate(1) * m1) / Math.sqrt(v1);
    const [m2, v2] = [0.9 * m1 + 0.1 * (4 - w1), 0.99 * v1 + 0.01 * (4 - w1) ** 2];
    close(await twoRounds(fedAdam()), [w1, w1 + (rate(2) * m2) / Math.sqrt(v2)]);
  });

  it("FedYogi: the sign decides", async () => {
    const [m1, v1] = [0.1, 0.01];
    const w1 = 1 + (0.01 * m1) / (Math.sqrt(v1) + 1e-3);
    const square = (4 - w1) ** 2;
    const [m2, v2] = [0.9 * m1 + 0.1 * (4 - w1), v1 + 0.01 * square];
    close(await twoRounds(fedYogi()), [w1, w1 + (0.01 * m2) / (Math.sqrt(v2) + 1e-3)]);
  });

  it("FedAdagrad: squares add up", async () => {
    const w1 = 1 + 0.1;
    const delta = 4 - w1;
    close(await twoRounds(fedAdagrad()), [w1, w1 + (0.1 * delta) / Math.sqrt(1 + delta ** 2)]);
  });

  it("leave counters to the mean", async () => {
    const model = (steps: bigint) => [
      ...vector(1),
      { name: "steps", dtype: "int64", shape: [], data: BigInt64Array.of(steps) } as const,
    ];
    const replies = [{ parameters: model(10n) }, { parameters: model(13n) }];
    const { parameters, state } = await aggregateWith(fedAdam(), replies, {
      parameters: model(0n),
    });
    expect(parameters[1]!.data[0]).toBe(12n);
    expect(state.tensors?.map(({ name }) => name)).toEqual(["m/w", "v/w"]);
  });

  it("do not change the state they are given", async () => {
    const strategy = fedAdam();
    const given = { parameters: vector(1) };
    const { state } = await aggregateWith(strategy, [{ parameters: vector(2) }], given);
    const before = structuredClone(state);
    await aggregateWith(strategy, [{ parameters: vector(5) }], { ...given, state, round: 2 });
    expect(state).toEqual(before);
  });
});

describe("FedProx", () => {
  it("tells clients mu beside what they are told anyhow", async () => {
    const strategy = fedProx({
      proximalMu: 0.25,
      onFitConfig: (round) => ({ round: BigInt(round) }),
    });
    const context = {
      round: 4,
      parameters: vector(1),
      state: {},
      clients: ["a", "b"],
      random: () => 0,
    };
    expect(await strategy.configureFit(context)).toEqual([
      { clientId: "a", config: { round: 4n, proximal_mu: 0.25 } },
      { clientId: "b", config: { round: 4n, proximal_mu: 0.25 } },
    ]);
  });
});

describe("failures", () => {
  const failure = { clientId: "x", code: "DISCONNECTED", message: "gone" };
  const given = (failures: number) => ({
    parameters: vector(0),
    failures: Array.from({ length: failures }, () => failure),
  });
  const one = [{ parameters: vector(1) }];

  it("are accepted unless they must not be", async () => {
    await aggregateWith(fedAvg(), one, given(5));
    await expect(
      aggregateWith(fedAvg({ acceptFailures: false }), one, given(1)),
    ).rejects.toMatchObject({ code: "TOO_FEW_RESULTS", round: 1 });
    await expect(aggregateWith(fedAvg({ minFitResults: 2 }), one, given(0))).rejects.toMatchObject({
      code: "TOO_FEW_RESULTS",
    });
    await expect(aggregateWith(fedAvg(), [], given(2))).rejects.toMatchObject({
      code: "TOO_FEW_RESULTS",
    });
  });

  it("are borne by FaultTolerantFedAvg up to its share", async () => {
    const strategy = faultTolerantFedAvg({ minCompletionRateFit: 0.5 });
    const { parameters } = await aggregateWith(strategy, one, given(1));
    expect(valuesOf(parameters)).toEqual([1]);
    await expect(aggregateWith(strategy, one, given(2))).rejects.toMatchObject({
      code: "TOO_FEW_RESULTS",
    });
    const context = { round: 1, parameters: vector(0), state: {}, clients: [], random: () => 0 };
    expect(() => strategy.aggregateEvaluate(context, [], [failure])).toThrow("0 of 1");
  });
});

describe("options out of their range are refused", () => {
  it.each([
    () => fedAvg({ fractionFit: 1.1 }),
    () => fedAvg({ minFitClients: 0 }),
    () => fedAvg({ minAvailableClients: 1.5 }),
    () => fedAvgM({ serverMomentum: 1 }),
    () => fedAdam({ tau: 0 }),
    () => fedYogi({ beta2: 1 }),
    () => fedProx({ proximalMu: -1 }),
    () => faultTolerantFedAvg({ minCompletionRateFit: 2 }),
  ])("%s", (make) => {
    expect(make).toThrow(RangeError);
  });
});
