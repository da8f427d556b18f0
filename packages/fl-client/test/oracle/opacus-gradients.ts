/**
 * Per-sample gradients beside Opacus (float64), on the same weights and images: the norm of every sample, and the sum of
 * what is clipped, for both ways of taking norms. Exits with 1 when one is further away than it may be, or when a bound that is
 * a ten-thousandth too large isn't noticed.
 *
 * In a deep network a ReLU now and then meets a number that is 0 but for rounding, and float32 and float64 take different
 * sides of it: a norm is then off by 1e-5 or more, on both sides of the comparison alike. The seed is one where none does.
 *
 *     opacus-gradients.ts PYTHON [model…]     (with torch and opacus)
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type NamedTensor, readNpz, writeNpz } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import type { Batch } from "../../src/data/image-dataset.js";
import { normalOf, seededRandom } from "../../src/seeded-random.js";
import { selectBackend } from "../../src/tfjs/backend/select-backend.js";
import { clippedSum } from "../../src/tfjs/dp/clipped-sum.js";
import type { NormMethod } from "../../src/tfjs/dp/convolution-gradients.js";
import { createModel } from "../../src/tfjs/models/create-model.js";
import type { ModelOptions } from "../../src/tfjs/models/model-options.js";
import { crossEntropy } from "../../src/tfjs/training/cross-entropy.js";
import { runModel } from "../../src/tfjs/training/run-model.js";
import { initializeState } from "../../src/tfjs/weights/initialize-state.js";
import { toOuter } from "../../src/tfjs/weights/inner-layout.js";
import { parametersOfState } from "../../src/tfjs/weights/state-of-parameters.js";

/** Relative error that is allowed. */
const BOUND = 1e-5;

interface Case extends Required<ModelOptions> {
  readonly id: string;
  readonly model: string;
  readonly batch: number;
  maxGradNorm: number;
}

const base = { numClasses: 7, normalization: "group", head: "plain", width: 1 } as const;
const CASES: readonly Case[] = [
  { ...base, id: "lenet5", model: "lenet5", batch: 16, inputShape: [28, 28, 1], maxGradNorm: 0 },
  { ...base, id: "cnn", model: "cnn", batch: 8, inputShape: [28, 28, 1], maxGradNorm: 0 },
  { ...base, id: "resnet8", model: "resnet8", batch: 8, inputShape: [32, 32, 3], maxGradNorm: 0 },
  { ...base, id: "resnet18", model: "resnet18", batch: 2, inputShape: [64, 64, 3], maxGradNorm: 0 },
  {
    ...{ ...base, id: "mobilenet_v2", model: "mobilenet_v2", width: 0.5 },
    ...{ batch: 4, inputShape: [64, 64, 3], maxGradNorm: 0 },
  },
];

