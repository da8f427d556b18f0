/**
 * Steps of gradient descent with nothing but a model's layers.
 *
 * @module
 */
import type { NamedTensor } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import type { ForwardPass, Model } from "../../src/tfjs/layers/module.js";
import { type Curve, NUM_CLASSES } from "./gradients-cases.ts";
import { recordKinks } from "./recorded-kinks.ts";

type Arrays = ReadonlyMap<string, NamedTensor>;

/** Images as layers take them, and a 1 at the class of each. */
export interface Images {
  readonly images: tf.Tensor;
  readonly labels: tf.Tensor;
}

/** What a step gives; it belongs to the caller. */
export interface Step {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  /** New buffers by name. */
  readonly written: ReadonlyMap<string, tf.Tensor>;
  readonly kinks: readonly NamedTensor[];
}

/** Dropout that drops nothing, as in the Python beside. */
export const KEEPS_ALL: ForwardPass["random"] = {
  fill: (words) => void words.fill(2 ** 32 - 1),
  uniform: () => 1,
};

/** Images of a case's file. */
export function imagesOf(arrays: Arrays, prefix: string, step = 0): Images {
  const { data, shape } = arrays.get(`${prefix}images`)!;
  const labels = arrays.get(`${prefix}labels`)!.data as BigInt64Array;
  const batch = shape.slice(-4) as [number, number, number, number];
  const [count] = batch;
  const size = batch.reduce((product, length) => product * length, 1);
  const values = (data as Float32Array).slice(step * size, (step + 1) * size);
  const classes = Array.from(labels.subarray(step * count, (step + 1) * count), Number);
  return tf.tidy(() => ({
    images: tf.transpose(tf.tensor(values, batch), [0, 2, 3, 1]),
    labels: tf.cast(tf.oneHot(tf.tensor1d(classes, "int32"), NUM_CLASSES), "float32"),
  }));
}

/** One step forward and back. */
export function stepOf(
  model: Model,
  state: ReadonlyMap<string, tf.Tensor>,
  { images, labels }: Images,
): Step {
  const written = new Map<string, tf.Tensor>();
  const gradients = new Map<string, tf.Tensor>();
  const names = model.state.filter(({ kind }) => kind === "parameter").map(({ name }) => name);
  let loss = Number.NaN;
  let kinks: readonly NamedTensor[] = [];
  tf.tidy(() => {
    const lossOf = (...parameters: tf.Tensor[]): tf.Scalar => {
      const byName = new Map(names.map((name, i) => [name, parameters[i]!]));
      const pass: ForwardPass = {
        training: true,
        read: (name) => byName.get(name) ?? state.get(name)!,
        write: (name, value) => void written.set(name, tf.keep(value)),
        random: KEEPS_ALL,
      };
      const forward = recordKinks(() => model.forward(images, pass, ""));
      kinks = forward.kinks;
      const chosen = tf.sum(tf.mul(tf.logSoftmax(forward.result as tf.Tensor2D), labels));
      return tf.mul(chosen, -1 / images.shape[0]!);
    };
    const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => state.get(name)!));
    for (const [i, name] of names.entries()) gradients.set(name, tf.keep(grads[i]!));
    loss = value.dataSync()[0]!;
  });
  return { loss, gradients, written, kinks };
}

/** The losses of steps of plain gradient descent; changes the state. */
export function curveOf(
  model: Model,
  state: Map<string, tf.Tensor>,
  { steps, learningRate, arrays }: Curve & { readonly arrays: Arrays },
): number[] {
  const put = (name: string, value: tf.Tensor): void => {
    state.get(name)?.dispose();
    state.set(name, value);
  };
  return Array.from({ length: steps }, (_, step) => {
    const batch = imagesOf(arrays, "curve/", step);
    const { loss, gradients, written } = stepOf(model, state, batch);
    for (const [name, gradient] of gradients) {
      const moved = tf.tidy(() => tf.sub(state.get(name)!, tf.mul(gradient, learningRate)));
      put(name, moved);
    }
    for (const [name, value] of written) put(name, value);
    tf.dispose([...Object.values(batch), ...gradients.values()]);
    return loss;
  });
}
