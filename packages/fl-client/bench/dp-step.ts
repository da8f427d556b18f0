/**
 * What a step of DP-SGD takes, with secure noise, beside a plain step of the same model; and the same ratio of Opacus (one
 * thread, secure mode) in the same run. Both kinds of steps are taken in turn; the ratio is the median of those of neighbors,
 * in time of the processor, which other work on the machine moves less than that of the clock.
 *
 * Python is `DSAIL_DP_PYTHON` (with torch and opacus); without it ours are timed alone.
 *
 *   tsx --conditions=@dsail/source bench/dp-step.ts [--rounds 20] [--model lenet5] [--json] [--smoke]
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { normalOf, seededRandom } from "../src/seeded-random.js";
import { selectBackend } from "../src/tfjs/backend/select-backend.js";
import { createModel } from "../src/tfjs/models/create-model.js";
import type { ModelOptions } from "../src/tfjs/models/model-options.js";
import { createLearner } from "../src/tfjs/training/learner.js";
import { initializeState } from "../src/tfjs/weights/initialize-state.js";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    model: { type: "string" },
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});
const rounds = flags.smoke ? 2 : Number(flags.rounds);

interface Case extends Required<ModelOptions> {
  readonly model: string;
  readonly batch: number;
}

/** Milliseconds of each step. */
interface Times {
  readonly plain: readonly number[];
  readonly private: readonly number[];
}

const base = { numClasses: 10, normalization: "group", head: "plain", width: 1 } as const;
const CASES: readonly Case[] = [
  { ...base, model: "lenet5", batch: 64, inputShape: [28, 28, 1] },
  { ...base, model: "cnn", batch: 64, inputShape: [28, 28, 1] },
  { ...base, model: "resnet8", batch: 16, inputShape: [64, 64, 3] },
  { ...base, model: "resnet8", batch: 32, inputShape: [64, 64, 3] },
];
const cases = (flags.smoke ? CASES.slice(0, 1) : CASES).filter(
  ({ model }) => flags.model === undefined || flags.model === model,
);

await selectBackend({ backend: "wasm" });
const ours: Times[] = [];
for (const one of cases) ours.push(await timesOf(one));
const theirs = opacus();
report();

async function timesOf({ model: name, batch: size, ...options }: Case): Promise<Times> {
  const model = createModel(name, options);
  const random = seededRandom(1);
  const state = initializeState(model, random);
  const pixels = options.inputShape.reduce((product, each) => product * each, 1);
  const batch = {
    images: Float32Array.from({ length: size * pixels }, () => normalOf(random)),
    labels: Int32Array.from({ length: size }, (_, n) => n % options.numClasses),
  };
  const settings = { model, state, random, optimizer: { kind: "sgd" } } as const;
  const dp = {
    ...{ noiseMultiplier: 1, maxGradNorm: 1, sampleRate: 0.01, expectedBatchSize: size },
    record: () => {},
  };
  const learners = { plain: createLearner(settings), private: createLearner({ ...settings, dp }) };
  const times = { plain: [] as number[], private: [] as number[] };
  for (let round = 0; round < rounds + 3; round++) {
    for (const kind of ["plain", "private"] as const) {
      const start = process.cpuUsage();
      await learners[kind].step(batch, { learningRate: 1e-3 });
      const { user, system } = process.cpuUsage(start);
      // The first ones are compiled.
      if (round >= 3) times[kind].push((user + system) / 1000);
    }
  }
  learners.plain.dispose();
  learners.private.dispose();
  tf.dispose([...state.values()]);
  return times;
}

function opacus(): readonly Times[] | undefined {
  const python = process.env["DSAIL_DP_PYTHON"];
  if (python === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "dsail-opacus-"));
  try {
    const withRounds = cases.map((one) => ({ ...one, rounds }));
    writeFileSync(join(folder, "cases.json"), JSON.stringify(withRounds));
    const script = fileURLToPath(new URL("../test/oracle/opacus_gradients.py", import.meta.url));
    const answer = spawnSync(python, [script, "bench", folder], { encoding: "utf8" });
    if (answer.status !== 0) throw new Error(`python failed: ${answer.stderr.slice(-400)}`);
    return JSON.parse(answer.stdout) as readonly Times[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function summaryOf(times: Times | undefined) {
  if (times === undefined) return undefined;
  const ratio = median(times.private.map((time, i) => time / times.plain[i]!));
  return { plainMs: median(times.plain), privateMs: median(times.private), ratio };
}

function report(): void {
  const machine = `${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`;
  const results = cases.map(({ model, batch }, i) => ({
    ...{ model, batch, ours: summaryOf(ours[i])!, opacus: summaryOf(theirs?.[i]) },
  }));
  if (flags.json) {
    console.log(JSON.stringify({ machine, rounds, results }, undefined, 2));
    return;
  }
  console.log(`${machine}; median of ${rounds} steps`);
  if (theirs === undefined) console.log("Opacus is not there: set DSAIL_DP_PYTHON");
  for (const { model, batch, ours: own, opacus: other } of results) {
    const shown = (times: typeof own): string =>
      `${times.plainMs.toFixed(1)} -> ${times.privateMs.toFixed(1)} ms, ${times.ratio.toFixed(2)} x`;
    const peer = other === undefined ? "" : `; Opacus ${shown(other)}`;
    console.log(`${model} of ${batch}: ${shown(own)}${peer}`);
  }
}
