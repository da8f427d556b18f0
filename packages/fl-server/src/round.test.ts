import { createInMemoryTransport, type ModelParameters } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import {
  type ClientScript,
  join,
  ofKind,
  play,
  THREE,
  valuesOf,
  vector,
} from "../test/federation.js";
import { runServer } from "./server.js";
import { fedAvg } from "./strategies/fed-avg.js";
import type { Strategy } from "./strategy.js";

const initialParameters = vector(0, 0.1, -1);
const strategy = fedAvg({ initialParameters });

describe("a client that fails", () => {
  const bad = (change: (parameters: ModelParameters) => ModelParameters): ClientScript => ({
    onFit: (reply) => ({ ...reply, parameters: change(reply.parameters) }),
  });
  const failing: readonly (readonly [string, string, ClientScript])[] = [
    ["sends NaN", "NOT_FINITE", bad(() => vector(1, Number.NaN, 3))],
    ["sends infinity", "NOT_FINITE", bad(() => vector(1, 2, Number.POSITIVE_INFINITY))],
    ["sends another shape", "SHAPE_MISMATCH", bad(() => vector(1, 2))],
    ["sends another tensor", "SHAPE_MISMATCH", bad(([tensor]) => [{ ...tensor!, name: "other" }])],
    ["sends no tensor", "SHAPE_MISMATCH", bad(() => [])],
    [
      "counts what it can't have",
      "UPDATE_REFUSED",
      { onFit: (reply) => ({ ...reply, numExamples: 1e9 }) },
    ],
    ["moves the model too far", "UPDATE_REFUSED", { step: 1e4 }],
    [
      "says that it failed",
      "FAILED",
      { onFit: () => ({ kind: "failure", code: "FAILED", message: "out\nof\u0007 memory" }) },
    ],
    ["may not", "POLICY", { onFit: () => ({ kind: "failure", code: "POLICY", message: "no" }) }],
    ["is late", "TIMEOUT", { handle: () => new Promise(() => {}) }],
    ["dies", "DISCONNECTED", { handle: () => Promise.reject(new Error("dead")) }],
  ];

  it.each(failing)("because it %s is a failure of its own: %s", async (_, code, script) => {
    const { result, events } = await play(
      { ...THREE, b: script },
      {
        strategy: fedAvg({ initialParameters, minAvailableClients: 3, fractionEvaluate: 0 }),
        numRounds: 1,
        roundTimeoutMs: 200,
        updateLimits: { maxNumExamples: 1e6, maxUpdateNorm: 1000 },
      },
    );
    expect(result.status).toBe("completed");
    const [record] = result.history.rounds;
    expect(record?.fit.clients).toEqual(["a", "c"]);
    expect(record?.fit.failures).toMatchObject([{ clientId: "b", code }]);
    expect(JSON.stringify(record)).not.toContain("\\u0007");
    // No trace of it: (1 · 1 + 3 · 5) / 4.
    expect(valuesOf(result.parameters)[0]).toBe(4);
    expect(ofKind(events, "replyRefused")).toMatchObject([{ clientId: "b", asked: "fit", code }]);
  });

  it("in the middle of its transfer leaves no trace", async () => {
    const transport = createInMemoryTransport();
    const large = [
      { name: "w", dtype: "float32", shape: [2 ** 20], data: new Float32Array(2 ** 20) },
    ] as const;
    const dying = new AbortController();
    const dead: ModelParameters = [{ ...large[0], data: new Float32Array(2 ** 20).fill(1e9) }];
    let pieces = 0;
    const result = await runServer({
      transports: [
        {
          ...transport.server,
          // Ends the client when its second piece is asked for.
          listen: (events) =>
            transport.server.listen({
              ...events,
              onConnect: (connection) =>
                events.onConnect({
                  ...connection,
                  request: async (...args) => {
                    const reply = await connection.request(...args);
                    if (reply.kind !== "fit" || connection.clientId !== "b") return reply;
                    const { specs, chunks } = reply.parameters;
                    const watched = async function* () {
                      for await (const chunk of chunks()) {
                        pieces += 1;
                        if (pieces === 2) dying.abort();
                        yield chunk;
                      }
                    };
                    return { ...reply, parameters: { specs, chunks: watched } };
                  },
                }),
            }),
        },
      ],
      strategy: fedAvg({ initialParameters: large, fractionEvaluate: 0, minAvailableClients: 3 }),
      numRounds: 1,
      onEvent: (event) => {
        if (event.kind !== "listening") return;
        join(transport, "a", { step: 1 });
        join(
          transport,
          "b",
          { onFit: (reply) => ({ ...reply, parameters: dead }) },
          undefined,
          dying.signal,
        );
        join(transport, "c", { step: 3 });
      },
    });
    expect(pieces).toBeGreaterThanOrEqual(2);
    expect(result.history.rounds[0]?.fit.failures).toMatchObject([
      { clientId: "b", code: "DISCONNECTED" },
    ]);
    expect(new Set(valuesOf(result.parameters))).toEqual(new Set([2]));
  });

  it("to evaluate, or has no finite loss, is left out of the loss", async () => {
    const nan: ClientScript = {
      handle: async (instruction) =>
        instruction.kind === "fit"
          ? { kind: "fit", parameters: instruction.parameters, numExamples: 1, metrics: {} }
          : { kind: "evaluate", loss: Number.NaN, numExamples: 1, metrics: {} },
    };
    const own = fedAvg({ initialParameters, minAvailableClients: 3 });
    const { result } = await play({ ...THREE, b: nan }, { strategy: own, numRounds: 1 });
    const [record] = result.history.rounds;
    expect(record?.evaluate).toMatchObject({
      clients: ["a", "c"],
      failures: [{ clientId: "b", code: "NOT_FINITE" }],
    });
    expect(record?.evaluate?.loss).toBeGreaterThan(0);

    const all = await play({ a: nan, b: nan }, { strategy, numRounds: 1 });
    expect(all.result.history.rounds[0]?.evaluate).toMatchObject({ clients: [], loss: null });
    expect(ofKind(all.events, "evaluationSkipped")).toHaveLength(1);
  });

  it("and was late does not answer the next question with what it was asked before", async () => {
    let round = 0;
    const late: ClientScript = {
      step: 2,
      delayMs: () => (round++ === 0 ? 150 : 0),
    };
    const own = fedAvg({ initialParameters, fractionEvaluate: 0, minAvailableClients: 2 });
    const { result } = await play(
      { a: { step: 1, delayMs: 60 }, b: late },
      { strategy: own, numRounds: 4, roundTimeoutMs: 100 },
    );
    expect(result.history.rounds.map(({ fit }) => fit.clients.length)).toEqual([1, 2, 2, 2]);
    expect(valuesOf(result.parameters)[0]).toBe(1 + 1.5 + 1.5 + 1.5);
  });
});

