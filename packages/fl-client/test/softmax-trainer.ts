/**
 * A small trainer that really learns: softmax regression on synthetic data by full-batch gradient descent, in float64. One
 * local step makes FedAvg the same as gradient descent on all sites' data.
 *
 * @module
 */
import type { ModelParameters } from "@dsail/fl-protocol";
import type { Trainer } from "../src/trainer.js";

const CLASSES = 3;
const FEATURES = 4;

export interface SoftmaxOptions {
  readonly seed: number;
  readonly examples: number;
  /** Ends its thread at the first fit. */
  readonly isMortal?: boolean;
  /** Throws at each fit. */
  readonly isBroken?: boolean;
}

export interface Examples {
  readonly features: Float64Array;
  readonly labels: Uint8Array;
}

export function createTrainer(options: SoftmaxOptions): Trainer {
  const data = makeExamples(options);
  return {
    getParameters: () => initialParameters(),
    fit: (parameters, config) => {
      if (options.isMortal === true) process.exit(1);
      if (options.isBroken === true) throw new RangeError("patient 4711 has no label");
      const steps = Number(config["steps"] ?? 1);
      let [weight, bias] = arraysOf(parameters);
      for (let i = 0; i < steps; i++) [weight, bias] = step(weight, bias, [data]);
      return {
        parameters: parametersOf(weight, bias),
        numExamples: options.examples,
        metrics: { accuracy: accuracyOf(weight, bias, data) },
      };
    },
    evaluate: (parameters) => {
      const [weight, bias] = arraysOf(parameters);
      return {
        loss: lossOf(weight, bias, data),
        numExamples: options.examples,
        metrics: { accuracy: accuracyOf(weight, bias, data) },
      };
    },
  };
}

export function initialParameters(): ModelParameters {
  return parametersOf(new Float64Array(CLASSES * FEATURES), new Float64Array(CLASSES));
}

export function parametersOf(weight: Float64Array, bias: Float64Array): ModelParameters {
  return [
    { name: "weight", dtype: "float64", shape: [CLASSES, FEATURES], data: weight },
    { name: "bias", dtype: "float64", shape: [CLASSES], data: bias },
  ];
}

export function arraysOf(parameters: ModelParameters): [Float64Array, Float64Array] {
  return [parameters[0]!.data as Float64Array, parameters[1]!.data as Float64Array];
}

/** Three clouds of points, one for each class; the same for the same seed. */
export function makeExamples({ seed, examples }: SoftmaxOptions): Examples {
  const random = randomOf(seed);
  const labels = Uint8Array.from({ length: examples }, () => Math.floor(random() * CLASSES));
  const features = new Float64Array(examples * FEATURES);
  for (let i = 0; i < features.length; i++) {
    const isOwn = i % FEATURES === labels[Math.floor(i / FEATURES)];
    features[i] = (isOwn ? 1.5 : 0) + random() + random() + random() - 1.5;
  }
  return { features, labels };
}

/** One step of gradient descent on the mean loss over all sites. */
export function step(
  weight: Float64Array,
  bias: Float64Array,
  sites: readonly Examples[],
): [Float64Array, Float64Array] {
  const [newWeight, newBias] = [weight.slice(), bias.slice()];
  const count = sites.reduce((sum, { labels }) => sum + labels.length, 0);
  const rate = 0.5 / count;
  for (const { features, labels } of sites) {
    for (const [i, label] of labels.entries()) {
      const shares = softmax(weight, bias, features, i);
      for (const [c, share] of shares.entries()) {
        const slope = rate * (share - (c === label ? 1 : 0));
        newBias[c]! -= slope;
        for (let f = 0; f < FEATURES; f++) {
          newWeight[c * FEATURES + f]! -= slope * features[i * FEATURES + f]!;
        }
      }
    }
  }
  return [newWeight, newBias];
}

export function accuracyOf(
  weight: Float64Array,
  bias: Float64Array,
  { features, labels }: Examples,
): number {
  let right = 0;
  for (const [i, label] of labels.entries()) {
    const shares = softmax(weight, bias, features, i);
    if (shares.indexOf(Math.max(...shares)) === label) right += 1;
  }
  return right / labels.length;
}

function lossOf(weight: Float64Array, bias: Float64Array, { features, labels }: Examples): number {
  let loss = 0;
  for (const [i, label] of labels.entries()) {
    loss -= Math.log(softmax(weight, bias, features, i)[label]!);
  }
  return loss / labels.length;
}

function softmax(
  weight: Float64Array,
  bias: Float64Array,
  features: Float64Array,
  example: number,
): number[] {
  const scores = Array.from(bias, (start, c) => {
    let score = start;
    for (let f = 0; f < FEATURES; f++) {
      score += weight[c * FEATURES + f]! * features[example * FEATURES + f]!;
    }
    return score;
  });
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** mulberry32: numbers of [0, 1), the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
