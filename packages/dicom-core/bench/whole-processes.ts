/**
 * Times whole processes against each other.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { arch, cpus, platform } from "node:os";

/** A program that turns an input into an output. */
export interface Competitor {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Whether the output folder has to be there. Default false. */
  readonly needsOutput?: boolean;
}

/** What was done in the time. */
export interface Work {
  readonly files: number;
  readonly megabytes: number;
  readonly rounds: number;
  readonly json: boolean;
}

/** Seconds of each round, by name. By turns, so that a slow minute of the machine hits all of them. */
export function timeByTurns(
  competitors: readonly Competitor[],
  rounds: number,
  output: string,
): ReadonlyMap<string, readonly number[]> {
  const seconds = new Map<string, number[]>(competitors.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const competitor of competitors) {
      seconds.get(competitor.name)?.push(time(competitor, output));
    }
  }
  return seconds;
}

function time({ name, command, args, needsOutput }: Competitor, output: string): number {
  rmSync(output, { recursive: true, force: true });
  if (needsOutput === true) mkdirSync(output);
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  const elapsed = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${name} failed: ${String(stderr).slice(0, 400)}`);
  return elapsed;
}

/** Prints the best round of each, as ratios to the first. */
export function reportTimes(
  seconds: ReadonlyMap<string, readonly number[]>,
  { files, megabytes, rounds, json }: Work,
): void {
  const best = (name: string) => Math.min(...(seconds.get(name) ?? [Number.NaN]));
  const [first = ""] = seconds.keys();
  const machine = `${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`;
  const rows = [...seconds].map(([name, all]) => ({
    name,
    seconds: best(name),
    all,
    filesPerSecond: files / best(name),
    mbPerSecond: megabytes / best(name),
    timesOfFirst: best(name) / best(first),
  }));
  if (json) {
    console.log(JSON.stringify({ machine, files, megabytes, rounds, rows }, undefined, 2));
    return;
  }
  console.log(`${machine}; ${files} files, ${megabytes.toFixed(0)} MB, best of ${rounds}`);
  for (const row of rows) {
    console.log(
      `${row.name.padEnd(20)} ${row.seconds.toFixed(2).padStart(7)} s ` +
        `${row.filesPerSecond.toFixed(0).padStart(6)} files/s ${row.mbPerSecond.toFixed(0).padStart(6)} MB/s ` +
        `${row.timesOfFirst.toFixed(2).padStart(6)} x ${first}`,
    );
  }
}
