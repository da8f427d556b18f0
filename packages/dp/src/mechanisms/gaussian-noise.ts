/**
 * Normal noise (Dwork & Roth 2014, appendix A), made by Box and Muller's method from uniforms of 53 bits.
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

/** How noise is made safe against the attack on its last bits. */
export type NoiseHardening =
  /** Each number is the sum of four normal ones over 2, as Opacus' secure mode. Four times the work. */
  | "opacus"
  /** Box and Muller's numbers as they are. */
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
  const block = Math.min(BLOCK, values.length + (values.length & 1));
  const isHardened = hardening === "opacus";
  const normals = new Float64Array(isHardened ? 4 * block + 2 : block);
  const words = new Uint32Array(2 * normals.length);
  for (let start = 0; start < values.length; start += block) {
    fillNormals(normals, words, random);
    const count = Math.min(block, values.length - start);
    if (isHardened) addSums(values, start, count, normals, block, standardDeviation / 2);
    else for (let i = 0; i < count; i++) values[start + i]! += standardDeviation * normals[i]!;
  }
  // What is left here would take the last noise off again.
  normals.fill(0);
  words.fill(0);
}

/**
 * Opacus `_generate_noise` (opacus/optimizers/optimizer.py), after Holohan & Braghin 2021 (arXiv:2107.10138), 5.1 with
 * n = 2: the first normal is thrown away, so that no two of one pair come to the same place; then sums of four.
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
    const at = i + 1;
    const sum =
      normals[at]! + normals[at + stride]! + normals[at + 2 * stride]! + normals[at + 3 * stride]!;
    values[start + i]! += scale * sum;
  }
}

/** Box and Muller 1958: two uniforms give two normals, both are used. `normals` is of even length, `words` twice it. */
function fillNormals(normals: Float64Array, words: Uint32Array, random: RandomSource): void {
  random.fill(words);
  for (let i = 0, w = 0; i < normals.length; i += 2, w += 4) {
    // The uniform is written out, not called: this is the loop that counts.
    const u = ((words[w]! >>> 5) * 0x400_0000 + (words[w + 1]! >>> 6) + 1) * 2 ** -53;
    const v = ((words[w + 2]! >>> 5) * 0x400_0000 + (words[w + 3]! >>> 6) + 1) * 2 ** -53;
    const radius = Math.sqrt(-2 * Math.log(u));
    const angle = 2 * Math.PI * v;
    normals[i] = radius * Math.cos(angle);
    normals[i + 1] = radius * Math.sin(angle);
  }
}
