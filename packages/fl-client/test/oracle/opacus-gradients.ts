/**
 * Per-sample gradients beside Opacus (float64), on the same weights and images: the norm of every sample, and the sum of
 * what is clipped, for both ways of taking norms. Exits with 1 when one is further away than it may be, or when a bound that is
 * a thousandth too small isn't noticed.
 *
 * Cases "away" have weights with which both are on the same side of every ReLU, five times each. In the others, Opacus is told
 * our side, and it has to be its own for all but what rounding explains.
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
import { selectBackend } from "../../src/tfjs/backend/select-backend.js";
import { clippedSum } from "../../src/tfjs/dp/clipped-sum.js";
import type { NormMethod } from "../../src/tfjs/dp/convolution-gradients.js";
import { createModel } from "../../src/tfjs/models/create-model.js";
import { crossEntropy } from "../../src/tfjs/training/cross-entropy.js";
import { runModel } from "../../src/tfjs/training/run-model.js";
import { toOuter } from "../../src/tfjs/weights/inner-layout.js";
import { stateOfParameters } from "../../src/tfjs/weights/state-of-parameters.js";
import { distance, worstOf } from "./distances.ts";
import { arraysOf, type Case as GradientCase, NUM_CLASSES } from "./gradients-cases.ts";
import { KEEPS_ALL } from "./gradients-step.ts";
import { recordKinks } from "./recorded-kinks.ts";
import { kinksOf } from "./told-kinks.ts";

/** Relative error that is allowed; that of one array alone. */
const BOUND = 1e-5;
const BOUND_OF_ARRAY = 1e-4;

/** How norms are taken; all of them with the first seed. */
const METHODS = ["as costs less", "explicit", "ghost"] as const;

/** Of weights and images. */
const SEEDS = [1, 2, 3, 4, 5];

interface Case extends GradientCase {
  readonly seed: number;
}

const base = { numClasses: NUM_CLASSES, normalization: "group", head: "plain", width: 1 } as const;
const digits = { ...base, inputShape: [28, 28, 1] } as const;
const large = { ...base, inputShape: [64, 64, 3] } as const;
const MODELS: readonly Omit<Case, "id" | "seed">[] = [
  { ...digits, model: "lenet5", batch: 8 },
  { ...digits, model: "cnn", batch: 8 },
  { ...base, model: "resnet8", batch: 8, inputShape: [32, 32, 3] },
  { ...base, model: "resnet20", batch: 8, inputShape: [32, 32, 3] },
  { ...large, model: "resnet18", batch: 4 },
  { ...large, model: "resnet34", batch: 4 },
  { ...large, model: "densenet_small", batch: 6 },
  { ...large, model: "densenet121", batch: 4 },
  { ...large, model: "mobilenet_v2", batch: 6, width: 0.5 },
];

/** Too large for five times each; they are compared when they are asked for. */
const LARGE = ["resnet34", "densenet121"];

