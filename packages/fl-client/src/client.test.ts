import {
  type ClientTransport,
  createInMemoryTransport,
  FlError,
  type Instruction,
  type ModelParameters,
} from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { breakable, scripted } from "../test/breakable-transport.js";
import { fakeClock } from "../test/fake-clock.js";
import { ask, openHub } from "../test/round-loop.js";
import { createTrainer, initialParameters } from "../test/softmax-trainer.js";
import { type ClientOptions, createClient } from "./client.js";
import type { ClientEvent } from "./client-event.js";
import { systemClock } from "./clock.js";
import type { Trainer } from "./trainer.js";

const PARAMETERS = initialParameters();
const fitOf = (id: string): Instruction => ({
  ...{ kind: "fit", id, round: 1, parameters: PARAMETERS, config: {} },
});
const lost = new FlError("DISCONNECTED", "nobody there");

/** A trainer whose fits are counted, and begin only when they are told to. */
function heldTrainer(): {
  readonly trainer: Trainer;
  readonly fits: () => number;
  readonly aborted: () => number;
  readonly letGo: () => void;
  readonly begun: () => Promise<void>;
} {
  const inner = createTrainer({ seed: 1, examples: 30 });
  let [fits, aborted] = [0, 0];
  const waiting: (() => void)[] = [];
  let onBegin = (): void => {};
  return {
    fits: () => fits,
    aborted: () => aborted,
    letGo: () => waiting.shift()!(),
    begun: () =>
      new Promise((resolve) => {
        onBegin = resolve;
      }),
    trainer: {
      ...inner,
      fit: async (parameters, config, context) => {
        fits += 1;
        onBegin();
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve);
          context.signal.addEventListener("abort", () => {
            aborted += 1;
            reject(context.signal.reason);
          });
        });
        return inner.fit(parameters, config, context);
      },
    },
  };
}

async function setUp(
  trainer: Trainer,
  options: Omit<Partial<ClientOptions>, "trainer" | "transport"> = {},
) {
  const { server, client: clientSide } = createInMemoryTransport();
  const hub = await openHub(server);
  const transport = breakable(clientSide("one"));
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent) => events.push(event);
  const client = createClient({ transport, trainer, onEvent, clock: fakeClock(), ...options });
  return { hub, transport, client, end: client.run(), events };
}

const typesOf = (events: readonly ClientEvent[]) => events.map(({ type }) => type);

