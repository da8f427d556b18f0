/**
 * How many rounds there are in a second over Flower's wire, with the same clients for our server and for Flower's. All
 * clients are in one process of their own.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ModelParameters } from "@dsail/fl-protocol";
import { flowerServerTransport } from "@dsail/fl-protocol/flower";
import { fedAvg, runServer } from "../src/index.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** How fast a server is. The clients take most of the time there is: what the server itself takes is the CPU's. */
export interface WireRounds {
  readonly perSecond: number;
  /** Seconds of CPU of the server's process, for each round. */
  readonly cpuSeconds: number;
}

function startClients(address: string, count: number): ChildProcess {
  const args = [...process.execArgv, here("no-op-clients.ts"), address, `${count}`];
  return spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Ours: rounds with training and evaluation of a model of 1 kB. */
export async function ourWireRounds(clients: number, seconds: number): Promise<WireRounds> {
  const model: ModelParameters = [
    { name: "w", dtype: "float32", shape: [250], data: new Float32Array(250) },
  ];
  const transport = flowerServerTransport({ address: "127.0.0.1:0", insecure: true });
  const stop = new AbortController();
  let child: ChildProcess | undefined;
  let begun = 0;
  let before = process.cpuUsage();
  let measured: WireRounds | undefined;
  const { message } = await runServer({
    transports: [transport],
    strategy: fedAvg({ initialParameters: model, minAvailableClients: clients }),
    numRounds: 1_000_000,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === "listening") child = startClients(event.address, clients);
      if (event.kind === "roundStarted" && begun === 0) {
        begun = performance.now();
        before = process.cpuUsage();
      }
      if (event.kind !== "roundFinished") return;
      const { round, fit } = event.record;
      if (fit.failures.length > 0) throw new Error(`${fit.failures.length} clients failed`);
      const elapsed = (performance.now() - begun) / 1000;
      if (elapsed <= seconds || measured !== undefined) return;
      const { user, system } = process.cpuUsage(before);
      measured = { perSecond: round / elapsed, cpuSeconds: (user + system) / 1e6 / round };
      stop.abort();
    },
  });
  if (child !== undefined) await ended(child);
  if (measured === undefined) throw new Error(`the run ended before: ${message}`);
  return measured;
}

/** Flower's; undefined if there is no such Python. */
export async function theirWireRounds(
  python: string,
  clients: number,
  seconds: number,
): Promise<WireRounds | undefined> {
  const server = spawn(python, [here("flower_rounds.py"), `${clients}`, `${seconds}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const isThere = await new Promise<boolean>((resolve) => {
    server.once("spawn", () => resolve(true));
    server.once("error", () => resolve(false));
  });
  if (!isThere) return undefined;
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const address = await lines.next();
  if (address.done === true) throw new Error("Flower's server did not start");
  // It listens a little after it says where.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const child = startClients(address.value, clients);
  const answer = await lines.next();
  child.kill();
  await ended(child);
  if (answer.done === true) throw new Error("Flower's server ended before");
  return JSON.parse(answer.value) as WireRounds;
}
