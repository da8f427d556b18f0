import {
  createInMemoryTransport,
  FlError,
  fingerprintOf,
  type ModelParameters,
} from "@dsail/fl-protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ClientScript, join, play, THREE, valuesOf, vector } from "../test/federation.js";
import { runServer } from "./server.js";
import type { ServerEvent } from "./server-event.js";
import { fedAvg } from "./strategies/fed-avg.js";
import { fedMedian } from "./strategies/fed-median.js";
import type { Strategy } from "./strategy.js";

const initialParameters = vector(0, 0.1, -1);
const strategy = fedAvg({ initialParameters });
const kindsOf = (events: readonly ServerEvent[]) => events.map(({ kind }) => kind);
const ofKind = <K extends ServerEvent["kind"]>(events: readonly ServerEvent[], kind: K) =>
  events.filter((event): event is ServerEvent & { kind: K } => event.kind === kind);

describe("a run", () => {
  it("completes, and gives the mean weighted by examples", async () => {
    const { result, ends } = await play(THREE, { strategy, numRounds: 3 });
    expect(result).toMatchObject({ status: "completed", rounds: 3 });
    const step = (1 * 1 + 2 * 2 + 5 * 3) / 6;
    expect(valuesOf(result.parameters)[0]).toBeCloseTo(3 * step, 5);
    expect(result.history.rounds).toHaveLength(3);
    expect(result.history.rounds[0]).toMatchObject({
      round: 1,
      attempts: 1,
      fit: { clients: ["a", "b", "c"], failures: [], numExamples: 6 },
      evaluate: { clients: ["a", "b", "c"], numExamples: 6 },
    });
    expect(ends).toEqual(
      new Map(["a", "b", "c"].map((id) => [id, { reconnectAfterSeconds: undefined }])),
    );
  });

  it("equals a direct computation to the bit, whatever the order of arrival", async () => {
    const script = Object.entries(THREE).map(([id, { step, numExamples }]) => ({
      id,
      step: step! * 0.1,
      numExamples: numExamples!,
    }));
    let direct = Float32Array.from(initialParameters[0]!.data as Float32Array);
    for (let round = 0; round < 2; round++) {
      direct = direct.map((value) => {
        let sum = 0;
        for (const { step, numExamples } of script) sum += numExamples * Math.fround(value + step);
        return sum / 6;
      });
    }
    const expected = fingerprintOf([{ name: "w", dtype: "float32", shape: [3], data: direct }]);
    for (let run = 0; run < 6; run++) {
      const delays = [0, 12, 24];
      const clients = Object.fromEntries(
        script.map(({ id, ...own }, i) => [
          id,
          { ...own, delayMs: delays[(run * (i + 1) + i) % 3]! },
        ]),
      );
      // Connected in another order, too.
      const reversed =
        run % 2 === 0 ? clients : Object.fromEntries(Object.entries(clients).reverse());
      const { result } = await play(reversed, { strategy, numRounds: 2 });
      expect(fingerprintOf(result.parameters!)).toBe(expected);
    }
  });

  it("tells what happens, in order", async () => {
    const { events } = await play(THREE, { strategy, numRounds: 1 });
    const kinds = kindsOf(events);
    expect(kinds[0]).toBe("listening");
    const told = [
      "clientConnected",
      "initialized",
      "roundStarted",
      "replyReceived",
      "roundFinished",
      "clientGone",
      "finished",
    ];
    const positions = told.map((kind) => kinds.indexOf(kind as ServerEvent["kind"]));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(ofKind(events, "replyReceived")).toHaveLength(6);
  });

  it("writes lines for a log, of the level that fits", async () => {
    const lines: [string, string][] = [];
    const write = (level: string) => (_: object, message: string) => lines.push([level, message]);
    const log = {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
    };
    await play(THREE, { strategy, numRounds: 1, log });
    expect(lines[0]).toEqual(["info", "memory listens on memory"]);
    expect(lines).toContainEqual(["info", "round 1: 3 clients train"]);
    expect(lines.at(-1)).toEqual(["info", "completed 1 rounds"]);
  });

  it("asks the first client for parameters, and the next one if that has none", async () => {
    const none: ClientScript = {
      handle: async ({ kind }) => ({
        kind: "failure",
        code: "NOT_IMPLEMENTED",
        message: `no ${kind}`,
      }),
    };
    const { result, events } = await play(
      { a: none, b: { step: 1 }, c: { step: 3 } },
      { strategy: fedAvg({ minAvailableClients: 3 }), numRounds: 1 },
    );
    expect(ofKind(events, "initialized")).toEqual([
      { kind: "initialized", clientId: "b", tensors: 1 },
    ]);
    expect(valuesOf(result.parameters)).toEqual([2, 2]);
  });

  it("evaluates at the server before the first round, and after each", async () => {
    const evaluate = vi.fn((round: number, parameters: ModelParameters) => ({
      loss: 10 - round,
      metrics: { first: valuesOf(parameters)[0]! },
    }));
    const own = fedAvg({ initialParameters, evaluate, fractionEvaluate: 0 });
    const { result } = await play(THREE, { strategy: own, numRounds: 2 });
    expect(evaluate.mock.calls.map(([round]) => round)).toEqual([0, 1, 2]);
    expect(result.history.initial).toEqual({ loss: 10, metrics: { first: 0 } });
    expect(result.history.rounds[1]).toMatchObject({ central: { loss: 8 } });
    expect(result.history.rounds[1]).not.toHaveProperty("evaluate");
  });

  it("samples the same clients for the same seed", async () => {
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`c${i}`, { step: i }]));
    const own = fedAvg({ initialParameters, fractionFit: 0.3, minAvailableClients: 10 });
    const chosen = async (seed: number) => {
      const { result } = await play(ten, { strategy: own, numRounds: 4, seed });
      return result.history.rounds.map(({ fit }) => fit.clients);
    };
    const first = await chosen(5);
    expect(await chosen(5)).toEqual(first);
    expect(await chosen(6)).not.toEqual(first);
    expect(first[0]).toHaveLength(3);
  });

  it("takes clients of several transports, and refuses a name that is there", async () => {
    const [one, other] = [createInMemoryTransport(), createInMemoryTransport()];
    const events: ServerEvent[] = [];
    const ends = new Map<string, unknown>();
    const result = await runServer({
      transports: [one.server, other.server],
      strategy: fedAvg({ initialParameters, minAvailableClients: 2 }),
      numRounds: 1,
      onEvent: (event) => {
        events.push(event);
        if (ofKind(events, "listening").length < 2 || event.kind !== "listening") return;
        join(one, "a", { step: 1 });
        join(other, "a", { step: 100 }, ends);
        join(other, "b", { step: 3 });
      },
    });
    expect(ofKind(events, "clientRefused")).toHaveLength(1);
    expect(ends.get("a")).toEqual({ reconnectAfterSeconds: undefined });
    expect(valuesOf(result.parameters)[0]).toBe(2);
  });
});

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

