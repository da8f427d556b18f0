import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createInMemoryTransport } from "@dsail/fl-protocol";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, openHub, runRounds } from "../../test/round-loop.js";
import {
  accuracyOf,
  arraysOf,
  initialParameters,
  makeExamples,
  type SoftmaxOptions,
} from "../../test/softmax-trainer.js";
import type { ClientEvent } from "../client-event.js";
import { hasWorkers } from "./trainer-pool.js";
import { runVirtualClientsIn, type VirtualClientsOptions } from "./virtual-clients.js";

const FOLDER = new URL(`../../node_modules/.cache/trainer-worker-${process.pid}/`, import.meta.url);
const WORKER = new URL("worker.js", FOLDER);
const TRAINER = new URL("softmax-trainer.js", FOLDER);
const SPY = new URL("spying-trainer.js", FOLDER);
const DEAD_WORKER = new URL("dead-worker.js", FOLDER);

/** Writes to what it is given, gives back the same tensors each time, and waits to be ended. */
const SPYING = `
  import { threadId } from "node:worker_threads";
  import { createTrainer as inner, initialParameters } from "./softmax-trainer.ts";
  let running = 0;
  const own = initialParameters();
  export const createTrainer = ({ kind, ...options }) => ({
    ...inner({ seed: 1, examples: 5 }),
    fit: async (parameters, config, { signal, onProgress }) => {
      running += 1;
      onProgress({ share: 0.5 });
      if (kind === "waits") await new Promise((resolve) => signal.addEventListener("abort", resolve));
      else await new Promise((resolve) => setTimeout(resolve, 5));
      const seen = parameters[0].data[0];
      parameters[0].data.fill(99);
      const metrics = { thread: threadId, running, seen };
      running -= 1;
      return { parameters: own, numExamples: 1, metrics };
    },
    getProperties: () => ({ thread: threadId }),
  });
`;

async function bundle(outfile: URL, contents: string, folder: string): Promise<void> {
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(folder, import.meta.url)), loader: "ts" },
    outfile: fileURLToPath(outfile),
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@dsail/source"],
    // The package says that importing has no effect; of a worker it has.
    ignoreAnnotations: true,
    logLevel: "silent",
  });
}

