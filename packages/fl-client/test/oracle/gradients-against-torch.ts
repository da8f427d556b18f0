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
import { type ModelParameters, type NamedTensor, readNpz, writeNpz } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import { normalOf, seededRandom } from "../../src/seeded-random.js";
import { selectBackend } from "../../src/tfjs/backend/select-backend.js";
import type { BackendName } from "../../src/tfjs/backend/selected-backend.js";
import type { ForwardPass, Model } from "../../src/tfjs/layers/module.js";
import { createModel, MODEL_NAMES } from "../../src/tfjs/models/create-model.js";
import type { ModelOptions } from "../../src/tfjs/models/model-options.js";
import { initializeState } from "../../src/tfjs/weights/initialize-state.js";
import {
  parametersOfState,
  stateOfParameters,
} from "../../src/tfjs/weights/state-of-parameters.js";

const usage = "usage: gradients-against-torch.ts PYTHON [--backend NAME] [model…]";
const [python, ...rest] = process.argv.slice(2);
if (python === undefined) throw new Error(usage);
const hasBackend = rest[0] === "--backend";
const backend = (hasBackend ? rest[1] : "wasm") as BackendName;
const wanted = rest.slice(hasBackend ? 2 : 0);
for (const name of wanted) {
  if (!(MODEL_NAMES as readonly string[]).includes(name)) throw new Error(`no model ${name}`);
}

/** Relative errors that are allowed. */
const BOUNDS = { gradient: 1e-4, buffer: 1e-5, output: 1e-4, loss: 1e-5, curve: 1e-3 };

const CURVE = { steps: 40, learningRate: 0.02, batch: 16 };

interface Case extends Required<ModelOptions> {
  readonly id: string;
  readonly model: string;
  readonly batch: number;
  readonly curve?: typeof CURVE;
  readonly wrongPadding?: boolean;
}

const NUM_CLASSES = 7;

const small = { batch: 8, inputShape: [28, 28, 1] } as const;
const medium = { batch: 8, inputShape: [32, 32, 3] } as const;
const large = { batch: 4, inputShape: [64, 64, 3] } as const;

/** Of each: batch norm and group norm where it has one. */
const SIZES: Readonly<Record<string, Pick<Case, "batch" | "inputShape"> & { width?: number }>> = {
  lenet5: small,
  cnn: small,
  resnet8: medium,
  resnet20: medium,
  resnet18: large,
  resnet34: large,
  densenet_small: large,
  densenet121: large,
  mobilenet_v2: { ...large, width: 0.5 },
};

function casesOf(model: string): Case[] {
  const numClasses = NUM_CLASSES;
  const one = (
    normalization: Case["normalization"],
    more: Partial<Case> & { readonly suffix?: string } = {},
  ): Case => {
    const { suffix = "", ...options } = more;
    const id = `${model}-${normalization}${suffix}`;
    const base = { id, model, numClasses, normalization, head: "plain", width: 1 } as const;
    return { ...base, ...SIZES[model]!, ...options };
  };
  const curve = { curve: CURVE };
  switch (model) {
    case "lenet5":
      return [one("batch", curve)];
    case "cnn":
      return [one("batch")];
    case "resnet8":
      return [
        one("batch", curve),
        one("group", curve),
        one("batch", { suffix: "-wrong-padding", wrongPadding: true }),
      ];
    case "resnet18":
    case "mobilenet_v2": {
      const head = { head: "fastai", suffix: "-fastai" } as const;
      return [one("batch"), one("group"), one("batch", head), one("group", head)];
    }
    default:
      return [one("batch"), one("group")];
  }
}

/** Dropout that drops nothing, as in the Python beside. */
const KEEPS_ALL = { fill: (words: Uint32Array) => void words.fill(2 ** 32 - 1), uniform: () => 1 };

