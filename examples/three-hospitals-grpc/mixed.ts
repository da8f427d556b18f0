/**
 * The same federation twice: three hospitals that train here, and then with PyTorch and Flower at one of them. Both have to learn
 * as much.
 *
 *     tsx mixed.ts PYTHON [--arch lenet5] [--rounds 8] [--seed 1] [--python-at 1] [--at-least 0.94]
 *
 * PYTHON has torch and flwr. Hospitals, their images and how they train are those of three-hospitals-in-memory/experiment.ts, of
 * `federated`. The exit code is 1 if the models differ in accuracy by more than 1.5 points, or one of them is below --at-least.
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

/** In accuracy: 1.5 points, or 22 of 1,500 images. */
const MAX_DIFFERENCE = 0.015;

await selectBackend();
const { train, test } = loadDigits();
const sites = shareOut(train, { alpha: 0.5, seed });
const model = createModel(arch, { numClasses: 10, inputShape: [28, 28, 1] });
const torchScript = fileURLToPath(new URL("./hospital.py", import.meta.url));
const here: HospitalProgram = [
  process.execPath,
  ...process.execArgv,
  fileURLToPath(new URL("./hospital.ts", import.meta.url)),
];
const pytorch: HospitalProgram = [python, torchScript];

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

  const mixed = sites.map((_, i) => (i + 1 === Number(values["python-at"]) ? pytorch : here));
  const accuracy: number[] = [];
  for (const programs of [sites.map(() => here), mixed]) {
    const names = programs.map((program) => (program === here ? "TypeScript" : "PyTorch"));
    console.log(`\n${names.map((name, i) => `${name} (${sites[i]!.size} images)`).join(", ")}`);
    const parameters = await federate(programs, {
      ...{
        arch,
        seed,
        folder,
        rounds: Number(values.rounds),
        initialParameters: await firstWeights(),
      },
      onRound: (round, each) => console.log(`round ${round}: ${each.toFixed(4)}`),
    });
    accuracy.push(await accuracyOf(parameters));
  }
  const [all = Number.NaN, some = Number.NaN] = accuracy;
  const isSame = Math.abs(all - some) <= MAX_DIFFERENCE;
  const isEnough = Math.min(all, some) >= Number(values["at-least"]);
  const verdict = isSame && isEnough ? "ok" : "FAILED";
  const numbers = `${all.toFixed(4)} in TypeScript, ${some.toFixed(4)} with PyTorch at hospital ${values["python-at"]}`;
  console.log(`\n${verdict}: ${arch}, seed ${seed}, ${values.rounds} rounds: ${numbers}`);
  process.exitCode = verdict === "ok" ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
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
