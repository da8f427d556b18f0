/**
 * What a training step takes (forward, backward, SGD, loss read), beside PyTorch on one thread in the same run, in turns: on the
 * clock, and in processor time, which other work on the machine moves less. And that 500 steps leave no tensor and no memory
 * behind.
 *
 * Python is `DSAIL_DP_PYTHON` (with torch); without it ours are timed alone.
 *
 *   tsx --conditions=@dsail/source bench/train-step.ts [--rounds 20] [--model lenet5] [--backend wasm] [--json] [--smoke]
 *
 * @module
 */
import { spawn } from "node:child_process";
import { arch, cpus, platform } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { normalOf, seededRandom } from "../src/seeded-random.js";
import { selectBackend } from "../src/tfjs/backend/select-backend.js";
import type { BackendName } from "../src/tfjs/backend/selected-backend.js";
import { createModel } from "../src/tfjs/models/create-model.js";
import type { ModelOptions } from "../src/tfjs/models/model-options.js";
import { createLearner } from "../src/tfjs/training/learner.js";
import { initializeState } from "../src/tfjs/weights/initialize-state.js";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    model: { type: "string" },
    backend: { type: "string", default: "wasm" },
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});
const rounds = flags.smoke ? 1 : Number(flags.rounds);
/** Steps before the first that counts: V8 compiles, oneDNN chooses. */
const WARM_UP = 3;

interface Case extends Required<ModelOptions> {
  readonly model: string;
  readonly batch: number;
}

/** Milliseconds of one step. */
type Time = readonly [clock: number, processor: number];

const base = { numClasses: 10, normalization: "group", head: "plain", width: 1 } as const;
const CASES: readonly Case[] = [
  { ...base, model: "lenet5", batch: 64, inputShape: [28, 28, 1] },
  { ...base, model: "cnn", batch: 64, inputShape: [28, 28, 1] },
  { ...base, model: "resnet8", batch: 32, inputShape: [64, 64, 3] },
  { ...base, model: "resnet18", batch: 16, inputShape: [64, 64, 3] },
  { ...base, model: "resnet18", batch: 16, inputShape: [64, 64, 3], normalization: "batch" },
  { ...base, model: "mobilenet_v2", batch: 16, inputShape: [64, 64, 3] },
];
const cases = (flags.smoke ? CASES.slice(0, 1) : CASES).filter(
  ({ model }) => flags.model === undefined || flags.model === model,
);

await selectBackend({ backend: flags.backend as BackendName });
const results: { case: Case; ours: readonly Time[]; theirs: readonly Time[] }[] = [];
for (const one of cases) results.push({ case: one, ...(await timesOf(one)) });
const memory = await memoryOver(flags.smoke ? 5 : 500);
report();

async function timesOf(one: Case): Promise<{ ours: readonly Time[]; theirs: readonly Time[] }> {
  const { learner, batch } = learnerOf(one);
  const peer = flags.smoke ? undefined : await startPython(one);
  const ours: Time[] = [];
  const theirs: Time[] = [];
  for (let round = 0; round < rounds + WARM_UP; round++) {
    const clock = performance.now();
    const processor = process.cpuUsage();
    await learner.step(batch, { learningRate: 1e-3 });
    const { user, system } = process.cpuUsage(processor);
    const time: Time = [performance.now() - clock, (user + system) / 1000];
    const other = await peer?.step();
    if (round < WARM_UP) continue;
    ours.push(time);
    if (other !== undefined) theirs.push(other);
  }
  peer?.stop();
  learner.dispose();
  return { ours, theirs };
}

function learnerOf({ model: name, batch: size, ...options }: Case) {
  const model = createModel(name, options);
  const random = seededRandom(1);
  const state = initializeState(model, random);
  const pixels = options.inputShape.reduce((product, each) => product * each, 1);
  const batch = {
    images: Float32Array.from({ length: size * pixels }, () => normalOf(random)),
    labels: Int32Array.from({ length: size }, (_, n) => n % options.numClasses),
  };
  const learner = createLearner({ model, state, random, optimizer: { kind: "sgd" } });
  tf.dispose([...state.values()]);
  return { learner, batch };
}

/** Tensors and megabytes after few steps and after many. */
async function memoryOver(steps: number) {
  const { learner, batch } = learnerOf(CASES[0]!);
  const now = () => ({
    tensors: tf.memory().numTensors,
    megabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
  });
  for (let step = 0; step < WARM_UP; step++) await learner.step(batch, { learningRate: 1e-3 });
  const before = now();
  for (let step = 0; step < steps; step++) await learner.step(batch, { learningRate: 1e-3 });
  const after = now();
  learner.dispose();
  return { steps, before, after };
}

/** undefined where there is no Python with torch. */
async function startPython(one: Case) {
  const python = process.env["DSAIL_DP_PYTHON"];
  if (python === undefined) return undefined;
  const script = fileURLToPath(new URL("train_step.py", import.meta.url));
  const child = spawn(python, [script, JSON.stringify(one)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("python ended early");
    return JSON.parse(value as string);
  };
  await read();
  return {
    step: async () => {
      child.stdin.write("\n");
      return (await read()) as Time;
    },
    stop: () => void child.stdin.end(),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function report(): void {
  const machine = `${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`;
  if (flags.json) {
    console.log(JSON.stringify({ machine, rounds, results, memory }, undefined, 2));
    return;
  }
  console.log(`${machine}, ${flags.backend}; medians of ${rounds} steps`);
  if (results.every(({ theirs }) => theirs.length === 0)) {
    console.log("PyTorch is not there: set DSAIL_DP_PYTHON");
  }
  for (const { case: one, ours, theirs } of results) {
    const name = `${one.model} ${one.normalization} b${one.batch} ${one.inputShape[0]} px`;
    const shown = (times: readonly Time[]) =>
      [0, 1].map((i) => `${median(times.map((time) => time[i]!)).toFixed(1)} ms`).join(" / ");
    const ratio = (i: 0 | 1) => median(ours.map((time, n) => time[i] / theirs[n]![i])).toFixed(2);
    const peer =
      theirs.length === 0 ? "" : `; PyTorch ${shown(theirs)}; ratio ${ratio(0)} / ${ratio(1)}`;
    console.log(`${name.padEnd(30)} clock / processor ${shown(ours)}${peer}`);
  }
  const { steps, before, after } = memory;
  console.log(
    `${steps} steps of lenet5: ${before.tensors} -> ${after.tensors} tensors, ${before.megabytes} -> ${after.megabytes} MB`,
  );
}
