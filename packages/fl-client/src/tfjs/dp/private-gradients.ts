/**
 * The gradient of a step of DP-SGD: clipped sums of micro-batches, noise once, divided by the expected batch size.
 *
 * @module
 */
import {
  adaptMaxGradNorm,
  clipFactor,
  privatizeSum,
  type RandomSource,
  secureRandom,
} from "@dsail/dp";
import { float32View } from "@dsail/tfjs-wasm-train";
import * as tf from "@tensorflow/tfjs-core";
import type { Batch } from "../../data/image-dataset.js";
import { addGradients, type NamedGradients } from "../training/named-gradients.js";
import { type ClippedSumOptions, clippedSum } from "./clipped-sum.js";
import { adaptiveNoiseOf, type DpOptions, eventOfStep } from "./dp-options.js";

/** What clipping did to a batch. **Private:** for the eyes of the site alone. */
export interface ClippingReport {
  /** The bound that the step was made with. */
  readonly maxGradNorm: number;
  /** Samples whose norm was above it. */
  readonly clippedSamples: number;
  /** Samples that were not finite and contribute zero. */
  readonly nonFiniteSamples: number;
}

/** A gradient that may change parameters: its event is recorded. */
interface PrivateGradients {
  /** The caller disposes of them. */
  readonly gradients: NamedGradients;
  /** Private. */
  readonly lossSum: number;
  readonly clipping: ClippingReport;
}

/** Makes gradients private, one step after another. */
export interface GradientPrivatizer {
  /** @param micro - parts of one Poisson batch; none of them, or empty ones, are a step like another */
  readonly step: (
    micro: readonly Batch[],
    pass: Pick<ClippedSumOptions, "state" | "trained" | "lossSum">,
    signal?: AbortSignal,
  ) => Promise<PrivateGradients>;
  /** The bound of the next step. It may be told: what an adaptive one tells is accounted. */
  readonly maxGradNorm: () => number;
}

/**
 * Checks options, and begins with their bound.
 *
 * @throws {@link RangeError} for options out of their range
 */
export function createPrivatizer(options: DpOptions): GradientPrivatizer {
  assertOptions(options);
  const event = eventOfStep(options);
  const adaptive = adaptiveNoiseOf(options);
  const random: RandomSource = options.random ?? secureRandom();
  const { hardening = "opacus", sampleRate, expectedBatchSize } = options;
  const noise = { random, hardening };
  const noiseMultiplier = adaptive?.sumMultiplier ?? options.noiseMultiplier;
  let bound = options.maxGradNorm;

  return {
    maxGradNorm: () => bound,
    step: async (micro, pass, signal) => {
      const gradients: NamedGradients = new Map();
      const norms: number[] = [];
      let lossSum = 0;
      let nonFiniteSamples = 0;
      try {
        for (const batch of micro) {
          signal?.throwIfAborted();
          const part = await clippedSum(batch, { ...options, ...pass, maxGradNorm: bound });
          addGradients(gradients, part.gradients);
          norms.push(...part.norms);
          lossSum += part.lossSum;
          nonFiniteSamples += part.nonFiniteSamples;
        }
        for (const name of pass.trained) {
          if (!gradients.has(name)) gradients.set(name, tf.zeros(pass.state.get(name)!.shape));
        }
        signal?.throwIfAborted();
        // Before noise is drawn: what is not recorded is not made.
        await options.record(event);
        const sum = { noiseMultiplier, maxGradNorm: bound, expectedBatchSize, sampleRate };
        for (const [name, tensor] of gradients) {
          gradients.set(
            name,
            await changed(tensor, (values) => {
              privatizeSum([values], { ...sum, ...noise });
            }),
          );
        }
      } catch (error) {
        tf.dispose([...gradients.values()]);
        throw error;
      }
      const maxGradNorm = bound;
      const isWithin = norms.map((norm) => norm <= maxGradNorm);
      if (adaptive !== undefined) {
        // One that was not finite is not within any bound.
        const bits = [...isWithin, ...Array.from({ length: nonFiniteSamples }, () => false)];
        const { countNoise } = adaptive;
        const count = { countNoise, expectedCount: expectedBatchSize };
        bound = adaptMaxGradNorm(bound, bits, { ...options.adaptive, ...count, ...noise });
      }
      const clippedSamples = isWithin.filter((each) => !each).length;
      return { gradients, lossSum, clipping: { maxGradNorm, clippedSamples, nonFiniteSamples } };
    },
  };
}

/** Changes the values where they lie, or makes a new tensor of them. */
async function changed(
  tensor: tf.Tensor,
  change: (values: Float32Array) => void,
): Promise<tf.Tensor> {
  const view = float32View(tensor);
  if (view !== undefined) {
    change(view);
    return tensor;
  }
  const values = (await tensor.data<"float32">()).slice();
  change(values);
  const made = tf.tensor(values, tensor.shape);
  tensor.dispose();
  return made;
}

function assertOptions(options: DpOptions): void {
  const { maxGradNorm, expectedBatchSize, clipping = "flat", adaptive } = options;
  clipFactor(0, maxGradNorm);
  // The sum's own check, of no tensor: noise, rate and divisor.
  privatizeSum([], { ...options, maxGradNorm, expectedBatchSize });
  if (clipping !== "flat" && clipping !== "per-layer") {
    throw new TypeError(`clipping: expected flat or per-layer, got ${String(clipping)}`);
  }
  if (adaptive !== undefined && clipping === "per-layer") {
    throw new RangeError("adaptive: expected clipping flat, got per-layer");
  }
}
