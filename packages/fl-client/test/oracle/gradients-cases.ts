/**
 * What is compared with PyTorch: models, their weights, images.
 *
 * @module
 */
import type { ModelParameters, NamedTensor } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import { normalOf, seededRandom } from "../../src/seeded-random.js";
import { createModel } from "../../src/tfjs/models/create-model.js";
import type { ModelOptions } from "../../src/tfjs/models/model-options.js";
import { initializeState } from "../../src/tfjs/weights/initialize-state.js";
import { parametersOfState } from "../../src/tfjs/weights/state-of-parameters.js";
import { moveAwayFromKinks } from "./away-from-kinks.ts";

export const NUM_CLASSES = 7;

/** Steps of gradient descent whose losses are compared. */
export interface Curve {
  readonly steps: number;
  readonly learningRate: number;
  readonly batch: number;
}

/** A model, and how many images it sees. Python reads it as it is. */
export interface Case extends Required<ModelOptions> {
  readonly id: string;
  readonly model: string;
  readonly batch: number;
  readonly curve?: Curve;
  /** No ReLU meets a number that is nearly 0: PyTorch has to take the same side of each by itself. */
  readonly awayFromKinks?: boolean;
  /** Python pads otherwise, and it has to be noticed. */
  readonly wrongPadding?: boolean;
}

type Size = Pick<Case, "batch" | "inputShape"> & Partial<Case>;

const digits: Size = { batch: 8, inputShape: [28, 28, 1] };
const photographs: Size = { batch: 8, inputShape: [32, 32, 3] };
// Deep networks are left with 2 · 2 pixels: batch norm needs some numbers to take a variance of.
const large: Size = { batch: 4, inputShape: [64, 64, 3] };

/** The head's norm has nothing but the images to take a variance of. */
const headed: Partial<Case> = { head: "fastai", batch: 8, inputShape: [48, 48, 3] };

const AWAY = ["batch-away", "group-away"];

const CURVE = { steps: 40, batch: 16 };

/** Each variant of a model, with batch norm and group norm where it has one. */
export function casesOf(model: string): Case[] {
  const variants = (size: Size, names: readonly string[]): Case[] =>
    names.map((name) => {
      const [normalization, more = ""] = name.split("-") as ["batch" | "group", string?];
      const id = `${model}-${name}`;
      const plain = { numClasses: NUM_CLASSES, normalization, head: "plain", width: 1 } as const;
      const chosen: Partial<Case> = {
        ...(normalization === "group" && size.batch === 4 ? { batch: 2 } : {}),
        ...(more === "head" ? headed : {}),
        ...(more === "curve"
          ? { curve: { ...CURVE, learningRate: model === "lenet5" ? 0.05 : 0.02 } }
          : {}),
        ...(more === "wrong" ? { wrongPadding: true } : {}),
        ...(more === "away" ? { awayFromKinks: true } : {}),
      };
      return { id, model, ...plain, ...size, ...chosen };
    });
  switch (model) {
    case "lenet5":
      return variants(digits, ["batch-curve"]);
    case "cnn":
      return variants(digits, ["batch"]);
    case "resnet8":
      return variants(photographs, [
        ...["batch-away", "group-away", "batch-curve", "group-curve"],
        "batch-wrong",
      ]);
    case "resnet20":
      return variants(photographs, AWAY);
    case "resnet18":
      return variants(large, [...AWAY, "batch", "group", "batch-head", "group-head"]);
    case "densenet_small":
      return variants(large, [...AWAY, "batch", "group"]);
    case "mobilenet_v2":
      return variants({ ...large, width: 0.5 }, [...AWAY, "batch", "group", "group-head"]);
    default:
      return variants(large, AWAY);
  }
}

/** What a case gives Python: weights as at the start, but no array of one value alone; images, and their classes. */
export async function arraysOf(one: Case, seed: number): Promise<NamedTensor[]> {
  const random = seededRandom(7, seed);
  const model = createModel(one.model, one);
  const state = initializeState(model, random);
  const initial = await parametersOfState(model, state);
  tf.dispose([...state.values()]);
  for (const { data } of initial) {
    const isConstant = data.length > 1 && data.every((value) => value === data[0]);
    if (!isConstant || !(data instanceof Float32Array)) continue;
    for (let i = 0; i < data.length; i++) data[i]! += 0.1 * normalOf(random);
  }
  if (one.awayFromKinks === true) moveAwayFromKinks(initial, random);
  const weights = initial.map((tensor) => ({ ...tensor, name: `state/${tensor.name}` }));
  const images = [...imagesOf("", [one.batch])];
  const { curve } = one;
  if (curve !== undefined) images.push(...imagesOf("curve/", [curve.steps, curve.batch]));
  return [...weights, ...images];

  /** NCHW, as PyTorch has them. A class shifts all pixels, for something to be learnt. */
  function imagesOf(prefix: string, leading: readonly number[]): ModelParameters {
    const [height, width, channels] = one.inputShape;
    const count = leading.reduce((product, size) => product * size, 1);
    const pixels = channels * height * width;
    const labels = new BigInt64Array(count);
    const images = new Float32Array(count * pixels);
    for (let n = 0; n < count; n++) {
      const label = Math.ceil(random.uniform() * NUM_CLASSES) - 1;
      labels[n] = BigInt(label);
      for (let i = 0; i < pixels; i++) {
        images[n * pixels + i] = normalOf(random) + label / NUM_CLASSES - 0.4;
      }
    }
    const shape = [...leading, channels, height, width];
    return [
      { name: `${prefix}images`, dtype: "float32", shape, data: images },
      { name: `${prefix}labels`, dtype: "int64", shape: leading, data: labels },
    ] satisfies NamedTensor[];
  }
}