describe("a round that fails", () => {
  const failures = (count: number): ClientScript => {
    let left = count;
    return {
      onFit: (reply) => (left-- > 0 ? { kind: "failure", code: "FAILED", message: "no" } : reply),
    };
  };
  const strict = fedAvg({ initialParameters, acceptFailures: false, fractionEvaluate: 0 });

  it("is tried again", async () => {
    const { result, events } = await play(
      { a: failures(2), b: {} },
      { strategy: strict, numRounds: 2 },
    );
    expect(result).toMatchObject({ status: "completed", rounds: 2 });
    expect(result.history.rounds.map(({ attempts }) => attempts)).toEqual([3, 1]);
    expect(ofKind(events, "roundFailed")).toMatchObject([
      { attempt: 1, isRetried: true },
      { attempt: 2 },
    ]);
    // What was done in vain is not in the model.
    expect(valuesOf(result.parameters)[0]).toBe(2);
  });

  it("too often ends the run, with the reason, and what was done before", async () => {
    const { result } = await play(
      {
        a: {
          onFit: (reply, round) =>
            round === 2 ? { kind: "failure", code: "FAILED", message: "no" } : reply,
        },
        b: {},
      },
      { strategy: strict, numRounds: 3 },
    );
    expect(result).toMatchObject({ status: "failed", code: "TOO_FEW_RESULTS", rounds: 1 });
    expect(result.message).toContain("1 of 2 clients failed");
    expect(valuesOf(result.parameters)[0]).toBe(1);
  });

  it("ends the run at once if it is told so", async () => {
    const { result, events } = await play(
      { a: failures(1), b: {} },
      { strategy: strict, numRounds: 2, onRoundFailure: "stop" },
    );
    expect(result).toMatchObject({ status: "failed", rounds: 0 });
    expect(ofKind(events, "roundFailed")).toMatchObject([{ isRetried: false }]);
  });

  it("because of an error in a strategy is not tried again, and quotes nothing of it", async () => {
    const broken: Strategy = {
      ...strict,
      aggregateFit: () => Promise.reject(new TypeError("secret")),
    };
    const { result, events } = await play({ a: {}, b: {} }, { strategy: broken, numRounds: 2 });
    expect(result).toMatchObject({
      status: "failed",
      code: "FAILED",
      message: "an unexpected error (TypeError)",
    });
    expect(result.cause).toBeInstanceOf(TypeError);
    expect(JSON.stringify(events)).not.toContain("secret");
  });

  it.each([
    ["is not finite", "NOT_FINITE", vector(1, 2, Number.NaN)],
    ["has another shape", "SHAPE_MISMATCH", vector(1)],
  ])("because its model %s leaves the old one", async (_, code, parameters) => {
    const broken: Strategy = {
      ...strict,
      aggregateFit: async () => ({ parameters, state: {}, metrics: {} }),
    };
    const { result } = await play(
      { a: {}, b: {} },
      { strategy: broken, numRounds: 1, maxRoundRetries: 0 },
    );
    expect(result).toMatchObject({ status: "failed", code, parameters: initialParameters });
  });
});