const [python, ...wanted] = process.argv.slice(2);
if (python === undefined) throw new Error("usage: opacus-gradients.ts PYTHON [model…]");
const cases = CASES.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const folder = mkdtempSync(join(tmpdir(), "dsail-opacus-"));
let failures = 0;
try {
  await selectBackend({ backend: "wasm" });
  const problems = [];
  for (const [i, one] of cases.entries()) problems.push(await prepare(one, i));
  writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
  const script = fileURLToPath(new URL("opacus_gradients.py", import.meta.url));
  const { status } = spawnSync(python, [script, folder], { stdio: "inherit" });
  if (status !== 0) throw new Error(`opacus_gradients.py: exit status ${status}`);
  for (const [i, one] of cases.entries()) await compare(one, problems[i]!);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all within bounds" : `${failures} out of bounds`);
process.exitCode = failures === 0 ? 0 : 1;

/** Writes weights and a batch, with the median of the norms as the bound, and gives back what computes ours. */
async function prepare(one: Case, seed: number) {
  const random = seededRandom(3, seed);
  const model = createModel(one.model, one);
  const state = initializeState(model, random);
  const pixels = one.inputShape.reduce((product, size) => product * size, 1);
  const batch: Batch = {
    images: Float32Array.from({ length: one.batch * pixels }, () => normalOf(random)),
    labels: Int32Array.from({ length: one.batch }, (_, n) => n % one.numClasses),
  };
  const loss = crossEntropy(one.numClasses);
  // Dropout that drops nothing, as in the Python beside.
  const keepsAll = { fill: (words: Uint32Array) => void words.fill(2 ** 32 - 1), uniform: () => 1 };
  const ours = (maxGradNorm: number, normMethod?: NormMethod) =>
    clippedSum(batch, {
      ...{ state, maxGradNorm, ...(normMethod && { normMethod }) },
      trained: new Set(state.keys()),
      lossSum: (part, tap) =>
        tf.tidy(() => {
          const read = (name: string): tf.Tensor => state.get(name)!;
          const write = (): never => {
            throw new Error("a buffer");
          };
          const pass = { training: true, read, write, random: keepsAll, tap };
          return tf.sum(loss.perSample(runModel(model, part, pass), part.labels)) as tf.Scalar;
        }),
    });
  const first = await ours(1);
  tf.dispose([...first.gradients.values()]);
  one.maxGradNorm = [...first.norms].sort((a, b) => a - b)[first.norms.length >> 1]!;

  const arrays: NamedTensor[] = (await parametersOfState(model, state)).map((tensor) => ({
    ...tensor,
    name: `state/${tensor.name}`,
  }));
  const [height, width, channels] = one.inputShape;
  const x = tf.tensor4d(batch.images, [one.batch, height, width, channels]);
  const images = tf.transpose(x, [0, 3, 1, 2]).dataSync<"float32">().slice();
  const shape = [one.batch, channels, height, width];
  const labels = BigInt64Array.from(batch.labels, (label) => BigInt(label));
  arrays.push({ name: "images", dtype: "float32", shape, data: images });
  arrays.push({ name: "labels", dtype: "int64", shape: [one.batch], data: labels });
  writeFileSync(join(folder, `${one.id}.npz`), writeNpz(arrays));
  return { model, ours };
}

async function compare(
  { id, maxGradNorm }: Case,
  { model, ours }: Awaited<ReturnType<typeof prepare>>,
): Promise<void> {
  const answers = readNpz(readFileSync(join(folder, `${id}.opacus.npz`)));
  const theirs = new Map(answers.map(({ name, data }) => [name, data as Float64Array]));
  const errors = async (bound: number, method?: NormMethod) => {
    const { gradients, norms } = await ours(bound, method);
    const expected = theirs.get("norms")!;
    const ofNorms = Math.max(...norms.map((norm, n) => Math.abs(norm / expected[n]! - 1)));
    let worst = { name: "", error: 0 };
    let [squaredError, squaredNorm] = [0, 0];
    for (const entry of model.state) {
      const inner = await gradients.get(entry.name)!.data<"float32">();
      const mine = toOuter(inner, entry);
      const sum = theirs.get(`sum/${entry.name}`)!;
      const difference = norm(mine.map((x, i) => x - sum[i]!));
      squaredError += difference ** 2;
      squaredNorm += norm(sum) ** 2;
      const error = difference / norm(sum);
      if (error > worst.error) worst = { name: entry.name, error };
    }
    tf.dispose([...gradients.values()]);
    return { ofNorms, ofSum: Math.sqrt(squaredError / squaredNorm), worst };
  };
  for (const method of ["as costs less", "explicit", "ghost"] as const) {
    const { ofNorms, ofSum, worst } = await errors(
      maxGradNorm,
      method === "as costs less" ? undefined : method,
    );
    const isGood = ofNorms <= BOUND && ofSum <= BOUND;
    if (!isGood) failures++;
    const shown = (error: number): string => error.toExponential(1);
    const array = `worst array ${worst.name} ${shown(worst.error)}`;
    console.log(
      `${isGood ? "ok " : "BAD"} ${id}, ${method}: norms ${shown(ofNorms)}, clipped sum ${shown(ofSum)}; ${array}`,
    );
  }
  const { ofSum } = await errors(maxGradNorm * 1.0001);
  if (ofSum <= BOUND) failures++;
  console.log(`${ofSum > BOUND ? "ok " : "BAD"} ${id}: a larger bound is noticed`);
}

function norm(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
