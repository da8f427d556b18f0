/**
 * The same federation twice: three hospitals that train here, and then with PyTorch and Flower at one of them. Both have to learn
 * as much.
 *
 *     tsx mixed.ts PYTHON [--arch lenet5] [--rounds 8] [--seed 1] [--python-at 1] [--at-least 0.94]
 *
 * PYTHON has torch and flwr. Hospitals, their images and how they train are those of three-hospitals-in-memory/experiment.ts, of
 * `federated`. The exit code is 1 if the models differ in accuracy by more than 1.5 points, if one of them is below --at-least, or if
 * PyTorch's hospital alone does not learn what it does in TypeScript.
 *
 * @module
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ImageDataset } from "@dsail/fl-client/data";
import {
  createModel,
  createTfjsTrainer,
  evaluateDataset,
  selectBackend,
  stateOfParameters,
} from "@dsail/fl-client/tfjs";
import { type ModelParameters, writeNpz } from "@dsail/fl-protocol";
import { createCertificateAuthority, issueCertificate } from "@dsail/fl-server/ca";
import { loadDigits, shareOut } from "../three-hospitals-in-memory/digits.ts";
import { federate, type HospitalProgram } from "./federate.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    arch: { type: "string", default: "lenet5" },
    rounds: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
    "python-at": { type: "string", default: "1" },
    "at-least": { type: "string", default: "0.94" },
  },
});
const [python] = positionals;
if (python === undefined) throw new Error("which Python?");
const { arch } = values;
const seed = Number(values.seed);
const rounds = Number(values.rounds);
const pythonAt = Number(values["python-at"]);

/** In accuracy, of what is learned together: 1.5 points, or 22 of 1,500 images. */
const MAX_DIFFERENCE = 0.015;

/** Of what the hospital learns alone, of which the order of its images decides more: in the mean of a few rounds. */
const MAX_DIFFERENCE_ALONE = 0.1;
const ROUNDS_ALONE = 4;

// Ended by a signal, it ends what it started.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

await selectBackend();
const { train, test } = loadDigits();
const sites = shareOut(train, { alpha: 0.5, seed });
const model = createModel(arch, { numClasses: 10, inputShape: [28, 28, 1] });
const torchScript = fileURLToPath(new URL("./hospital.py", import.meta.url));
const script = fileURLToPath(new URL("./hospital.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mixed-"));
try {
  // By position is by name only where these are the same.
  const theirs: unknown = JSON.parse(execFileSync(python, [torchScript, arch]).toString());
  assert.deepEqual(
    theirs,
    model.state.map(({ name, shape }) => [name, shape]),
  );

  await writeDigits("unseen", test);
  for (const [i, site] of sites.entries()) await writeDigits(`hospital-${i + 1}`, site);
  const ca = join(folder, "ca");
  await createCertificateAuthority({ folder: ca });
  await issueCertificate({ folder: ca, name: "server", kind: "server", hosts: ["localhost"] });
  const initialParameters = await firstWeights();
  const learn = async (rounds: number, programs: readonly HospitalProgram[]) => {
    const each: number[] = [];
    const onRound = (round: number, accuracy: number) => {
      console.log(`round ${round}: ${accuracy.toFixed(4)}`);
      each.push(accuracy);
    };
    const parameters = await federate(programs, { ca, rounds, initialParameters, onRound });
    const mean = each.reduce((sum, accuracy) => sum + accuracy, 0) / rounds;
    return { mean, last: await accuracyOf(parameters) };
  };

  const numbers = sites.map((_, i) => i + 1);
  console.log(`images: ${sites.map(({ size }) => size).join(", ")}`);
  // What one of three learns shows little in the mean: so first each of the two alone.
  console.log(`\nhospital ${pythonAt} alone, in TypeScript`);
  const { mean: alone } = await learn(ROUNDS_ALONE, [inTypeScript(pythonAt)]);
  console.log(`\nhospital ${pythonAt} alone, in PyTorch`);
  const { mean: aloneInPyTorch } = await learn(ROUNDS_ALONE, [inPyTorch(pythonAt)]);
  console.log("\nall in TypeScript");
  const { last: together } = await learn(rounds, numbers.map(inTypeScript));
  console.log(`\nwith PyTorch at hospital ${pythonAt}`);
  const { last: mixed } = await learn(
    rounds,
    numbers.map((number) => (number === pythonAt ? inPyTorch : inTypeScript)(number)),
  );

  const isSameAlone = Math.abs(alone - aloneInPyTorch) <= MAX_DIFFERENCE_ALONE;
  const isSame = Math.abs(together - mixed) <= MAX_DIFFERENCE;
  const isEnough = Math.min(together, mixed) >= Number(values["at-least"]);
  const line = (what: string, ...pair: readonly number[]) =>
    console.log(what.padEnd(34), pair.map((accuracy) => accuracy.toFixed(4)).join("      "));
  console.log(`\n${`${arch}, seed ${seed}`.padEnd(34)} TypeScript  PyTorch`);
  line(`hospital ${pythonAt} alone, mean of ${ROUNDS_ALONE} rounds`, alone, aloneInPyTorch);
  line(`all, after ${rounds} rounds`, together, mixed);
  const isGood = isSameAlone && isSame && isEnough;
  console.log(isGood ? "ok" : "FAILED");
  process.exitCode = isGood ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

function inTypeScript(number: number): HospitalProgram {
  return [process.execPath, ...process.execArgv, script, ...argumentsOf(number)];
}

function inPyTorch(number: number): HospitalProgram {
  return [python!, torchScript, ...argumentsOf(number)];
}

function argumentsOf(number: number): readonly string[] {
  return [arch, folder, String(number), String(seed)];
}

/** Those of experiment.ts: drawn by the seed. */
async function firstWeights(): Promise<ModelParameters> {
  const trainer = createTfjsTrainer({
    model,
    train: test,
    valid: test,
    seed,
    epochs: 1,
    batchSize: 32,
    privacy: "none",
  });
  const context = { round: 0, signal: new AbortController().signal, onProgress: () => {} };
  const parameters = await trainer.getParameters({}, context);
  trainer.dispose();
  return parameters;
}

/** Images as they are trained on: normalized. */
async function writeDigits(name: string, dataset: ImageDataset): Promise<void> {
  const { images, labels } = await dataset.readBatch(Array.from(dataset.labels.keys()));
  const arrays = writeNpz([
    {
      name: "images",
      dtype: "float32",
      shape: [labels.length, ...dataset.imageShape],
      data: images,
    },
    { name: "labels", dtype: "int32", shape: [labels.length], data: labels },
  ]);
  writeFileSync(join(folder, `${name}.npz`), arrays);
}

async function accuracyOf(parameters: ModelParameters): Promise<number> {
  const state = stateOfParameters(model, parameters);
  const { metrics } = await evaluateDataset(model, state, { dataset: test, batchSize: 250 });
  return metrics.accuracy ?? Number.NaN;
}
