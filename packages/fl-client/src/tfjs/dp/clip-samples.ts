/**
 * By what each sample's gradients are multiplied, so that their norm is within the bound.
 *
 * @module
 */
import { clipFactor } from "@dsail/dp";

/** What clipping did. Private, as the samples are. */
export interface SampleClips {
  /** Of each array, the factor of each sample, 0 to 1. */
  readonly factors: readonly Float32Array[];
  /** Of each sample over all arrays; `NaN` or `Infinity` where it was not finite. */
  readonly norms: Float64Array;
}

/**
 * Norms come of float32 sums, whose error was seen to be up to 1.5e-6 of them. They are taken for so much larger, so that
 * one that came out too small does not let more through than the bound.
 */
const NORM_MARGIN = 1 + 2 ** -19;

/**
 * Factors of all samples.
 *
 * @param squaredNorms - of each array, of each sample
 * @param maxGradNorm - of a sample over all arrays; `per-layer`: each array gets its 1/√n
 */
export function clipSamples(
  squaredNorms: readonly ArrayLike<number>[],
  maxGradNorm: number,
  clipping: "flat" | "per-layer",
): SampleClips {
  const samples = squaredNorms[0]?.length ?? 0;
  const arrays = squaredNorms.length;
  const factors = squaredNorms.map(() => new Float32Array(samples));
  const norms = new Float64Array(samples);
  const factorOf = (norm: number, bound: number) => clipFactor(norm * NORM_MARGIN, bound);
  for (let n = 0; n < samples; n++) {
    const norm = Math.sqrt(squaredNorms.reduce((sum, squares) => sum + squares[n]!, 0));
    norms[n] = norm;
    // One array that is not finite leaves the whole sample out: 0 for all.
    if (!(norm < Infinity)) continue;
    const flat = factorOf(norm, maxGradNorm);
    for (let a = 0; a < arrays; a++) {
      factors[a]![n] =
        clipping === "flat"
          ? flat
          : factorOf(Math.sqrt(squaredNorms[a]![n]!), maxGradNorm / Math.sqrt(arrays));
    }
  }
  return { factors, norms };
}