describe("createClient", () => {
  it("goes on with a fit that a broken connection interrupted, and does not begin it anew", async () => {
    const held = heldTrainer();
    const { hub, transport, end, events } = await setUp(held.trainer);
    const [first] = await hub.clients(1);
    const begun = held.begun();
    const broken = ask(first!, fitOf("r1"));
    await begun;
    transport.pull();
    await expect(broken).rejects.toMatchObject({ code: "DISCONNECTED" });
    await first!.closed;
    const [again] = await hub.clients(1);
    expect(again).not.toBe(first);
    const answer = ask(again!, fitOf("r1"));
    await new Promise((resolve) => setImmediate(resolve));
    held.letGo();
    const expected = await createTrainer({ seed: 1, examples: 30 }).fit(
      ...([
        PARAMETERS,
        {},
        { signal: AbortSignal.abort(), round: 1, onProgress: () => {} },
      ] as const),
    );
    expect((await answer) as unknown).toMatchObject({ parameters: expected.parameters });
    expect(held.fits()).toBe(1);
    expect(events).toContainEqual(expect.objectContaining({ type: "repeated", isDone: false }));
    await hub.release();
    expect(await end).toMatchObject({ status: "completed", sessions: 2, answered: 1, failed: 0 });
  });

  it("keeps a reply until it is acknowledged, and sends it again", async () => {
    const held = heldTrainer();
    const { hub, transport, end, events } = await setUp(held.trainer);
    const [first] = await hub.clients(1);
    const begun = held.begun();
    // The server has the reply, but dies before it has read its parameters.
    const reply = first!.request(fitOf("r1"));
    await begun;
    held.letGo();
    expect(await reply).toMatchObject({ kind: "fit" });
    transport.pull();
    await first!.closed;
    const [again] = await hub.clients(1);
    expect(await ask(again!, fitOf("r1"))).toMatchObject({ kind: "fit", numExamples: 30 });
    expect(held.fits()).toBe(1);
    expect(events).toContainEqual(expect.objectContaining({ type: "repeated", isDone: true }));
    // It has been acknowledged now: who asks again gets another one.
    const another = held.begun();
    const third = ask(again!, fitOf("r1"));
    await another;
    held.letGo();
    await third;
    expect(held.fits()).toBe(2);
    await hub.release();
    await end;
  });

  it("gives up a fit that nobody waits for when another is asked for", async () => {
    const held = heldTrainer();
    const { hub, transport, end } = await setUp(held.trainer);
    const [first] = await hub.clients(1);
    let begun = held.begun();
    ask(first!, fitOf("r1")).catch(() => undefined);
    await begun;
    transport.pull();
    await first!.closed;
    const [again] = await hub.clients(1);
    begun = held.begun();
    const answer = ask(again!, fitOf("r2"));
    await begun;
    expect([held.fits(), held.aborted()]).toEqual([2, 1]);
    held.letGo();
    held.letGo();
    expect(await answer).toMatchObject({ kind: "fit" });
    await hub.release();
    await end;
  });

  it("reports a fit that fails by the name of its error, and goes on", async () => {
    const broken = createTrainer({ seed: 1, examples: 30, isBroken: true });
    const { hub, end, events } = await setUp(broken);
    const [client] = await hub.clients(1);
    expect(await ask(client!, fitOf("r1"))).toEqual({
      ...{ kind: "failure", code: "FAILED", message: "RangeError" },
    });
    // For the site's eyes the error is there as it was.
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "failed",
        error: new RangeError("patient 4711 has no label"),
      }),
    );
    const evaluate = { ...fitOf("r1e"), kind: "evaluate" } as Instruction;
    expect(await ask(client!, evaluate)).toMatchObject({ kind: "evaluate", numExamples: 30 });
    const properties: Instruction = { kind: "getProperties", id: "p", config: {} };
    expect(await ask(client!, properties)).toMatchObject({ code: "NOT_IMPLEMENTED" });
    await hub.release();
    expect(await end).toMatchObject({ status: "completed", answered: 1, failed: 2 });
  });

  it.each([
    ["a count that is none", { numExamples: -1 }],
    ["no metrics", { metrics: undefined }],
    ["data that is not of its shape", { parameters: [{ ...PARAMETERS[0]!, shape: [1] }] }],
  ])("reports a result with %s", async (_, wrong) => {
    const trainer = createTrainer({ seed: 1, examples: 30 });
    const fit: Trainer["fit"] = async (...args) =>
      ({ ...(await trainer.fit(...args)), ...wrong }) as Awaited<ReturnType<Trainer["fit"]>>;
    const { hub, end } = await setUp({ ...trainer, fit });
    const [client] = await hub.clients(1);
    expect(await ask(client!, fitOf("r1"))).toMatchObject({ kind: "failure", code: "FAILED" });
    await hub.release();
    await end;
  });

  it("waits longer after each failure, by chance, and gives up after so many", async () => {
    const clock = fakeClock();
    const transport = scripted([lost]);
    const random = () => 0.5;
    const backOff = { baseMs: 100, maxMs: 1000, maxAttempts: 7 };
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const result = await createClient({ transport, trainer, clock, random, backOff }).run();
    expect(clock.slept.slice(0, 6)).toEqual([50, 100, 200, 400, 500, 500]);
    expect(transport.runs()).toBe(7);
    expect(result).toEqual({
      ...{ status: "gave-up", code: "DISCONNECTED", answered: 0, failed: 0, sessions: 0 },
      reason: "7 failures in a row; the last: nobody there",
    });
  });

  it("gives up when the server was away for too long", async () => {
    const clock = fakeClock();
    const backOff = { baseMs: 1000, maxMs: 1000, maxElapsedMs: 3500 };
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const options = { trainer, clock, backOff, random: () => 1 };
    const result = await createClient({ ...options, transport: scripted([lost]) }).run();
    // The last try is when the time is over.
    expect(clock.slept.slice(0, 4)).toEqual([1000, 1000, 1000, 500]);
    expect(result).toMatchObject({ status: "gave-up" });
  });

  it("does not take a server that drops each client for one that is well", async () => {
    const transport = scripted([lost]);
    const accepting: ClientTransport = {
      ...transport,
      run: (handle, options) => {
        options?.onConnected?.();
        return transport.run(handle, options);
      },
    };
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const backOff = { maxAttempts: 3 };
    const client = createClient({ transport: accepting, trainer, clock: fakeClock(), backOff });
    expect(await client.run()).toMatchObject({ status: "gave-up", sessions: 3 });
  });

  it("begins to count anew when the server has taken a reply", async () => {
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const { hub, transport, end } = await setUp(trainer, { backOff: { maxAttempts: 2 } });
    for (const id of ["a", "b", "c", "d"]) {
      const [client] = await hub.clients(1);
      expect(await ask(client!, fitOf(id))).toMatchObject({ kind: "fit" });
      transport.pull();
      await client!.closed;
    }
    const [client] = await hub.clients(1);
    // Twice without a reply between is once too often.
    transport.pull();
    await client!.closed;
    expect(await end).toMatchObject({ status: "gave-up", sessions: 5, answered: 4 });
    await hub.close();
  });

  it.each([
    ["UNAUTHORIZED", "refused"],
    ["BAD_MESSAGE", "failed"],
    ["LIMIT_EXCEEDED", "failed"],
  ] as const)("does not try again after %s", async (code, status) => {
    const transport = scripted([new FlError(code, "no")]);
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const result = await createClient({ transport, trainer, clock: fakeClock() }).run();
    expect(result).toMatchObject({ status, code, reason: "no" });
    expect(transport.runs()).toBe(1);
  });

  it("ends, and doesn't reject, when the transport has a bug", async () => {
    const transport = scripted([new TypeError("x is not a function")]);
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const result = await createClient({ transport, trainer, clock: fakeClock() }).run();
    expect(result).toMatchObject({ status: "failed", reason: "the transport failed: TypeError" });
  });

  it("comes back when the server said", async () => {
    const clock = fakeClock();
    const ends = [{ reconnectAfterSeconds: 30 }, lost, { reconnectAfterSeconds: undefined }];
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const client = createClient({ transport: scripted(ends), trainer, clock, random: () => 1 });
    expect(await client.run()).toMatchObject({ status: "completed", sessions: 2 });
    expect(clock.slept.slice(0, 2)).toEqual([30_000, 1000]);
  });

  it("ends at once when it is stopped between two tries", async () => {
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const client = createClient({
      ...{ transport: scripted([lost]), trainer, clock: systemClock(), random: () => 1 },
      onEvent: ({ type }) => type === "waiting" && client.stop(),
      backOff: { baseMs: 60_000 },
    });
    expect(await client.run()).toMatchObject({ status: "stopped", code: "ABORTED" });
  });

  it("ends by its signal, and ends the fit it is at", async () => {
    const held = heldTrainer();
    const controller = new AbortController();
    const { hub, end, events } = await setUp(held.trainer, { signal: controller.signal });
    const [client] = await hub.clients(1);
    const begun = held.begun();
    const asked = ask(client!, fitOf("r1"));
    const refused = expect(asked).rejects.toMatchObject({ code: "DISCONNECTED" });
    await begun;
    controller.abort();
    await refused;
    expect(await end).toMatchObject({ status: "stopped" });
    expect(held.aborted()).toBe(1);
    expect(typesOf(events).at(-1)).toBe("ended");
  });

  it("ends although its trainer doesn't, and says so", async () => {
    const deaf: Trainer = {
      ...createTrainer({ seed: 1, examples: 3 }),
      fit: () => new Promise(() => {}),
    };
    const { hub, client, end } = await setUp(deaf);
    const [connection] = await hub.clients(1);
    ask(connection!, fitOf("r1")).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    client.stop();
    expect((await end).reason).toContain("the trainer did not end");
  });

  it("is not disturbed by listeners that throw", async () => {
    const fail = () => {
      throw new Error("disk full");
    };
    const trainer = createTrainer({ seed: 1, examples: 30 });
    const { hub, end } = await setUp(trainer, { onEvent: fail, log: fail });
    const [client] = await hub.clients(1);
    expect(await ask(client!, fitOf("r1"))).toMatchObject({ kind: "fit" });
    await hub.release();
    expect(await end).toMatchObject({ status: "completed" });
  });

  it("tells in lines what happens, without a value", async () => {
    const lines: string[] = [];
    const inner = createTrainer({ seed: 1, examples: 30 });
    const trainer: Trainer = {
      ...inner,
      fit: (parameters, config, context) => {
        context.onProgress({ share: 0.5, note: "epoch 1 of 2" });
        return inner.fit(parameters, config, context);
      },
    };
    const { hub, end } = await setUp(trainer, { log: (line) => lines.push(line) });
    const [client] = await hub.clients(1);
    await ask(client!, fitOf("r1"));
    await hub.release();
    await end;
    expect(lines.map((line) => line.replace(/\d+\.\d s/, "0.0 s"))).toEqual([
      "connecting",
      "connected",
      "fit of round 1: begun",
      "fit of round 1: 50 %, epoch 1 of 2",
      "fit of round 1: answered in 0.0 s",
      "r1: acknowledged",
      "ended, completed: the server ended the run",
    ]);
  });

  it("works for no server that its policy doesn't list", async () => {
    const trainer = createTrainer({ seed: 1, examples: 30 });
    const policy = { version: 1, servers: [{ address: "fl.example:8443" }], tensors: [] } as const;
    const transport = scripted([{ reconnectAfterSeconds: undefined }]);
    const refused = await createClient({ transport, trainer, policy }).run();
    expect(refused).toMatchObject({ status: "refused", code: "POLICY" });
    expect(transport.runs()).toBe(0);
    const options = { transport: { ...transport, address: "FL.example:8443" }, trainer, policy };
    expect(await createClient(options).run()).toMatchObject({ status: "completed" });
  });

  it("runs once", async () => {
    const trainer = createTrainer({ seed: 1, examples: 3 });
    const client = createClient({ transport: scripted([lost]), trainer, clock: fakeClock() });
    client.stop();
    await client.run();
    await expect(client.run()).rejects.toThrow(TypeError);
  });
});

describe("parameters of a reply", () => {
  it("are tensors, and nothing that a trainer hangs on them", async () => {
    const inner = createTrainer({ seed: 1, examples: 30 });
    const getParameters = () =>
      PARAMETERS.map((tensor) => ({ ...tensor, patients: ["4711"] })) as ModelParameters;
    const { hub, end } = await setUp({ ...inner, getParameters });
    const [client] = await hub.clients(1);
    const reply = await ask(client!, { kind: "getParameters", id: "g", config: {} });
    expect(reply).toEqual({ kind: "getParameters", parameters: PARAMETERS });
    await hub.release();
    await end;
  });
});
