/**
 * The sum of the clipped gradients of one batch, by one backward pass.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Batch } from "../../data/image-dataset.js";
import type { ModelState, Tap } from "../layers/module.js";
import { selectSamples } from "../training/micro-batches.js";
import { clipSamples } from "./clip-samples.js";
import { convolutionGradients } from "./convolution-gradients.js";
import { depthwiseGradients } from "./depthwise-gradients.js";
import type { DpOptions } from "./dp-options.js";
import { linearGradients } from "./linear-gradients.js";
import { normGradients } from "./norm-gradients.js";
import type { SampleGradients } from "./sample-gradients.js";
import { recordPass, type TapRecord } from "./tap-recorder.js";

/** What is to be done with which part of a model. */
export interface ClippedSumOptions extends Pick<DpOptions, "clipping" | "normMethod"> {
  readonly state: ModelState;
  readonly trained: ReadonlySet<string>;
  readonly maxGradNorm: number;
  /** The sum of a batch's losses of the model run with a tap. */
  readonly lossSum: (batch: Batch, tap: Tap) => tf.Scalar;
}

/** Private until noise is added; everything but the gradients is private always. */
export interface ClippedSum {
  /** By name, in inner shape. The caller disposes of them. Without those of which no sample came. */
  readonly gradients: Map<string, tf.Tensor>;
  readonly lossSum: number;
  /** Of samples that were finite. */
  readonly norms: readonly number[];
  /** Samples with a gradient that is not finite. They contribute zero, as `clipInPlace` of `@dsail/dp` says why. */
  readonly nonFiniteSamples: number;
}

/** Clips each sample of a batch and adds them up. */
export async function clippedSum(batch: Batch, options: ClippedSumOptions): Promise<ClippedSum> {
  const { trained, lossSum: lossSumOf, maxGradNorm, clipping = "flat" } = options;
  if (batch.labels.length === 0) {
    return { gradients: new Map(), lossSum: 0, norms: [], nonFiniteSamples: 0 };
  }
  const { lossSum, records } = recordPass(trained, (tap) => lossSumOf(batch, tap));
  const arrays: SampleGradients[] = [];
  try {
    for (const record of records) arrays.push(...gradientsOf(record, options));
    const squared: ArrayLike<number>[] = [];
    for (const { squaredNorms } of arrays) squared.push(await squaredNorms());
    const { norms, factors } = clipSamples(squared, maxGradNorm, clipping);
    const finite = Array.from(norms.keys()).filter((n) => norms[n]! < Infinity);
    if (finite.length < norms.length) {
      // Not by a factor of 0: NaN times 0 is NaN.
      const rest = await clippedSum(selectSamples(batch, finite), options);
      const left = norms.length - finite.length;
      return { ...rest, nonFiniteSamples: rest.nonFiniteSamples + left };
    }
    const [loss] = await lossSum.data();
    const gradients = new Map(
      arrays.map(({ name, weightedSum }, a) => [name, weightedSum(factors[a]!)]),
    );
    return { gradients, lossSum: loss!, norms: Array.from(norms), nonFiniteSamples: 0 };
  } finally {
    lossSum.dispose();
    for (const { dispose } of arrays) dispose();
    for (const { input, outputGradient } of records) tf.dispose([input, outputGradient]);
  }
}

function gradientsOf(
  record: TapRecord,
  { state, normMethod }: ClippedSumOptions,
): readonly SampleGradients[] {
  const { site } = record;
  const filterShape = (): number[] => state.get(`${site.prefix}weight`)!.shape;
  switch (site.kind) {
    case "linear":
      return linearGradients(record);
    case "norm":
      return normGradients(record);
    case "depthwise":
      return depthwiseGradients(record, filterShape());
    case "convolution":
      return convolutionGradients(record, filterShape(), normMethod);
  }
}
