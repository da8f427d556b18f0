/**
 * What a model says of examples.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Batch } from "../../data/image-dataset.js";
import type { Model, ModelState } from "../layers/module.js";
import { crossEntropy, type LossOptions } from "./cross-entropy.js";
import { runModel } from "./run-model.js";

/** How a model is evaluated. */
export interface EvaluateOptions {
  /** As in training, or without. Default: without smoothing and weights. */
  readonly loss?: LossOptions;
  readonly signal?: AbortSignal | undefined;
}

/** Predictions for all examples, in their order. */
export interface ModelEvaluation {
  /** The mean; NaN for no examples. */
  readonly loss: number;
  readonly numExamples: number;
  /** N · classes, before the softmax. */
  readonly logits: Float32Array;
  /** N · classes; those of an example add up to 1. */
  readonly probabilities: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Runs a model on batches, one at a time: in memory are one batch, and two numbers for each example and class.
 *
 * @param batches - read once, the next when the one before is done
 * @throws {@link RangeError} for images or labels that are not the model's
 */
export async function evaluateModel(
  model: Model,
  state: ModelState,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { loss, signal }: EvaluateOptions = {},
): Promise<ModelEvaluation> {
  const criterion = crossEntropy(model.numClasses, loss);
  const parts: { logits: Float32Array; probabilities: Float32Array; labels: Int32Array }[] = [];
  let lossSum = 0;
  let weightSum = 0;
  const read = (name: string): tf.Tensor => {
    const tensor = state.get(name);
    if (tensor === undefined) throw new TypeError(`state: expected ${name}, got none`);
    return tensor;
  };
  for await (const batch of batches) {
    signal?.throwIfAborted();
    if (batch.labels.length === 0) continue;
    const outputs = tf.tidy(() => {
      const pass = { training: false, read, write: refuse, random: NO_RANDOM };
      const logits = runModel(model, batch, pass);
      const losses = criterion.perSample(logits, batch.labels);
      return { logits, losses, probabilities: tf.softmax(logits) };
    });
    try {
      const [logits, losses, probabilities] = await Promise.all([
        outputs.logits.data<"float32">(),
        outputs.losses.data<"float32">(),
        outputs.probabilities.data<"float32">(),
      ]);
      for (const each of losses) lossSum += each;
      for (const each of criterion.weights(batch.labels)) weightSum += each;
      parts.push({ logits, probabilities, labels: batch.labels.slice() });
    } finally {
      tf.dispose(outputs);
    }
  }
  const labels = Int32Array.from(parts.flatMap((part) => Array.from(part.labels)));
  return {
    loss: lossSum / weightSum,
    numExamples: labels.length,
    logits: joined(parts.map((part) => part.logits)),
    probabilities: joined(parts.map((part) => part.probabilities)),
    labels,
  };
}

const refuse = (): never => {
  throw new TypeError("model: expected no buffer to change in evaluation");
};

const noRandom = (): never => {
  throw new TypeError("model: expected nothing at random in evaluation");
};

const NO_RANDOM = { fill: noRandom, uniform: noRandom } as const;

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
