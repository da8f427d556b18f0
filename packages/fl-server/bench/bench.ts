/**
 * How long aggregation and rounds take, beside Flower in the same run:
 *
 * - `aggregate`: from encoded replies (Flower's wire) to the next model, for 10, 30 and 100 clients of 11.18 million
 *   float32, the size of a ResNet-18; Flower decodes the same bytes and calls its `aggregate_inplace`. Each case in a
 *   process of its own, for its peak of memory, the best of two rounds or more.
 * - `rounds`: rounds per second with 10, 100 and 1000 clients that do nothing, and a model of 1 kB: in memory, and over
 *   Flower's wire beside Flower's `start_server`, with the same clients.
 *
 * Python with flwr is `DSAIL_FL_PYTHON`, or `.venv-fl`; without it ours is timed alone.
 *
 *   pnpm bench [--json] [--smoke] [--rounds]
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { arch, cpus, platform } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Aggregated, aggregate } from "./aggregate.js";
import { roundsPerSecond } from "./rounds.js";
import { ourWireRounds, theirWireRounds, type WireRounds } from "./wire-rounds.js";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const PYTHON = process.env["DSAIL_FL_PYTHON"] ?? here("../../../.venv-fl/bin/python");

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    // Rounds alone.
    rounds: { type: "boolean", default: false },
    // How the bench calls itself.
    aggregate: { type: "string" },
    elements: { type: "string" },
  },
});

if (flags.aggregate !== undefined) {
  console.log(JSON.stringify(await aggregate(Number(flags.aggregate), Number(flags.elements))));
} else await main();

async function main(): Promise<void> {
  const elements = flags.smoke ? 100_000 : 11_180_000;
  const clientCounts = flags.rounds ? [] : flags.smoke ? [3] : [10, 30, 100];
  const aggregation = clientCounts.map((clients) => ({ clients, ...compare(clients, elements) }));
  const rounds = [];
  for (const clients of flags.smoke ? [10] : [10, 100, 1000]) {
    const perSecond = await roundsPerSecond(clients, flags.smoke ? 0.2 : 3);
    const seconds = flags.smoke ? 0.5 : 5;
    const ours = await ourWireRounds(clients, seconds);
    const theirs = await theirWireRounds(PYTHON, clients, seconds);
    rounds.push({ clients, perSecond, wire: { ours, theirs } });
  }
  const machine = `${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`;
  if (flags.json) {
    console.log(JSON.stringify({ machine, elements, aggregation, rounds }, undefined, 2));
    return;
  }
  console.log(`${machine}; ${elements} float32`);
  for (const { clients, ours, theirs } of aggregation) {
    console.log(
      `aggregate ${String(clients).padStart(4)} clients: ${told(ours)}` +
        (theirs === undefined
          ? ""
          : `; Flower ${told(theirs)}: ${(ours.seconds / theirs.seconds).toFixed(2)} of its time, largest difference ${Math.abs(ours.first - theirs.first).toExponential(1)}`),
    );
  }
  for (const { clients, perSecond, wire } of rounds) {
    const { ours, theirs } = wire;
    console.log(
      `rounds with ${String(clients).padStart(4)} clients: in memory ${perSecond.toFixed(1)} a second; over Flower's wire ${toldRounds(ours)}` +
        (theirs === undefined
          ? ""
          : `; Flower ${toldRounds(theirs)}: ${(ours.perSecond / theirs.perSecond).toFixed(1)} times as many, for ${(ours.cpuSeconds / theirs.cpuSeconds).toFixed(2)} of the server's CPU`),
    );
  }
}

function told({ seconds, megabytes }: Aggregated): string {
  return `${seconds.toFixed(2)} s, ${Math.round(megabytes)} MB at most`;
}

function toldRounds({ perSecond, cpuSeconds }: WireRounds): string {
  return `${perSecond.toFixed(2)} (${(cpuSeconds * 1000).toFixed(1)} ms of CPU each)`;
}

function compare(clients: number, elements: number) {
  const ours = child<Aggregated>(process.execPath, [
    ...process.execArgv,
    here("bench.ts"),
    ...["--aggregate", `${clients}`, "--elements", `${elements}`],
  ]);
  const theirs = child<Aggregated>(PYTHON, [here("flower.py"), `${clients}`, `${elements}`]);
  if (ours === undefined) throw new Error("the bench could not call itself");
  return { ours, theirs };
}

function child<T>(program: string, args: readonly string[]): T | undefined {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`${program} failed: ${stderr.slice(-800)}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
}
