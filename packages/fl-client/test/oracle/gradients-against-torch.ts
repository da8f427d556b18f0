/**
 * Every model beside the same in PyTorch (float64), on the same weights and images: loss, gradients, running statistics
 * after a step, outputs in evaluation, and the losses of 40 steps. Exits with 1 when one is further away than it may be, or
 * when a padding that is wrong on purpose isn't noticed.
 *
 * Cases "away" have weights with which both are on the same side of every ReLU. In the others, PyTorch takes our side, and it
 * has to be its own for all but what rounding explains; how many those are is printed.
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
import { type NamedTensor, readNpz, writeNpz } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import { selectBackend } from "../../src/tfjs/backend/select-backend.js";
import type { BackendName } from "../../src/tfjs/backend/selected-backend.js";
import { createModel, MODEL_NAMES } from "../../src/tfjs/models/create-model.js";
import {
  parametersOfState,
  stateOfParameters,
} from "../../src/tfjs/weights/state-of-parameters.js";
import { distance, type Pair, worstOf } from "./distances.ts";
import { arraysOf, type Case, casesOf } from "./gradients-cases.ts";
import { curveOf, imagesOf, KEEPS_ALL, stepOf } from "./gradients-step.ts";
import { kinksOf } from "./told-kinks.ts";

/** Relative errors that are allowed: ‖ours - PyTorch's‖ / ‖PyTorch's‖. */
const BOUNDS = { output: 1e-4, loss: 1e-5, gradient: 1e-4, array: 1e-3, buffer: 1e-5, curve: 1e-3 };

/** What a wrong padding is off by at least. */
const NOTICED = 1e-2;

/** What a model gives here, by PyTorch's names: `eval`, `loss`, `gradient/…`, `buffer/…`, `curve`. */
type Answer = ReadonlyMap<string, ArrayLike<number>>;

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
  const all = (wanted.length === 0 ? MODEL_NAMES : wanted).flatMap(casesOf);
  // Plain JavaScript takes seconds for a step.
  const cases = backend === "cpu" ? all.map(withShortCurve) : all;
  const answers: Answer[] = [];
  for (const [seed, one] of cases.entries()) answers.push(await answerOf(one, seed));
  writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
  const script = fileURLToPath(new URL("gradients.py", import.meta.url));
  const { status } = spawnSync(python, [script, folder], { stdio: "inherit" });
  if (status !== 0) throw new Error(`gradients.py: exit status ${status}`);
  for (const [i, one] of cases.entries()) compare(one, answers[i]!);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all within bounds" : `${failures} out of bounds`);
process.exitCode = failures === 0 ? 0 : 1;

function withShortCurve(one: Case): Case {
  return one.curve === undefined ? one : { ...one, curve: { ...one.curve, steps: 1 } };
}

/** Runs the model, and writes for Python what it has to know. */
async function answerOf(one: Case, seed: number): Promise<Answer> {
  const arrays = await arraysOf(one, seed);
  const given = new Map(arrays.map((tensor) => [tensor.name, tensor]));
  const model = createModel(one.model, one);
  const state = stateOfParameters(
    model,
    model.state.map(({ name }) => ({ ...given.get(`state/${name}`)!, name }) as NamedTensor),
  );
  const before = tf.memory().numTensors;
  const batch = imagesOf(given, "");
  const evaluated = tf.tidy(() => {
    const read = (name: string): tf.Tensor => state.get(name)!;
    const write = (name: string) => fail(`${one.id}: ${name} is written in evaluation`);
    return model.forward(batch.images, { training: false, read, write, random: KEEPS_ALL }, "");
  });
  const { loss, gradients, written, kinks } = stepOf(model, state, batch);
  writeFileSync(join(folder, `${one.id}.npz`), writeNpz([...arrays, ...kinks]));
  const answer = new Map<string, ArrayLike<number>>([["loss", [loss]]]);
  answer.set("eval", await evaluated.data());
  const after = await parametersOfState(model, new Map([...state, ...gradients, ...written]));
  for (const { name, data } of after) {
    answer.set(`${gradients.has(name) ? "gradient" : "buffer"}/${name}`, numbersOf(data));
  }
  const buffers = model.state.filter(({ kind }) => kind === "buffer");
  if (written.size !== buffers.length) fail(`${one.id}: not every buffer is written`);
  tf.dispose([evaluated, ...Object.values(batch), ...gradients.values(), ...written.values()]);
  if (tf.memory().numTensors !== before) fail(`${one.id}: tensors leak`);
  if (one.curve !== undefined) {
    answer.set("curve", curveOf(model, state, { arrays: given, ...one.curve }));
  }
  tf.dispose([...state.values()]);
  return answer;
}

function compare(one: Case, answer: Answer): void {
  const torch = read(`${one.id}.torch.npz`);
  const pairs = [...answer].map(([name, ours]) => ({ name, ours, theirs: torch.get(name)! }));
  const of = (kind: string): Pair[] => pairs.filter(({ name }) => name.startsWith(kind));
  const each = (kind: string): number[] => of(kind).map((pair) => distance([pair]));
  const worst = worstOf(of("gradient/"));
  const errors: Record<string, number> = {
    output: distance(of("eval")),
    loss: distance(of("loss")),
    gradient: distance(of("gradient/")),
    array: worst.error,
    buffer: Math.max(0, ...each("buffer/")),
  };
  let course = "";
  for (const { ours, theirs } of of("curve")) {
    const steps = Array.from(ours, (loss, i) => Math.abs(loss / theirs[i]! - 1));
    errors["curve"] = Math.max(...steps);
    course = ` (loss ${ours[0]!.toFixed(2)} to ${ours[ours.length - 1]!.toFixed(2)})`;
  }
  const text = Object.entries(errors).map(([what, error]) => `${what} ${error.toExponential(1)}`);
  const kinks = kinksOf(torch.get("kinks")!, one.awayFromKinks === true);
  const more = `${course}; worst array ${worst.name.replace("gradient/", "")}; ${kinks.text}`;
  console.log(`${one.id}: ${text.join(", ")}${more}`);
  if (one.wrongPadding === true) {
    if (!(errors["gradient"]! > NOTICED)) fail(`${one.id}: a wrong padding isn't noticed`);
    if (kinks.isExplained) fail(`${one.id}: ReLUs on the wrong side aren't noticed`);
    return;
  }
  if (!kinks.isExplained) fail(`${one.id}: ReLUs on another side than rounding explains`);
  const broken = Object.entries(errors)
    .filter(([what, error]) => !(error <= BOUNDS[what as keyof typeof BOUNDS]))
    .map(([what]) => what);
  if (broken.length > 0) fail(`${one.id}: ${broken.join(", ")}`);
}

function read(name: string): ReadonlyMap<string, ArrayLike<number>> {
  const arrays = readNpz(readFileSync(join(folder, name)));
  return new Map(arrays.map(({ name: own, data }) => [own, numbersOf(data)]));
}

function numbersOf(data: NamedTensor["data"]): ArrayLike<number> {
  return data instanceof BigInt64Array ? Array.from(data, Number) : (data as Float64Array);
}

function fail(what: string): void {
  failures++;
  console.log(`FAILED ${what}`);
}