const folder = mkdtempSync(join(tmpdir(), "dsail-gradients-"));
let failures = 0;
try {
  await selectBackend({ backend });
  const names = wanted.length === 0 ? MODEL_NAMES : wanted;
  const cases = names.flatMap(casesOf);
  for (const [i, one] of cases.entries()) await writeCase(one, i);
  writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
  const script = fileURLToPath(new URL("gradients.py", import.meta.url));
  const { status } = spawnSync(python, [script, folder], { stdio: "inherit" });
  if (status !== 0) throw new Error(`gradients.py: exit status ${status}`);
  console.log(`backend ${tf.getBackend()}; relative errors against PyTorch in float64`);
  for (const one of cases) await compare(one);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all within bounds" : `${failures} out of bounds`);
process.exitCode = failures === 0 ? 0 : 1;

/** Weights as at the start, but no array of one value alone; images and labels. */
async function writeCase(one: Case, seed: number): Promise<void> {
  const random = seededRandom(7, seed);
  const model = createModel(one.model, one);
  const state = initializeState(model, random);
  const initial = await parametersOfState(model, state);
  tf.dispose([...state.values()]);
  for (const { name, data } of initial) {
    if (!(data instanceof Float32Array) || !/(bias|weight|mean|var)$/.test(name)) continue;
    const scale = data.length > 1 && new Set(data.subarray(0, 9)).size > 1 ? 0 : 0.1;
    for (let i = 0; i < data.length; i++) data[i]! += scale * normalOf(random);
  }
  const state_ = initial.map((tensor) => ({ ...tensor, name: `state/${tensor.name}` }));
  const arrays: NamedTensor[] = [...state_, ...batchOf(one, one.batch, "", random)];
  const { curve } = one;
  if (curve !== undefined) {
    arrays.push(...batchOf(one, curve.batch * curve.steps, "curve/", random, curve.steps));
  }
  writeFileSync(join(folder, `${one.id}.npz`), writeNpz(arrays));

  /** As PyTorch has them (NCHW). A class shifts all pixels, for something to be learnt. */
  function batchOf(
    { inputShape: [height, width, channels] }: Case,
    count: number,
    prefix: string,
    source: typeof random,
    steps?: number,
  ): NamedTensor[] {
    const labels = BigInt64Array.from({ length: count }, () =>
      BigInt(Math.ceil(source.uniform() * NUM_CLASSES) - 1),
    );
    const pixels = channels * height * width;
    const images = Float32Array.from({ length: count * pixels }, (_, i) => {
      const shift = Number(labels[Math.floor(i / pixels)]) / NUM_CLASSES - 0.4;
      return normalOf(source) + shift;
    });
    const leading = steps === undefined ? [count] : [steps, count / steps];
    const shape = [...leading, channels, height, width];
    return [
      { name: `${prefix}images`, dtype: "float32", shape, data: images },
      { name: `${prefix}labels`, dtype: "int64", shape: leading, data: labels },
    ];
  }
}

interface Step {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  /** New buffers by name. */
  readonly written: ReadonlyMap<string, tf.Tensor>;
}

/** One step forward and back. What it gives belongs to the caller. */
function stepOf(
  model: Model,
  state: ReadonlyMap<string, tf.Tensor>,
  { images, labels }: { readonly images: tf.Tensor; readonly labels: tf.Tensor },
): Step {
  const written = new Map<string, tf.Tensor>();
  const names = model.state.filter(({ kind }) => kind === "parameter").map(({ name }) => name);
  let loss = Number.NaN;
  const gradients = new Map<string, tf.Tensor>();
  tf.tidy(() => {
    const lossOf = (...parameters: tf.Tensor[]): tf.Tensor => {
      const byName = new Map(names.map((name, i) => [name, parameters[i]!]));
      const pass: ForwardPass = {
        training: true,
        read: (name) => byName.get(name) ?? state.get(name)!,
        write: (name, value) => void written.set(name, tf.keep(value)),
        random: KEEPS_ALL,
      };
      const logits = model.forward(images, pass, "") as tf.Tensor2D;
      const chosen = tf.mul(tf.logSoftmax(logits), labels);
      return tf.mul(tf.sum(chosen), -1 / images.shape[0]!);
    };
    const { value, grads } = tf.valueAndGrads(lossOf as (...args: tf.Tensor[]) => tf.Scalar)(
      names.map((name) => state.get(name)!),
    );
    for (const [i, name] of names.entries()) gradients.set(name, tf.keep(grads[i]!));
    loss = value.dataSync()[0]!;
  });
  return { loss, gradients, written };
}

function imagesOf(arrays: ReadonlyMap<string, NamedTensor>, prefix: string, step?: number) {
  const images = arrays.get(`${prefix}images`)!;
  const labels = arrays.get(`${prefix}labels`)!;
  const shape = images.shape.slice(-4) as [number, number, number, number];
  const [count] = shape;
  const size = shape.reduce((product, length) => product * length, 1);
  const at = step ?? 0;
  const values = (images.data as Float32Array).slice(at * size, (at + 1) * size);
  const classes = (labels.data as BigInt64Array).slice(at * count, (at + 1) * count);
  return tf.tidy(() => ({
    images: tf.transpose(tf.tensor(values, shape), [0, 2, 3, 1]),
    labels: tf.cast(
      tf.oneHot(tf.tensor1d(Array.from(classes, Number), "int32"), NUM_CLASSES),
      "float32",
    ),
  }));
}

async function compare(one: Case): Promise<void> {
  const read = (ending: string): ReadonlyMap<string, NamedTensor> =>
    new Map(
      readNpz(readFileSync(join(folder, `${one.id}${ending}`))).map((tensor) => [
        tensor.name,
        tensor,
      ]),
    );
  const [ours, torch] = [read(".npz"), read(".torch.npz")];
  const model = createModel(one.model, one);
  const initial: ModelParameters = model.state.map(
    ({ name }) => ({ ...ours.get(`state/${name}`)!, name }) as NamedTensor,
  );
  const state = stateOfParameters(model, initial);
  const before = tf.memory().numTensors;
  const errors: Record<string, number> = {};

  const batch = imagesOf(ours, "");
  const logits = tf.tidy(() => {
    const read = (name: string): tf.Tensor => state.get(name)!;
    const write = () => fail(`${one.id}: a buffer is written in evaluation`);
    return model.forward(batch.images, { training: false, read, write, random: KEEPS_ALL }, "");
  });
  errors["output"] = distance([[await numbers(logits), reference(torch, "eval")]]);
  const { loss, gradients, written } = stepOf(model, state, batch);
  const truth = reference(torch, "loss")[0]!;
  errors["loss"] = Math.abs(loss - truth) / truth;

  const all = new Map([...state, ...gradients]);
  const asTorch = await parametersOfState(model, all);
  const pairs = asTorch
    .filter(({ name }) => gradients.has(name))
    .map(
      ({ name, data }) =>
        [name, data as Float32Array, reference(torch, `gradient/${name}`)] as const,
    );
  errors["gradient"] = distance(pairs.map(([, a, b]) => [a, b]));
  // An array whose gradient is as good as none is measured by the whole.
  const floor = 1e-3 * norm(pairs.map(([, , b]) => b));
  const byArray = pairs.map(
    ([name, a, b]) => [name, norm([difference(a, b)]) / Math.max(norm([b]), floor)] as const,
  );
  const [worst, worstError] = byArray.reduce((x, y) => (y[1] > x[1] ? y : x));

  const after = await parametersOfState(model, new Map([...state, ...written]));
  const buffers = model.state.filter(({ kind }) => kind === "buffer");
  if (written.size !== buffers.length) fail(`${one.id}: not every buffer is written`);
  errors["buffer"] = Math.max(
    0,
    ...after
      .filter(({ name }) => written.has(name))
      .map(({ name, data }) =>
        distance([
          [Float64Array.from(data as Iterable<never>, Number), reference(torch, `buffer/${name}`)],
        ]),
      ),
  );
  tf.dispose([logits, ...Object.values(batch), ...gradients.values(), ...written.values()]);
  if (tf.memory().numTensors !== before) fail(`${one.id}: tensors leak`);
  if (one.curve !== undefined) {
    const losses = curveOf(model, state, { ours, ...one.curve });
    const expected = reference(torch, "curve");
    errors["curve"] = Math.max(...losses.map((x, i) => Math.abs(x - expected[i]!) / expected[i]!));
    console.log(`  ${one.id}: loss ${losses[0]!.toFixed(3)} to ${losses.at(-1)!.toFixed(3)}`);
  }
  tf.dispose([...state.values()]);

  const isControl = one.wrongPadding === true;
  const broken = Object.entries(errors).filter(
    ([what, error]) => !(error <= BOUNDS[what as keyof typeof BOUNDS]),
  );
  const text = Object.entries(errors).map(([what, error]) => `${what} ${error.toExponential(1)}`);
  console.log(`${one.id}: ${text.join(", ")}; worst array ${worst} ${worstError.toExponential(1)}`);
  if (isControl && !(errors["gradient"]! > 1e-2)) fail(`${one.id}: isn't noticed`);
  if (!isControl && broken.length > 0)
    fail(`${one.id}: ${broken.map(([what]) => what).join(", ")}`);
}

/** The losses of plain steps of gradient descent; changes the state. */
function curveOf(
  model: Model,
  state: Map<string, tf.Tensor>,
  options: typeof CURVE & { readonly ours: ReadonlyMap<string, NamedTensor> },
): number[] {
  return Array.from({ length: options.steps }, (_, step) => {
    const batch = imagesOf(options.ours, "curve/", step);
    const { loss, gradients, written } = stepOf(model, state, batch);
    const put = (name: string, value: tf.Tensor): void => {
      state.get(name)?.dispose();
      state.set(name, value);
    };
    for (const [name, gradient] of gradients) {
      put(
        name,
        tf.tidy(() => tf.sub(state.get(name)!, tf.mul(gradient, options.learningRate))),
      );
    }
    for (const [name, value] of written) put(name, value);
    tf.dispose([...Object.values(batch), ...gradients.values()]);
    return loss;
  });
}

function reference(arrays: ReadonlyMap<string, NamedTensor>, name: string): Float64Array {
  const tensor = arrays.get(name);
  if (tensor === undefined) throw new Error(`gradients.py gives no ${name}`);
  return Float64Array.from(tensor.data as Iterable<never>, Number);
}

async function numbers(tensor: tf.Tensor): Promise<Float64Array> {
  return Float64Array.from(await tensor.data());
}

type Numbers = Float32Array | Float64Array;

function difference(a: Numbers, b: Numbers): Float64Array {
  if (a.length !== b.length) throw new Error(`${a.length} numbers, ${b.length} expected`);
  return Float64Array.from(a, (value, i) => value - b[i]!);
}

/** Euclidean, of all arrays together. */
function norm(arrays: readonly Numbers[]): number {
  let sum = 0;
  for (const values of arrays) for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** ‖a - b‖ / ‖b‖ over all pairs. */
function distance(pairs: readonly (readonly [Numbers, Numbers])[]): number {
  return norm(pairs.map(([a, b]) => difference(a, b))) / norm(pairs.map(([, b]) => b));
}

function fail(what: string): void {
  failures++;
  console.log(`FAILED ${what}`);
}