const [python, ...wanted] = process.argv.slice(2);
if (python === undefined) throw new Error("usage: opacus-gradients.ts PYTHON [model…]");
const cases = MODELS.filter(({ model }) =>
  wanted.length === 0 ? !LARGE.includes(model) : wanted.includes(model),
).flatMap(casesOf);
const folder = mkdtempSync(join(tmpdir(), "dsail-opacus-"));
let failures = 0;
try {
  await selectBackend({ backend: "wasm" });
  const problems = [];
  for (const one of cases) problems.push(await prepare(one));
  const asked = problems.map(({ maxGradNorm }, i) => ({ ...cases[i], maxGradNorm }));
  writeFileSync(join(folder, "cases.json"), JSON.stringify(asked));
  const script = fileURLToPath(new URL("opacus_gradients.py", import.meta.url));
  const { status } = spawnSync(python, [script, folder], { stdio: "inherit" });
  if (status !== 0) throw new Error(`opacus_gradients.py: exit status ${status}`);
  for (const [i, one] of cases.entries()) await compare(one, problems[i]!);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all within bounds" : `${failures} out of bounds`);
process.exitCode = failures === 0 ? 0 : 1;

/** Models without a norm have few ReLUs, and none need be kept away. */
function casesOf(one: Omit<Case, "id" | "seed">): Case[] {
  const awayFromKinks = !["lenet5", "cnn"].includes(one.model);
  const kind = awayFromKinks ? "away " : "";
  const all = SEEDS.map((seed) => ({
    ...one,
    id: `${one.model} ${kind}${seed}`,
    seed,
    awayFromKinks,
  }));
  return awayFromKinks ? [...all, { ...one, id: `${one.model} 6`, seed: 6 }] : all;
}

/** Writes weights and a batch, and gives back what computes ours, with the median of the norms as the bound. */
async function prepare(one: Case) {
  const arrays = await arraysOf(one, one.seed);
  const given = new Map(arrays.map((tensor) => [tensor.name, tensor]));
  const model = createModel(one.model, one);
  const state = stateOfParameters(
    model,
    model.state.map(({ name }) => ({ ...given.get(`state/${name}`)!, name }) as NamedTensor),
  );
  const [height, width, channels] = one.inputShape;
  const images = tf.tidy(() => {
    const outer = [one.batch, channels, height, width];
    const x = tf.tensor(given.get("images")!.data as Float32Array, outer);
    return tf.transpose(x, [0, 2, 3, 1]).dataSync<"float32">().slice();
  });
  const labels = Int32Array.from(given.get("labels")!.data as BigInt64Array, Number);
  const batch: Batch = { images, labels };
  const loss = crossEntropy(one.numClasses);
  let kinks: readonly NamedTensor[] = [];
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
          const pass = { training: true, read, write, random: KEEPS_ALL, tap };
          const forward = recordKinks(() => runModel(model, part, pass));
          kinks = forward.kinks;
          return tf.sum(loss.perSample(forward.result, part.labels)) as tf.Scalar;
        }),
    });
  const first = await ours(1);
  tf.dispose([...first.gradients.values()]);
  const maxGradNorm = [...first.norms].sort((a, b) => a - b)[first.norms.length >> 1]!;
  writeFileSync(join(folder, `${one.id}.npz`), writeNpz([...arrays, ...kinks]));
  return { model, state, ours, maxGradNorm };
}

async function compare(
  one: Case,
  { model, state, ours, maxGradNorm }: Awaited<ReturnType<typeof prepare>>,
): Promise<void> {
  const answers = readNpz(readFileSync(join(folder, `${one.id}.opacus.npz`)));
  const opacus = new Map(answers.map(({ name, data }) => [name, data as Float64Array]));
  const errors = async (bound: number, method?: NormMethod) => {
    const { gradients, norms } = await ours(bound, method);
    const expected = opacus.get("norms")!;
    const pairs = [];
    for (const entry of model.state) {
      const inner = await gradients.get(entry.name)!.data<"float32">();
      const theirs = opacus.get(`sum/${entry.name}`)!;
      pairs.push({ name: entry.name, ours: toOuter(inner, entry), theirs });
    }
    tf.dispose([...gradients.values()]);
    const ofNorms = Math.max(...norms.map((norm, n) => Math.abs(norm / expected[n]! - 1)));
    return { ofNorms, ofSum: distance(pairs), worst: worstOf(pairs) };
  };
  const kinks = kinksOf(opacus.get("kinks")!, one.awayFromKinks === true);
  const isFirst = one.seed === SEEDS[0];
  for (const method of isFirst ? METHODS : METHODS.slice(0, 1)) {
    const { ofNorms, ofSum, worst } = await errors(
      maxGradNorm,
      method === "as costs less" ? undefined : method,
    );
    const isNear = ofNorms <= BOUND && ofSum <= BOUND && worst.error <= BOUND_OF_ARRAY;
    const shown = (error: number): string => error.toExponential(1);
    say(
      isNear && kinks.isExplained,
      `${one.id}, ${method}: norms ${shown(ofNorms)}, clipped sum ${shown(ofSum)}, worst array ${worst.name} ${shown(worst.error)}; ${kinks.text}`,
    );
  }
  // Not a larger one: the norms of two samples with one label may be nearer to each other than that.
  const { ofSum } = await errors(maxGradNorm * 0.999);
  say(ofSum > BOUND, `${one.id}: a smaller bound is noticed`);
  tf.dispose([...state.values()]);
}

function say(isGood: boolean, what: string): void {
  if (!isGood) failures++;
  console.log(`${isGood ? "ok " : "BAD"} ${what}`);
}
