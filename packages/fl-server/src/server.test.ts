import {
  createInMemoryTransport,
  FlError,
  fingerprintOf,
  type ModelParameters,
} from "@dsail/fl-protocol";
import { describe, expect, it, vi } from "vitest";
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
import type { ServerEvent } from "./server-event.js";
import { fedAvg } from "./strategies/fed-avg.js";
import { fedMedian } from "./strategies/fed-median.js";

const initialParameters = vector(0, 0.1, -1);
const strategy = fedAvg({ initialParameters });
const kindsOf = (events: readonly ServerEvent[]) => events.map(({ kind }) => kind);

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

  it("sums in the order of ids even where another order would show", async () => {
    // In float64 (1e16 + 1) − 1e16 is 0, and (1e16 − 1e16) + 1 is 1.
    const wide = (value: number): ModelParameters => [
      { name: "w", dtype: "float64", shape: [], data: Float64Array.of(value) },
    ];
    const client = (value: number, delayMs: number): ClientScript => ({
      delayMs,
      onFit: (reply) => ({ ...reply, parameters: wide(value) }),
    });
    const own = fedAvg({ initialParameters: wide(0), fractionEvaluate: 0, minAvailableClients: 3 });
    const meanOf = async (names: readonly string[], delays: readonly number[]) => {
      const values = [1e16, 1, -1e16];
      const clients = names.map((name, i) => [name, client(values[i]!, delays[i]!)]);
      const { result } = await play(Object.fromEntries(clients) as typeof THREE, {
        strategy: own,
        numRounds: 1,
      });
      return valuesOf(result.parameters)[0];
    };
    for (const delays of [
      [0, 15, 30],
      [0, 30, 15],
      [30, 15, 0],
    ]) {
      expect(await meanOf(["a", "b", "c"], delays)).toBe(0);
      // The control: with other names it is another order.
      expect(await meanOf(["a", "c", "b"], delays)).toBe(1 / 3);
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
        join(other, "b", { step: 3, delayMs: 20 });
      },
    });
    expect(ofKind(events, "clientRefused")).toHaveLength(1);
    expect(ends.get("a")).toEqual({ reconnectAfterSeconds: undefined });
    expect(valuesOf(result.parameters)[0]).toBe(2);
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
