/**
 * A training step of a network: forward, backward, plain SGD in place, and reading the loss.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { sgdStep } from "../src/index.js";
import type { Network, ParameterSource } from "./networks.js";

/** A network with its parameters and a batch. */
export interface TrainingStep {
  readonly parameters: number;
  /** Takes a step and returns the loss before it. */
  readonly step: () => number;
  readonly dispose: () => void;
}

/** Makes parameters and a batch of random images on the active backend. */
export function createTrainingStep(network: Network): TrainingStep {
  const parameters: tf.Variable[] = [];
  let next = 0;
  const create: ParameterSource = (shape, kind) => {
    const spread = Math.sqrt(2 / tf.util.sizeFromShape(shape.slice(0, -1)));
    const made = tf.tidy(() => {
      if (kind === "weight") return tf.randomUniform(shape, -spread, spread, "float32", 1);
      return kind === "one" ? tf.ones(shape) : tf.zeros(shape);
    });
    const variable = tf.variable(made);
    made.dispose();
    parameters.push(variable);
    return variable;
  };
  const read: ParameterSource = () => parameters[next++]!;
  const x = tf.randomUniform([network.batch, ...network.image], 0, 1, "float32", 1) as tf.Tensor4D;
  const classes = Int32Array.from({ length: network.batch }, (_, i) => i % 10);
  const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(classes, "int32"), 10), "float32"));
  tf.tidy(() => network.forward(x, create));

  const loss = (): tf.Scalar => {
    next = 0;
    return tf.losses.softmaxCrossEntropy(labels, network.forward(x, read)) as tf.Scalar;
  };
  return {
    parameters: parameters.reduce((sum, { size }) => sum + size, 0),
    step: () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss, parameters);
        for (const parameter of parameters) {
          sgdStep({ parameter, gradient: grads[parameter.name]!, learningRate: 0.01 });
        }
        return value.dataSync()[0]!;
      }),
    dispose: () => tf.dispose([...parameters, x, labels]),
  };
}
