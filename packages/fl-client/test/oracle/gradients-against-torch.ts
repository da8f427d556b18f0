/**
 * Every model beside the same in PyTorch (float64), on the same weights and images: loss, gradients, running statistics
 * after a step, outputs in evaluation, and the losses of 40 steps. Exits with 1 when one is further away than it may be, or
 * when a padding that is wrong on purpose isn't noticed.
 *
 *     gradients-against-torch.ts PYTHON [--backend wasm|cpu|tensorflow] [model…]     (with torch)
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type NamedTensor, readNpz } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import { selectBackend } from "../../src/tfjs/backend/select-backend.js";
import type { BackendName } from "../../src/tfjs/backend/selected-backend.js";
import { createModel, MODEL_NAMES } from "../../src/tfjs/models/create-model.js";
import {
  parametersOfState,
  stateOfParameters,
} from "../../src/tfjs/weights/state-of-parameters.js";
import { type Case, casesOf, fileOf } from "./gradients-cases.ts";
import { curveOf, imagesOf, KEEPS_ALL, stepOf } from "./gradients-step.ts";

/** Relative errors that are allowed: ‖ours - PyTorch's‖ / ‖PyTorch's‖. */
const BOUNDS = { output: 1e-4, loss: 1e-5, gradient: 1e-4, buffer: 1e-5, curve: 1e-3 };

/** What a wrong padding is off by at least. */
const NOTICED = 1e-2;

/**
 * Where a number before a ReLU is as good as 0, rounding decides whether its gradient passes, which may be a hundredth of the
 * norm. It happens in one of a million numbers: then, and only when PyTorch saw a number as near to 0 (over the standard
 * deviation of its layer), other weights and images have a go.
 */
const KINK = 3e-6;
const ATTEMPTS = 6;

const [python, ...rest] = process.argv.slice(2);
if (python === undefined) {
  throw new Error("usage: gradients-against-torch.ts PYTHON [--backend NAME] [model…]");
}
const [backend, wanted] = rest[0] === "--backend" ? [rest[1], rest.slice(2)] : ["wasm", rest];
for (const name of wanted) {
  if (!(MODEL_NAMES as readonly string[]).includes(name)) throw new Error(`no model ${name}`);
}

