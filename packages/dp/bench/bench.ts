/**
 * How long accounting and noise take, beside Python in the same run:
 *
 * - epsilon of 10,000 steps of DP-SGD by privacy loss distributions: dp-accounting
 * - 10^8 secure normal numbers: numpy's generator, its seed from `secrets`
 * - clip and noise of a gradient of 11 million values: numpy
 *
 * Python is `DSAIL_DP_PYTHON`, or `.venv-dp`; without it ours are timed alone. What is timed is the work, best of the
 * rounds, without start or imports.
 *
 *   pnpm bench [--rounds 3] [--json] [--smoke]
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { arch, cpus, platform } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  addGaussianNoise,
  clipInPlace,
  pldAccountant,
  repeated,
  sampledGaussian,
} from "../src/index.js";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});
const rounds = flags.smoke ? 1 : Number(flags.rounds);
const steps = flags.smoke ? 100 : 10_000;
const normals = flags.smoke ? 1e6 : 1e8;
const parameters = flags.smoke ? 1e5 : 11_000_000;

/** Seconds of each task, and of those whose results can be compared what came out. */
type Times = Readonly<Record<string, { readonly seconds: number; readonly result?: number }>>;

const ours: Times = {
  epsilon: best(() => {
    const event = repeated(sampledGaussian({ noiseMultiplier: 1, sampleRate: 0.01 }), steps);
    // The upper bound alone, as Python.
    return pldAccountant().epsilon(event, 1e-5, { lowerBound: false }).epsilon;
  }),
  normals: best(() => fill(normals, "none")),
  "hardened normals": best(() => fill(normals, "opacus")),
  "clip and noise": best(() => clipAndNoise("none")),
  "clip and hardened noise": best(() => clipAndNoise("opacus")),
};
const theirs = python();
report();

function best(task: () => number | undefined): Times[string] {
  let seconds = Infinity;
  let result: number | undefined;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    result = task();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return { seconds, ...(result !== undefined && { result }) };
}

function fill(count: number, hardening: "none" | "opacus"): undefined {
  const block = new Float64Array(1e6);
  for (let done = 0; done < count; done += block.length) {
    addGaussianNoise(block, 1, { hardening });
  }
}

function clipAndNoise(hardening: "none" | "opacus"): undefined {
  const gradient = new Float32Array(parameters).fill(0.01);
  clipInPlace([gradient], 1);
  addGaussianNoise(gradient, 1, { hardening });
}

function python(): Times | undefined {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const program = process.env["DSAIL_DP_PYTHON"] ?? here("../../../.venv-dp/bin/python");
  const args = [here("python.py"), `${rounds}`, `${steps}`, `${normals}`, `${parameters}`];
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`python failed: ${stderr.slice(-400)}`);
  return JSON.parse(stdout) as Times;
}

function report(): void {
  const machine = `${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`;
  if (flags.json) {
    console.log(JSON.stringify({ machine, rounds, ours, theirs }, undefined, 2));
    return;
  }
  console.log(
    `${machine}; ${steps} steps, ${normals} normals, ${parameters} values, best of ${rounds}`,
  );
  if (theirs === undefined) console.log("Python is not there: set DSAIL_DP_PYTHON");
  for (const [name, { seconds, result }] of Object.entries(ours)) {
    // Python has one noise; ours is compared with it in both forms.
    const peer = theirs?.[name] ?? theirs?.[name.replace("hardened ", "")];
    const results = peer?.result === undefined ? "" : ` (${result} beside ${peer.result})`;
    console.log(
      `${name.padEnd(24)} ${seconds.toFixed(3).padStart(8)} s` +
        (peer === undefined
          ? ""
          : `, Python ${peer.seconds.toFixed(3).padStart(8)} s = ${(peer.seconds / seconds).toFixed(2)} x${results}`),
    );
  }
}
