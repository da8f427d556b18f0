/**
 * A trainer of one's own: logistic regression by gradient descent, in plain TypeScript. A trainer is three functions over
 * named tensors; what is in them, a library in C++ or thirty lines as here, the federation does not know.
 *
 * @module
 */
import type { Trainer } from "@dsail/fl-client";
import type { ModelParameters } from "@dsail/fl-protocol";

/** The examples of a hospital, which never leave it. */
export interface Examples {
  /** One row of numbers for each example, all of one length. */
  readonly features: readonly (readonly number[])[];
  /** 0 or 1. */
  readonly labels: readonly number[];
}

/** Weights, one a feature, and behind them the bias. */
export type Model = Float64Array;

export interface LogisticOptions {
  readonly train: Examples;
  /** What the model is measured with. */
  readonly valid: Examples;
  /** Passes over `train` in a round. Default 20. */
  readonly epochs?: number;
  /** Default 0.5. */
  readonly learningRate?: number;
}

/** Makes the trainer of a hospital. */
export function logisticTrainer(options: LogisticOptions): Trainer {
  const { train, valid, epochs = 20, learningRate = 0.5 } = options;
  const width = train.features[0]?.length ?? 0;
  return {
    getParameters: () => toParameters(new Float64Array(width + 1)),

    fit: (parameters, config, { signal, onProgress }) => {
      const model = toModel(parameters);
      // FedProx, if the server asks for it: not too far from the model of all (arXiv:1812.06127).
      const proximalMu = Number(config["proximal_mu"] ?? 0);
      const start = model.slice();
      for (let epoch = 0; epoch < epochs && !signal.aborted; epoch++) {
        const gradient = gradientOf(model, train);
        for (let i = 0; i < model.length; i++) {
          const pull = proximalMu * (model[i]! - start[i]!);
          model[i]! -= learningRate * (gradient[i]! + pull);
        }
        onProgress({ share: (epoch + 1) / epochs });
      }
      const numExamples = train.labels.length;
      return { parameters: toParameters(model), numExamples, metrics: {} };
    },

    evaluate: (parameters) => {
      const model = toModel(parameters);
      return {
        loss: lossOf(model, valid),
        numExamples: valid.labels.length,
        metrics: { accuracy: accuracyOf(model, valid) },
      };
    },
  };
}

/** A model as it travels: names, types and shapes are the same at all sites and in all rounds. */
export function toParameters(model: Model): ModelParameters {
  const width = model.length - 1;
  return [
    { name: "weights", dtype: "float64", shape: [width], data: model.slice(0, width) },
    { name: "bias", dtype: "float64", shape: [1], data: model.slice(width) },
  ];
}

/** What came over the network belongs to others, too: this is a copy. */
export function toModel(parameters: ModelParameters): Model {
  return Float64Array.from(parameters.flatMap(({ data }) => Array.from(data, Number)));
}

/** Mean of −log(probability of the label). */
export function lossOf(model: Model, { features, labels }: Examples): number {
  // log(1 + e^-m) in a form that does not overflow.
  const losses = features.map((row, i) => {
    const margin = scoreOf(model, row) * (labels[i] === 1 ? 1 : -1);
    return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** The share of examples whose label the model finds. */
export function accuracyOf(model: Model, { features, labels }: Examples): number {
  const right = features.filter((row, i) => scoreOf(model, row) > 0 === (labels[i] === 1));
  return right.length / labels.length;
}

/** The derivative of {@link lossOf} by each number of the model. */
export function gradientOf(model: Model, { features, labels }: Examples): Float64Array {
  const gradient = new Float64Array(model.length);
  features.forEach((row, i) => {
    const error = (1 / (1 + Math.exp(-scoreOf(model, row))) - labels[i]!) / labels.length;
    row.forEach((value, k) => {
      gradient[k]! += error * value;
    });
    gradient[row.length]! += error;
  });
  return gradient;
}

function scoreOf(model: Model, row: readonly number[]): number {
  return row.reduce((sum, value, k) => sum + value * model[k]!, model[row.length]!);
}
