/**
 * One step of training of a model of the package, as plain as a step can be: cross-entropy, backward, SGD.
 *
 * @module
 */
import { sgdStep } from "@dsail/tfjs-wasm-train";
import * as tf from "@tensorflow/tfjs-core";
import { seededRandom } from "../../src/seeded-random.js";
import type { Model } from "../../src/tfjs/layers/module.js";
import { initializeState } from "../../src/tfjs/weights/initialize-state.js";

/** A batch, NHWC. */
export interface StepBatch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** A model that learns. */
export interface TrainingStep {
  /** Takes a step, and gives the mean loss before it. */
  readonly step: (batch: StepBatch) => Promise<number>;
  /** The class with the largest output, without training. */
  readonly predict: (images: Float32Array) => Promise<Int32Array>;
}

/** With the weights that a seed gives. */
export function createTrainingStep(
  model: Model,
  { learningRate, seed = 1 }: { readonly learningRate: number; readonly seed?: number },
): TrainingStep {
  const random = seededRandom(seed);
  const variables = new Map(
    [...initializeState(model, random)].map(([name, value]) => {
      const kind = model.state.find((entry) => entry.name === name)?.kind;
      return [name, tf.variable(value, kind === "parameter")] as const;
    }),
  );
  const read = (name: string): tf.Variable => variables.get(name) as tf.Variable;
  const forward = (images: Float32Array, training: boolean): tf.Tensor2D => {
    const size = model.inputShape.reduce((product, length) => product * length, 1);
    const x = tf.tensor4d(images, [images.length / size, ...model.inputShape]);
    const write = (name: string, value: tf.Tensor): void => read(name).assign(value);
    return model.forward(x, { training, read, write, random }, "") as tf.Tensor2D;
  };
  const parameters = model.state.filter(({ kind }) => kind === "parameter");
  const list = parameters.map(({ name }) => read(name));
  return {
    step: async ({ images, labels }) => {
      const { value, grads } = tf.tidy(() =>
        tf.variableGrads(() => {
          const targets = tf.oneHot(tf.tensor1d(labels, "int32"), model.numClasses);
          const scores = tf.logSoftmax(forward(images, true));
          return tf.neg(tf.mean(tf.sum(tf.mul(targets, scores), 1))) as tf.Scalar;
        }, list),
      );
      for (const parameter of list) {
        const gradient = grads[parameter.name] as tf.Tensor;
        sgdStep({ parameter, gradient, learningRate });
        gradient.dispose();
      }
      const [loss] = await value.data();
      value.dispose();
      return loss as number;
    },
    predict: async (images) => {
      const classes = tf.tidy(() => tf.argMax(forward(images, false), 1));
      const values = (await classes.data()) as Int32Array;
      classes.dispose();
      return values;
    },
  };
}
