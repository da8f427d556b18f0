/**
 * Normal noise (Dwork & Roth 2014, appendix A), made by the ziggurat of `ziggurat.ts`.
 *
 * Floating-point noise has gaps that tell about the value under it (Mironov 2012; for normal noise Jin et al. 2021,
 * arXiv:2112.05307). The hardening makes the known attacks too dear; it proves nothing. What is proven is
 * `addDiscreteGaussianNoise`.
 *
 * @module
 */
import type { RandomSource } from "../random/random-source.js";
import { secureRandom } from "../random/secure-random.js";
import { assertNotNegative } from "./assert-number.js";
import type { FloatArray } from "./l2-norm.js";
import { fillNormals } from "./ziggurat.js";

/** How noise is made safe against the attack on its last bits. */
export type NoiseHardening =
  /** Each number is the sum of four normal ones over 2, as Opacus' secure mode. Four times the work. */
  | "opacus"
  /** Normal numbers as they are made. */
  | "none";

/** Where noise comes from. */
export interface NoiseOptions {
  /** Default: {@link secureRandom}. */
  readonly random?: RandomSource;
  /** Default `"opacus"`. */
  readonly hardening?: NoiseHardening;
}

/** Numbers made at once: what fits into the cache next to the words they are made of. */
const BLOCK = 2048;

/**
 * Adds independent normal noise to each value, **in place**. Sums are float64 and rounded to the array's type once.
 *
 * The privacy is that of sensitivity / `standardDeviation`; the caller answers for the sensitivity.
 *
 * @param standardDeviation - not the variance; at least 0, finite; 0 changes nothing
 * @throws {@link RangeError} for another standard deviation
 */
export function addGaussianNoise(
  values: FloatArray,
  standardDeviation: number,
  { random = secureRandom(), hardening = "opacus" }: NoiseOptions = {},
): void {
  assertNotNegative("standardDeviation", standardDeviation);
  if (hardening !== "opacus" && hardening !== "none") {
    throw new TypeError(`hardening: expected "opacus" or "none", got ${String(hardening)}`);
  }
  if (standardDeviation === 0 || values.length === 0) return;
  const block = Math.min(BLOCK, values.length);
  const isHardened = hardening === "opacus";
  const normals = new Float64Array(isHardened ? 4 * block : block);
  const words = new Uint32Array(2 * normals.length);
  for (let start = 0; start < values.length; start += block) {
    const count = Math.min(block, values.length - start);
    fillNormals(normals, words, random);
    if (isHardened) addSums(values, start, count, normals, block, standardDeviation / 2);
    else for (let i = 0; i < count; i++) values[start + i]! += standardDeviation * normals[i]!;
  }
  // What is left here would take the last noise off again.
  normals.fill(0);
  words.fill(0);
}

/**
 * Opacus `_generate_noise` (opacus/optimizers/optimizer.py), after Holohan & Braghin 2021 (arXiv:2107.10138), 5.1 with
 * n = 2: sums of four. The first number that Opacus throws away breaks up pairs of Box and Muller; here are none.
 */
function addSums(
  values: FloatArray,
  start: number,
  count: number,
  normals: Float64Array,
  stride: number,
  scale: number,
): void {
  for (let i = 0; i < count; i++) {
    const sum =
      normals[i]! + normals[i + stride]! + normals[i + 2 * stride]! + normals[i + 3 * stride]!;
    values[start + i]! += scale * sum;
  }
}
