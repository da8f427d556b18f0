/**
 * Laplace noise (Dwork & Roth 2014, definition 3.3).
 *
 * @module
 */
import { secureRandom } from "../random/secure-random.js";
import { assertNotNegative } from "./assert-number.js";
import type { NoiseOptions } from "./gaussian-noise.js";
import type { FloatArray } from "./l2-norm.js";

/**
 * Adds independent Laplace noise to each value, **in place**. Sums are float64 and rounded to the array's type once.
 *
 * Each number is made of four uniforms, not of one logarithm: the gaps between floating-point logarithms are what
 * Mironov's attack reads (2012; Holohan & Braghin 2021, arXiv:2107.10138, 4.1). It hardens; it proves nothing.
 *
 * @param scale - the standard deviation over √2; at least 0, finite; 0 changes nothing
 * @throws {@link RangeError} for another scale
 */
export function addLaplaceNoise(
  values: FloatArray,
  scale: number,
  { random = secureRandom() }: Pick<NoiseOptions, "random"> = {},
): void {
  assertNotNegative("scale", scale);
  if (scale === 0) return;
  for (let i = 0; i < values.length; i++) {
    // -ln(u) cos(πv) is the product of two normal numbers, and the sum of two such products is Laplace's.
    const first = Math.log(random.uniform()) * Math.cos(Math.PI * random.uniform());
    const second = Math.log(random.uniform()) * Math.cos(Math.PI * random.uniform());
    values[i]! += scale * (first + second);
  }
}
