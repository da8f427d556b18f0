/**
 * Trains a model step by step, plainly or with differential privacy.
 *
 * @module
 */
import type { RandomSource } from "@dsail/dp";
import type { ModelParameters } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import type { Batch } from "../../data/image-dataset.js";
import type { DpOptions } from "../dp/dp-options.js";
import { microBatchSizeOf } from "../dp/micro-batch-size.js";
import { type ClippingReport, createPrivatizer } from "../dp/private-gradients.js";
import type { Model, ModelState, Tap } from "../layers/module.js";
import { crossEntropy, type LossOptions } from "./cross-entropy.js";
import { microBatches } from "./micro-batches.js";
import { assignVariables, createVariables } from "./model-variables.js";
import { createOptimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./optimizer-options.js";
import { learningRates, type ParameterGroup } from "./parameter-groups.js";
import { plainGradients } from "./plain-gradients.js";
import { createProximalTerm } from "./proximal-term.js";
import { runModel } from "./run-model.js";

/** What a learner is made of. */
export interface LearnerOptions {
  readonly model: Model;
  /** Arrays to begin with, in inner layout; copied. */
  readonly state: ModelState;
  readonly optimizer: OptimizerOptions;
  /** What {@link Learner.optimizerState} gave. Default: the optimizer begins anew. */
  readonly optimizerState?: ModelParameters;
  readonly loss?: LossOptions;
  /** μ of FedProx, 0 or more; see {@link Learner.load}. Default 0. */
  readonly proximalMu?: number;
  /** Default: no privacy. */
  readonly dp?: DpOptions;
  /** What dropout is drawn from; never noise. */
  readonly random: RandomSource;
  /**
   * Examples that are run at once, at most; gradients are added up. Default: all of a batch; with privacy as many as 128 MiB
   * hold with what is kept of each.
   */
  readonly microBatchSize?: number;
}

/** How one step is done. */
export interface StepOptions {
  /** Of all parameters, or of groups; parameters in no group are frozen. */
  readonly learningRate: number | readonly ParameterGroup[];
  /** In the place of the optimizer's momentum or β₁. */
  readonly momentum?: number | undefined;
  /** Aborted: the step throws, and no parameter has changed. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of a step. **With privacy, private:** for the eyes of the site alone; its parameters are what may leave. */
export interface StepReport {
  readonly numExamples: number;
  /** The mean over the batch, before the step; NaN for a batch of none. */
  readonly loss: number;
  /** With privacy. */
  readonly clipping?: ClippingReport;
}

/** A model that learns. One step at a time. */
export interface Learner {
  /**
   * Takes one step. With privacy a batch of none is a step like another; without, nothing happens.
   *
   * Batch norm sees the parts of a batch one by one, if there are parts.
   *
   * @throws {@link RangeError} for images or labels that are not the model's, and learning rates out of their range; what
   *   `record` of the privacy throws
   */
  readonly step: (batch: Batch, options: StepOptions) => Promise<StepReport>;
  /** The arrays as they are now: to be read, not to be disposed of or kept. */
  readonly state: ModelState;
  /** Copies other arrays in, such as those of the next round; the optimizer goes on. They are FedProx' w₀ from here on. */
  readonly load: (state: ModelState, options?: Pick<LearnerOptions, "proximalMu">) => void;
  /** For a checkpoint: what the optimizer remembers. */
  readonly optimizerState: () => Promise<ModelParameters>;
  /** The clipping bound of the next step, of an adaptive one too; undefined without privacy. */
  readonly maxGradNorm: () => number | undefined;
  readonly dispose: () => void;
}

/**
 * Makes a learner.
 *
 * @throws {@link RangeError} or {@link TypeError} for options out of their range, a state that isn't the model's, and batch
 *   norm with privacy
 */
export function createLearner(options: LearnerOptions): Learner {
  const { model, random, dp } = options;
  if (dp !== undefined) assertNoBatchNorm(model);
  assertMicroBatchSize(options.microBatchSize);
  const loss = crossEntropy(model.numClasses, options.loss);
  const privatizer = dp && createPrivatizer(dp);
  const microBatchSize =
    options.microBatchSize ?? (dp && microBatchSizeOf(model, options.state, dp.normMethod));
  const optimizer = createOptimizer(options.optimizer, options.optimizerState);
  const variables = createVariables(model, options.state);
  let proximal = createProximalTerm(options.state, options.proximalMu);

  const lossSum = (batch: Batch, tap?: Tap): tf.Scalar =>
    tf.tidy(() => {
      const read = (name: string): tf.Tensor => {
        const variable = variables.get(name);
        if (variable === undefined) throw new TypeError(`state: expected ${name}, got none`);
        return variable;
      };
      const write = (name: string, value: tf.Tensor): void => variables.get(name)!.assign(value);
      const pass = { training: true, read, write, random, ...(tap && { tap }) };
      return tf.sum(loss.perSample(runModel(model, batch, pass), batch.labels)) as tf.Scalar;
    });

  return {
    state: variables,
    step: async (batch, { learningRate, momentum, signal }) => {
      const groups =
        typeof learningRate === "number" ? [{ prefixes: [""], learningRate }] : learningRate;
      const rates = learningRates(model, groups);
      const trained: ReadonlySet<string> = new Set(rates.keys());
      const parts = microBatches(batch, microBatchSize);
      const numExamples = batch.labels.length;
      const weight = loss.weights(batch.labels).reduce((sum, each) => sum + each, 0);
      if (privatizer === undefined && !(weight > 0)) return { numExamples, loss: Number.NaN };
      const result =
        privatizer === undefined
          ? await plainGradients(variables, trained, {
              lossSums: parts.map((part) => () => lossSum(part)),
              divisor: weight,
              signal,
            })
          : await privatizer.step(parts, { state: variables, trained, lossSum }, signal);
      const { gradients, lossSum: sum, ...report } = result;
      try {
        proximal.addTo(gradients, variables);
        for (const [name, gradient] of gradients) {
          const parameter = variables.get(name)!;
          optimizer.apply({ name, parameter, gradient, learningRate: rates.get(name)!, momentum });
        }
      } finally {
        tf.dispose([...gradients.values()]);
      }
      return { numExamples, loss: sum / weight, ...report };
    },
    load: (state, { proximalMu } = {}) => {
      const next = createProximalTerm(state, proximalMu);
      assignVariables(variables, state);
      proximal.dispose();
      proximal = next;
    },
    optimizerState: optimizer.state,
    maxGradNorm: () => privatizer?.maxGradNorm(),
    dispose: () => {
      tf.dispose([...variables.values()]);
      proximal.dispose();
      optimizer.dispose();
    },
  };
}

function assertMicroBatchSize(size: number | undefined): void {
  if (size === undefined || (Number.isSafeInteger(size) && size > 0)) return;
  throw new RangeError(`microBatchSize: expected an integer from 1, got ${size}`);
}

/** Told before anything runs, and by what BatchNorm alone has. */
function assertNoBatchNorm({ name, state }: Model): void {
  const found = state.find((entry) => entry.name.endsWith("running_mean"));
  if (found === undefined) return;
  const layer = found.name.slice(0, -".running_mean".length);
  throw new RangeError(
    `model: expected no batch norm with privacy, since it mixes samples; ${name} has ${layer} (take normalization "group")`,
  );
}
