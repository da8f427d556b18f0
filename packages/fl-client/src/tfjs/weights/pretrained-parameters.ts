/**
 * What a model begins with, of another model's weights.
 *
 * @module
 */
import type { RandomSource } from "@dsail/dp";
import { FlError, type ModelParameters } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import type { Model } from "../layers/module.js";
import { initializeState } from "./initialize-state.js";
import { isLate, loadWeights, ownNamesOf } from "./load-weights.js";
import { parametersOfState } from "./state-of-parameters.js";

/** Parameters of a whole model, and where they are from. */
export interface PretrainedParameters {
  readonly parameters: ModelParameters;
  /** Arrays that are the file's. */
  readonly taken: number;
  /** Arrays that the file lacks, which are drawn; those of a new head don't count. */
  readonly missing: number;
  /** Arrays of the file that the model hasn't. */
  readonly unexpected: number;
  /** Whether all of the head is drawn: the file has none, or one for other classes. */
  readonly isHeadNew: boolean;
}

/**
 * Takes what a model can use of a file's parameters, names as {@link loadWeights} knows them, and draws the rest. A head is
 * taken whole or not at all: not, if one of its arrays is of another name or shape, as for other classes.
 *
 * @throws {@link FlError} `SHAPE_MISMATCH` if the file has less than half of the body's arrays, or one of another shape or kind
 */
export async function pretrainedParameters(
  model: Model,
  given: ModelParameters,
  random: RandomSource,
): Promise<PretrainedParameters> {
  const ownName = ownNamesOf(model);
  const shapes = new Map(model.state.map(({ name, shape }) => [name, String(shape)]));
  const isHead = (name: string): boolean =>
    model.headPrefixes.some((prefix) => name.startsWith(prefix));
  const arrays = given.map(({ name, shape }) => ({ name: ownName(name), shape: String(shape) }));
  assertHalfOfBody(
    model.state.map(({ name }) => name).filter((name) => !isHead(name) && !isLate(name)),
    new Set(arrays.map(({ name }) => name)),
  );
  const ignoreHead = arrays.some(({ name, shape }) => isHead(name) && shapes.get(name) !== shape);
  const { state, missing, unexpected } = loadWeights(model, given, { ignoreHead });
  const isHeadNew = ![...state.keys()].some(isHead);
  const drawn = initializeState(model, random);
  try {
    return {
      parameters: await parametersOfState(model, new Map([...drawn, ...state])),
      taken: state.size,
      missing: missing.filter((name) => !(isHeadNew && isHead(name))).length,
      unexpected: unexpected.length,
      isHeadNew,
    };
  } finally {
    tf.dispose([...drawn.values(), ...state.values()]);
  }
}

/** Of the weights of another network some names fit, too: most of the body would stay as it was drawn. */
function assertHalfOfBody(body: readonly string[], inFile: ReadonlySet<string>): void {
  const found = body.filter((name) => inFile.has(name)).length;
  if (found > 0 && 2 * found >= body.length) return;
  const what = `${found} of ${body.length} arrays of the model's body are in the file`;
  throw new FlError("SHAPE_MISMATCH", `weights: ${what}: expected half of them at least`);
}