beforeAll(async () => {
  await bundle(WORKER, 'import "./trainer-worker.ts";', "..");
  await bundle(TRAINER, 'export * from "./softmax-trainer.ts";', "../../test");
  await bundle(SPY, SPYING, "../../test");
  await bundle(DEAD_WORKER, 'throw new Error("no start");', "..");
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

type Options = Partial<VirtualClientsOptions> & Pick<VirtualClientsOptions, "count">;

async function start(options: Options, workerModule: URL = WORKER) {
  const { server, client } = createInMemoryTransport();
  const hub = await openHub(server);
  const events: (readonly [string, ClientEvent])[] = [];
  const results = runVirtualClientsIn(
    {
      transportOf: client,
      trainerModule: TRAINER,
      trainerOptionsOf: (i): SoftmaxOptions => ({ seed: i, examples: 20 + (i % 7) }),
      onEvent: (clientId, event) => events.push([clientId, event]),
      ...options,
    },
    workerModule,
  );
  return { hub, results, events };
}

async function train(options: Options, rounds: number, workerModule?: URL) {
  const { hub, results, events } = await start(options, workerModule);
  const { count } = options;
  const loop = { rounds, count, parameters: initialParameters(), config: { steps: 3n } };
  const trained = await runRounds(hub, loop);
  await hub.release();
  return { ...trained, results: await results, events };
}

// Threads take their time to start.
describe("runVirtualClients", () => {
  it("has 200 clients on 2 threads learn what they learn on one, bit for bit", async () => {
    const here = await train({ count: 200, workers: 0 }, 4);
    const there = await train({ count: 200, workers: 2 }, 4);
    expect(there.failures).toEqual([]);
    const bytes = ({ parameters }: typeof here) =>
      parameters.map(({ data }) => Buffer.from(data.buffer as ArrayBuffer).toString("hex"));
    expect(bytes(there)).toEqual(bytes(here));
    expect(there.results).toEqual(here.results);
    expect(there.results).toHaveLength(200);
    expect(there.results[199]).toMatchObject({
      ...{ clientId: "client-200", status: "completed", answered: 4, failed: 0 },
    });
    const test = makeExamples({ seed: 999, examples: 500 });
    expect(accuracyOf(...arraysOf(there.parameters), test)).toBeGreaterThan(0.8);
  });

  it("fails the fit of a thread that dies, and no other", async () => {
    const trainerOptionsOf = (i: number): SoftmaxOptions => ({
      ...{ seed: i, examples: 20, isMortal: i === 3 || i === 7 },
    });
    const { failures, results } = await train({ count: 10, workers: 2, trainerOptionsOf }, 2);
    expect(failures).toEqual([
      ...["client-004: WORKER_DIED", "client-008: WORKER_DIED"],
      ...["client-004: WORKER_DIED", "client-008: WORKER_DIED"],
    ]);
    expect(results.map(({ status }) => status)).toEqual(Array(10).fill("completed"));
  });

  it("tells of a trainer's errors as without threads", async () => {
    const trainerOptionsOf = (i: number): SoftmaxOptions => ({
      ...{ seed: i, examples: 20, isBroken: i === 0 },
    });
    const here = await train({ count: 3, workers: 0, trainerOptionsOf }, 1);
    const there = await train({ count: 3, workers: 2, trainerOptionsOf }, 1);
    expect(there.failures).toEqual(["client-001: RangeError"]);
    expect(here.failures).toEqual(there.failures);
    const { hub, results } = await start({ count: 1, workers: 1 });
    const [client] = await hub.clients(1);
    const reply = await ask(client!, { kind: "getProperties", id: "p", config: {} });
    expect(reply).toMatchObject({ code: "NOT_IMPLEMENTED" });
    await hub.release();
    await results;
  });

  it("trains as many at a time as there are threads, and each client on its own", async () => {
    const options = { trainerModule: SPY, trainerOptionsOf: () => ({}) };
    const { hub, results, events } = await start({ count: 12, workers: 3, ...options });
    const clients = await hub.clients(12);
    const parameters = initialParameters();
    const round = async (id: string) => {
      const replies = await Promise.all(
        clients.map((client) => ask(client, { kind: "fit", id, parameters, config: {} })),
      );
      return replies.map((reply) => (reply.kind === "fit" ? reply.metrics : {}));
    };
    const [first, second] = [await round("1"), await round("2")];
    // What one trainer writes to its parameters, no other sees, nor the server.
    expect(new Set(first.map(({ seen }) => seen))).toEqual(new Set([0]));
    expect(parameters).toEqual(initialParameters());
    expect(new Set(first.map(({ running }) => running))).toEqual(new Set([1]));
    expect(new Set(first.map(({ thread }) => thread)).size).toBe(3);
    expect(second).toEqual(first);
    expect(events).toContainEqual([
      "client-001",
      expect.objectContaining({ type: "progress", share: 0.5 }),
    ]);
    await hub.release();
    await results;
  });

  it("gives each round its own parameters, also where the server uses the same memory", async () => {
    const options = { trainerModule: SPY, trainerOptionsOf: () => ({}) };
    const { hub, results } = await start({ count: 1, workers: 1, ...options });
    const [client] = await hub.clients(1);
    const parameters = initialParameters();
    const seen = [];
    for (const value of [3, 4]) {
      (parameters[0]!.data as Float64Array).fill(value);
      const reply = await ask(client!, { kind: "fit", id: `${value}`, parameters, config: {} });
      seen.push(reply.kind === "fit" && reply.metrics["seen"]);
    }
    expect(seen).toEqual([3, 4]);
    await hub.release();
    await results;
  });

  it("ends fits that run, and those that wait, with its signal", async () => {
    const controller = new AbortController();
    const { hub, results, events } = await start({
      ...{ count: 4, workers: 2, trainerModule: SPY, signal: controller.signal },
      trainerOptionsOf: () => ({ kind: "waits" }),
    });
    const clients = await hub.clients(4);
    const parameters = initialParameters();
    const asked = clients.map((client) =>
      ask(client, { kind: "fit", id: "1", parameters, config: {} }).catch(({ code }) => code),
    );
    while (events.filter(([, { type }]) => type === "progress").length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    controller.abort();
    expect(await Promise.all(asked)).toEqual(Array(4).fill("DISCONNECTED"));
    expect((await results).map(({ status }) => status)).toEqual(Array(4).fill("stopped"));
  });

  it("fails what it is asked where no thread starts, or there is no trainer", async () => {
    const dead = await start({ count: 2, workers: 1 }, DEAD_WORKER);
    const missing = await start({ count: 2, workers: 1, trainerModule: new URL("no.js", FOLDER) });
    const none = await start({ count: 2, workers: 1, trainerModule: WORKER });
    const codes = [];
    for (const { hub, results } of [dead, missing, none]) {
      const [client] = await hub.clients(2);
      const reply = await ask(client!, { kind: "getParameters", id: "1", config: {} });
      codes.push(reply.kind === "failure" && reply.message);
      await hub.release();
      await results;
    }
    // The site is told why.
    expect(dead.events).toContainEqual([
      "client-001",
      expect.objectContaining({
        type: "failed",
        error: expect.objectContaining({ cause: new Error("no start") }),
      }),
    ]);
    expect(codes).toEqual([
      ...["WORKER_DIED", "ERR_MODULE_NOT_FOUND"],
      "BAD_CONFIG: the module of the trainer exports no createTrainer",
    ]);
  });

  it("refuses counts that are none", async () => {
    await expect(start({ count: 0 }).then(({ results }) => results)).rejects.toThrow(RangeError);
    const workers = start({ count: 1, workers: 0.5 }).then(({ results }) => results);
    await expect(workers).rejects.toThrow("workers: expected an integer of 0 or more, got 0.5");
  });

  it("has no threads when it is run from its sources, unless they are asked for", async () => {
    expect(hasWorkers()).toBe(false);
    const { client } = createInMemoryTransport();
    const options = { count: 1, transportOf: client, trainerModule: TRAINER, workers: 1 };
    await expect(runVirtualClientsIn(options)).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });
});
