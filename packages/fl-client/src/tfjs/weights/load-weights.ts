/**
 * Weights of a file, for a model to begin with.
 *
 * @module
 */
import {
  FlError,
  type Limits,
  type ModelParameters,
  type NamedTensor,
  readNpz,
  readSafetensors,
} from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import type { Model } from "../layers/module.js";
import { ownName } from "./foreign-names.js";
import { tensorOfEntry } from "./state-of-parameters.js";

/** How weights are taken. */
export interface LoadWeightsOptions {
  /** Leave out what the file has for the head, which was made for other classes. Default false. */
  readonly ignoreHead?: boolean;
}

/** What a file had for a model. */
export interface LoadedWeights {
  /** Arrays of the model by name, in inner layout; those that are missing are not in it. The caller disposes of them. */
  readonly state: Map<string, tf.Tensor>;
  /** What the model has and the file hasn't; without a head that is ignored. */
  readonly missing: readonly string[];
  /** What the file has and the model hasn't, by the file's names. */
  readonly unexpected: readonly string[];
}

const LATE = /(?:^|\.)num_batches_tracked$/;

/** Whether an array is one that PyTorch's batch norm began to keep with 0.4: older files do without. */
export function isLate(name: string): boolean {
  return LATE.test(name);
}

/** From names of a file's arrays to those of a model. */
export function ownNamesOf({ state }: Pick<Model, "state">): (name: string) => string {
  const hasFeatures = state.some(({ name }) => name.startsWith("features."));
  return (name) => ownName(name, hasFeatures);
}

/**
 * Takes the arrays of a model out of parameters with the names of torchvision, or fastai's (`0.0.weight`, …). Any order, and
 * floats of any width. What is missing or unexpected is told, as by `load_state_dict(strict=False)`: a model with group
 * norms takes scale and shift from a file with batch norms, whose running statistics are unexpected.
 *
 * @throws {@link FlError} `SHAPE_MISMATCH` for an array of another shape or kind, and if not one array is the model's
 */
export function loadWeights(
  { state, headPrefixes }: Pick<Model, "state" | "headPrefixes">,
  parameters: ModelParameters,
  { ignoreHead = false }: LoadWeightsOptions = {},
): LoadedWeights {
  const toOwn = ownNamesOf({ state });
  const entries = new Map(state.map((entry) => [entry.name, entry]));
  const isIgnored = (name: string): boolean =>
    ignoreHead && headPrefixes.some((prefix) => name.startsWith(prefix));
  const found: [name: string, tensor: NamedTensor][] = [];
  const unexpected: string[] = [];
  for (const tensor of parameters) {
    const name = toOwn(tensor.name);
    if (isIgnored(name)) continue;
    if (entries.has(name)) found.push([name, tensor]);
    else unexpected.push(tensor.name);
  }
  if (found.length === 0) {
    throw new FlError("SHAPE_MISMATCH", "no array of the file has a name of the model");
  }
  const names = new Set(found.map(([name]) => name));
  const missing = [...entries.keys()].filter(
    (name) => !names.has(name) && !isIgnored(name) && !isLate(name),
  );
  const loaded = new Map<string, tf.Tensor>();
  try {
    for (const [name, tensor] of found) {
      tf.dispose(loaded.get(name) ?? []);
      loaded.set(name, tensorOfEntry(tensor, entries.get(name)!));
    }
  } catch (error) {
    tf.dispose([...loaded.values()]);
    throw error;
  }
  return { state: loaded, missing, unexpected };
}

/**
 * The parameters of a file: npz where it begins as a ZIP, safetensors otherwise.
 *
 * @throws {@link FlError} `BAD_TENSOR`, `LIMIT_EXCEEDED`
 */
export function readWeights(bytes: Uint8Array, limits?: Limits): ModelParameters {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  return isZip ? readNpz(bytes, limits) : readSafetensors(bytes, limits).parameters;
}
