/**
 * Models by name.
 *
 * @module
 */
import type { Model } from "../layers/module.js";
import { cnn } from "./cnn.js";
import { densenet121, densenetSmall } from "./densenet.js";
import { lenet5 } from "./lenet5.js";
import { mobilenetV2 } from "./mobilenet-v2.js";
import type { ModelOptions } from "./model-options.js";
import { resnet8, resnet18, resnet20, resnet34 } from "./resnet.js";

/** A model that {@link createModel} knows. */
export type ModelName =
  | "lenet5"
  | "cnn"
  | "resnet8"
  | "resnet20"
  | "resnet18"
  | "resnet34"
  | "densenet_small"
  | "densenet121"
  | "mobilenet_v2";

const MODELS: Readonly<Record<ModelName, (options: ModelOptions) => Model>> = {
  lenet5,
  cnn,
  resnet8,
  resnet20,
  resnet18,
  resnet34,
  densenet_small: densenetSmall,
  densenet121,
  mobilenet_v2: mobilenetV2,
};

/** What {@link createModel} knows. */
export const MODEL_NAMES: readonly ModelName[] = Object.keys(MODELS) as ModelName[];

/** Models whose last layers are their own, without fastai's head. */
const WITHOUT_FASTAI: readonly string[] = ["lenet5", "cnn"];

/**
 * A model. It has no arrays yet: `initializeState` draws them, and `loadWeights` reads them from a file's.
 *
 * @throws {@link RangeError} for a name that isn't one of {@link MODEL_NAMES}, an image that is too small for the model, and
 *   a head it doesn't have
 */
export function createModel(name: string, options: ModelOptions): Model {
  if (!isModelName(name)) {
    throw new RangeError(`name: expected one of ${MODEL_NAMES.join(", ")}, got ${name}`);
  }
  assertOptions(name, options);
  return MODELS[name](options);
}

/** How many numbers of a model are trained. */
export function countParameters({ state }: Pick<Model, "state">): number {
  return state
    .filter(({ kind }) => kind === "parameter")
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

function isModelName(name: string): name is ModelName {
  return Object.hasOwn(MODELS, name);
}

function assertOptions(name: ModelName, options: ModelOptions): void {
  const { numClasses, inputShape, normalization = "batch", head = "plain", width = 1 } = options;
  if (!isCount(numClasses)) {
    throw new RangeError(`numClasses: expected an integer from 1, got ${numClasses}`);
  }
  if (inputShape.length !== 3 || !inputShape.every(isCount)) {
    throw new RangeError(`inputShape: expected [height, width, channels], got [${inputShape}]`);
  }
  if (normalization !== "batch" && normalization !== "group") {
    throw new RangeError(`normalization: expected batch or group, got ${normalization}`);
  }
  if (head !== "plain" && head !== "fastai") {
    throw new RangeError(`head: expected plain or fastai, got ${head}`);
  }
  if (head === "fastai" && WITHOUT_FASTAI.includes(name)) {
    throw new RangeError(`head: expected plain for ${name}, got fastai`);
  }
  if (!(width > 0 && Number.isFinite(width))) {
    throw new RangeError(`width: expected a number over 0, got ${width}`);
  }
  if (width !== 1 && name !== "mobilenet_v2") {
    throw new RangeError(`width: expected 1 for ${name}, got ${width}`);
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
