/**
 * How many samples a private step takes at once, if nobody says.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { seededRandom } from "../../seeded-random.js";
import type { ForwardPass, Model, ModelState } from "../layers/module.js";
import { runModel } from "../training/run-model.js";
import { floatsOfConvolution, type NormMethod } from "./convolution-gradients.js";

/** What per-sample gradients are made of and they themselves, in floats: 128 MiB. */
const MAX_FLOATS = 2 ** 25;

/**
 * As many as fit into 128 MiB with what is kept of them, 1 or more: per-sample gradients, and what each layer had and gave.
 * Found by a run of one blank image.
 */
export function microBatchSizeOf(
  model: Model,
  state: ModelState,
  normMethod: NormMethod | undefined,
): number {
  let floats = 0;
  const pass: ForwardPass = {
    training: true,
    read: (name) => state.get(name)!,
    // Batch norm alone writes, and is not there.
    write: () => {},
    random: seededRandom(0),
    tap: (site, input, output) => {
      floats += input.size + output.size;
      const { shape, size } = state.get(`${site.prefix}weight`)!;
      if (site.kind === "depthwise") floats += size;
      if (site.kind === "convolution") {
        const shapes = { input: input.shape, output: output.shape, filter: shape };
        floats += floatsOfConvolution(site, shapes, normMethod);
      }
      return output;
    },
  };
  const pixels = model.inputShape.reduce((product, size) => product * size, 1);
  const blank = { images: new Float32Array(pixels), labels: new Int32Array(1) };
  tf.tidy(() => void runModel(model, blank, pass));
  // A model without taps is refused by the step.
  return Math.max(1, Math.floor(MAX_FLOATS / Math.max(1, floats)));
}
