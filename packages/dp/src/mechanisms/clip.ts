/**
 * Clipping: what bounds the influence of one unit, and so the sensitivity of a sum (Abadi et al. 2016, arXiv:1607.00133,
 * algorithm 1).
 *
 * A unit with a value that is not finite contributes **zero**, and is reported. It is not refused: whether a run ends
 * with an error would tell that the unit is in the data, and one broken record would stop training for all. Zero is
 * within every bound. The report tells about private data: it is not to be released.
 *
 * @module
 */
import { type FloatArray, l2Norm } from "./l2-norm.js";

/** What clipping did to one unit. Private, as the unit is. */
export interface ClipReport {
  /** Norm before; `NaN` or `Infinity` where it was not finite. */
  readonly norm: number;
  /** What values were multiplied by, 0 to 1. */
  readonly factor: number;
  /** `false`: a value was not finite, and all are zero now. */
  readonly isFinite: boolean;
}

/** So small that squares and roundings of subnormal float32 values do not count next to it. */
const SMALLEST_BOUND = 2 ** -100;

/**
 * Takes the rounding of each product to float32 (relative 2^-24) off in advance, so that it never leads over the bound.
 */
const ROUNDING_MARGIN = 1 - 2 ** -23;

/**
 * min(1, `maxGradNorm` / (`norm` + 1e-6)), as Opacus (opacus/optimizers/optimizer.py, `clip_and_accumulate`).
 *
 * @param norm - at least 0; 0 is returned where it is not finite
 * @param maxGradNorm - the bound C, 2^-100 or more, finite
 * @throws {@link RangeError} for another bound
 */
export function clipFactor(norm: number, maxGradNorm: number): number {
  assertBound("maxGradNorm", maxGradNorm);
  return norm < Infinity ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 0;
}

/**
 * Scales one unit's tensors, taken as one vector, down to the bound, **in place**.
 *
 * The norm of what is left, in float64 over the values as they are stored, is at most `maxGradNorm` (1 + 1e-12) for any
 * values. For that the factor is smaller than {@link clipFactor} by 2^-23 of it where it is below 1.
 *
 * @param maxGradNorm - the bound C, 2^-100 or more, finite
 * @throws {@link RangeError} for another bound
 */
export function clipInPlace(tensors: readonly FloatArray[], maxGradNorm: number): ClipReport {
  const norm = l2Norm(tensors);
  const factor = clipFactor(norm, maxGradNorm);
  return { norm, factor: scaleInPlace(tensors, factor), isFinite: norm < Infinity };
}

/**
 * Clips each tensor of one unit by itself, **in place** (McMahan et al. 2018, arXiv:1710.06963, 3.1: per-layer
 * clipping). The sensitivity is the norm of the bounds. One value that is not finite makes the whole unit zero.
 *
 * @param maxGradNorms - the bound of the whole, of which each of n tensors gets 1/√n; or one bound for each tensor
 * @returns one report for each tensor
 * @throws {@link RangeError} for a bound below 2^-100 or not finite, or another count of bounds than of tensors
 */
export function clipPerLayerInPlace(
  tensors: readonly FloatArray[],
  maxGradNorms: number | readonly number[],
): readonly ClipReport[] {
  const bounds = boundsOfLayers(tensors.length, maxGradNorms);
  const norms = tensors.map((tensor) => l2Norm([tensor]));
  const allFinite = norms.every((norm) => norm < Infinity);
  return tensors.map((tensor, i) => {
    const norm = norms[i]!;
    const factor = allFinite ? clipFactor(norm, bounds[i]!) : 0;
    return { norm, factor: scaleInPlace([tensor], factor), isFinite: norm < Infinity };
  });
}

function boundsOfLayers(
  layers: number,
  maxGradNorms: number | readonly number[],
): readonly number[] {
  const bounds =
    typeof maxGradNorms === "number"
      ? Array.from({ length: layers }, () => maxGradNorms / Math.sqrt(layers))
      : maxGradNorms;
  if (bounds.length !== layers) {
    throw new RangeError(`maxGradNorms: expected ${layers} bounds, got ${bounds.length}`);
  }
  for (const bound of bounds) assertBound("maxGradNorms", bound);
  return bounds;
}

function scaleInPlace(tensors: readonly FloatArray[], factor: number): number {
  if (factor === 1) return 1;
  if (factor === 0) {
    // Not by multiplication: NaN times 0 is NaN.
    for (const tensor of tensors) tensor.fill(0);
    return 0;
  }
  const applied = factor * ROUNDING_MARGIN;
  for (const tensor of tensors) {
    for (let i = 0; i < tensor.length; i++) tensor[i]! *= applied;
  }
  return applied;
}

function assertBound(name: string, bound: number): void {
  if (!(bound >= SMALLEST_BOUND && bound < Infinity)) {
    throw new RangeError(`${name}: expected 2^-100 <= x < Infinity, got ${bound}`);
  }
}