describe("too few clients", () => {
  afterEach(() => vi.useRealTimers());

  it("are told of at once and every ten seconds, and waited for", async () => {
    vi.useFakeTimers();
    const transport = createInMemoryTransport();
    const events: ServerEvent[] = [];
    const running = runServer({
      transports: [transport.server],
      strategy,
      numRounds: 1,
      onEvent: (event) => events.push(event),
    });
    await vi.advanceTimersByTimeAsync(0);
    join(transport, "a", {});
    await vi.advanceTimersByTimeAsync(25_000);
    expect(ofKind(events, "waitingForClients")).toEqual([
      { kind: "waitingForClients", have: 0, need: 2 },
      { kind: "waitingForClients", have: 1, need: 2 },
      { kind: "waitingForClients", have: 1, need: 2 },
    ]);
    join(transport, "b", {});
    await vi.advanceTimersByTimeAsync(0);
    vi.useRealTimers();
    expect(await running).toMatchObject({ status: "completed" });
  });

  it("end the run when the time is over", async () => {
    const { result } = await play(
      { a: {} },
      { strategy, numRounds: 1, waitForClientsTimeoutMs: 20, maxRoundRetries: 0 },
    );
    expect(result).toMatchObject({ status: "failed", code: "TOO_FEW_RESULTS", rounds: 0 });
    expect(result.message).toContain("1 clients, 2 needed");
  });
});

describe("a caller who ends the run", () => {
  it.each(["while it waits", "while clients train", "between rounds"])(
    "%s gets what was done",
    async (when) => {
      const stop = new AbortController();
      const slow: ClientScript =
        when === "while clients train" ? { handle: () => new Promise(() => {}) } : {};
      const clients: Record<string, ClientScript> =
        when === "while it waits" ? { a: {} } : { a: {}, b: slow };
      const { result, ends } = await play(clients, {
        strategy,
        numRounds: 1000,
        signal: stop.signal,
        onEvent: ({ kind }) => {
          if (kind === "waitingForClients" && when === "while it waits")
            setTimeout(() => stop.abort(), 10);
          if (kind === "roundStarted" && when === "while clients train")
            setTimeout(() => stop.abort(), 10);
          if (kind === "roundFinished") stop.abort();
        },
      });
      expect(result).toMatchObject({
        status: "aborted",
        code: "ABORTED",
        rounds: when === "between rounds" ? 1 : 0,
      });
      // Clients are let go.
      expect(ends.get("a")).toEqual({ reconnectAfterSeconds: undefined });
    },
  );

  it("before it begins gets a run that was aborted", async () => {
    const { result } = await play(
      { a: {}, b: {} },
      { strategy, numRounds: 1, signal: AbortSignal.abort() },
    );
    expect(result).toMatchObject({ status: "aborted", rounds: 0 });
  });
});

describe("what is wrong from the beginning", () => {
  it("is thrown", async () => {
    const transports = [createInMemoryTransport().server];
    const refused = (options: object) =>
      expect(runServer({ transports, strategy, numRounds: 1, ...options })).rejects;
    await refused({ numRounds: 0 }).toThrow(RangeError);
    await refused({ transports: [] }).toThrow("transports");
    await refused({ seed: 0.5 }).toThrow("seed");
    await refused({ roundTimeoutMs: -1 }).toThrow("roundTimeoutMs");
    await refused({ waitForClientsTimeoutMs: Number.NaN }).toThrow("waitForClientsTimeoutMs");
    const taken = createInMemoryTransport();
    await taken.server.listen({ onConnect: () => {} });
    await refused({ transports: [transports[0], taken.server] }).toThrow(FlError);
    // The first was closed again.
    await (await transports[0]!.listen({ onConnect: () => {} })).close();
  });
});

it("keeps robust strategies' updates on the disk if there is no room, with the same result", async () => {
  const own = fedMedian({ initialParameters });
  const [memory, disk] = [
    await play(THREE, { strategy: own, numRounds: 2 }),
    await play(THREE, { strategy: own, numRounds: 2, spool: { maxBufferedBytes: 0 } }),
  ];
  expect(disk.result.parameters).toEqual(memory.result.parameters);
});