const folder = mkdtempSync(join(tmpdir(), "dsail-gradients-"));
let failures = 0;
try {
  await selectBackend({ backend: backend as BackendName });
  console.log(`backend ${tf.getBackend()}; relative errors against PyTorch in float64`);
  let left = (wanted.length === 0 ? MODEL_NAMES : wanted).flatMap(casesOf);
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    await askTorch(left, attempt);
    const again: Case[] = [];
    for (const one of left) if ((await compare(one)) === "kink") again.push(one);
    left = again;
    if (left.length > 0)
      console.log("with other weights and images, since a number was at the kink of its ReLU:");
  }
  for (const { id } of left) fail(`${id}: gradient, of all images`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all within bounds" : `${failures} out of bounds`);
process.exitCode = failures === 0 ? 0 : 1;

/** Puts what is asked and what PyTorch answers into the folder. */
async function askTorch(cases: readonly Case[], attempt: number): Promise<void> {
  for (const [i, one] of cases.entries()) {
    writeFileSync(join(folder, `${one.id}.npz`), await fileOf(one, 100 * attempt + i));
  }
  writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
  const script = fileURLToPath(new URL("gradients.py", import.meta.url));
  const { status } = spawnSync(python!, [script, folder], { stdio: "inherit" });
  if (status !== 0) throw new Error(`gradients.py: exit status ${status}`);
}

async function compare(one: Case): Promise<"done" | "kink"> {
  const [ours, torch] = [read(`${one.id}.npz`), read(`${one.id}.torch.npz`)];
  const model = createModel(one.model, one);
  const state = stateOfParameters(
    model,
    model.state.map(({ name }) => ({ ...ours.get(`state/${name}`)!, name }) as NamedTensor),
  );
  const before = tf.memory().numTensors;
  const batch = imagesOf(ours, "");
  const evaluated = tf.tidy(() => {
    const read = (name: string): tf.Tensor => state.get(name)!;
    const write = (name: string) => fail(`${one.id}: ${name} is written in evaluation`);
    return model.forward(batch.images, { training: false, read, write, random: KEEPS_ALL }, "");
  });
  const { loss, gradients, written } = stepOf(model, state, batch);
  const after = await parametersOfState(model, new Map([...state, ...gradients, ...written]));
  const pairs = after.map(({ name, data }) => {
    const kind = gradients.has(name) ? "gradient" : "buffer";
    return {
      name,
      kind,
      ours: numbersOf(data),
      torch: numbersOf(torch.get(`${kind}/${name}`)!.data),
    };
  });
  const buffers = pairs.filter(({ kind }) => kind === "buffer");
  if (written.size !== buffers.length) fail(`${one.id}: not every buffer is written`);
  const errors: Record<string, number> = {
    output: distance([
      { ours: numbersOf(await evaluated.data()), torch: numbersOf(torch.get("eval")!.data) },
    ]),
    loss: distance([{ ours: [loss], torch: numbersOf(torch.get("loss")!.data) }]),
    gradient: distance(pairs.filter(({ kind }) => kind === "gradient")),
    buffer: Math.max(0, ...buffers.map((pair) => distance([pair]))),
  };
  tf.dispose([evaluated, ...Object.values(batch), ...gradients.values(), ...written.values()]);
  if (tf.memory().numTensors !== before) fail(`${one.id}: tensors leak`);
  let course = "";
  if (one.curve !== undefined) {
    const losses = curveOf(model, state, { arrays: ours, ...one.curve });
    const expected = numbersOf(torch.get("curve")!.data);
    const each = losses.map((value, i) => distance([{ ours: [value], torch: [expected[i]!] }]));
    errors["curve"] = Math.max(...each);
    course = ` (loss ${losses[0]!.toFixed(2)} to ${losses.at(-1)!.toFixed(2)})`;
  }
  tf.dispose([...state.values()]);
  const kink = numbersOf(torch.get("kink")!.data)[0]!;
  const note = `${course}; worst array ${worstOf(pairs)}; nearest to a kink ${kink.toExponential(1)}`;
  return judge(one, errors, { note, isAtKink: kink < KINK });
}

function judge(
  one: Case,
  errors: Readonly<Record<string, number>>,
  { note, isAtKink }: { readonly note: string; readonly isAtKink: boolean },
): "done" | "kink" {
  const text = Object.entries(errors).map(([what, error]) => `${what} ${error.toExponential(1)}`);
  console.log(`${one.id}: ${text.join(", ")}${note}`);
  if (one.wrongPadding === true) {
    if (!(errors["gradient"]! > NOTICED)) fail(`${one.id}: a wrong padding isn't noticed`);
    return "done";
  }
  const broken = Object.entries(errors)
    .filter(([what, error]) => !(error <= BOUNDS[what as keyof typeof BOUNDS]))
    .map(([what]) => what);
  if (broken.join() === "gradient" && isAtKink) return "kink";
  if (broken.length > 0) fail(`${one.id}: ${broken.join(", ")}`);
  return "done";
}

type Numbers = ArrayLike<number>;

interface Pair {
  readonly ours: Numbers;
  readonly torch: Numbers;
}

/** The array of the largest error; one whose gradient is as good as none is measured by the whole. */
function worstOf(
  pairs: readonly (Pair & { readonly name: string; readonly kind: string })[],
): string {
  const all = pairs.filter(({ kind }) => kind === "gradient");
  const floor = 1e-3 * norm(all.map(({ torch }) => torch));
  const errors = all.map((pair) => {
    const own = norm([pair.torch]);
    return { name: pair.name, error: (distance([pair]) * own) / Math.max(own, floor) };
  });
  const { name, error } = errors.reduce((a, b) => (b.error > a.error ? b : a));
  return `${name} ${error.toExponential(1)}`;
}

/** Over all pairs together. */
function distance(pairs: readonly Pair[]): number {
  const differences = pairs.map(({ ours, torch }) => {
    if (ours.length !== torch.length)
      throw new Error(`${ours.length}, not ${torch.length} numbers`);
    const result = new Float64Array(ours.length);
    for (let i = 0; i < result.length; i++) result[i] = ours[i]! - torch[i]!;
    return result;
  });
  return norm(differences) / norm(pairs.map(({ torch }) => torch));
}

/** Euclidean, of all arrays together. */
function norm(arrays: readonly Numbers[]): number {
  let sum = 0;
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  }
  return Math.sqrt(sum);
}

function read(name: string): ReadonlyMap<string, NamedTensor> {
  const arrays = readNpz(readFileSync(join(folder, name)));
  return new Map(arrays.map((tensor) => [tensor.name, tensor]));
}

function numbersOf(data: NamedTensor["data"]): Numbers {
  return data instanceof BigInt64Array ? Array.from(data, Number) : (data as Float64Array);
}

function fail(what: string): void {
  failures++;
  console.log(`FAILED ${what}`);
}
