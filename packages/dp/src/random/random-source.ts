/**
 * Where randomness comes from. Noise and sampling take it as an argument.
 *
 * @module
 */

/** A source of independent uniform bits. */
export interface RandomSource {
  /** Fills all of `words` with uniform 32-bit words. */
  readonly fill: (words: Uint32Array) => void;
  /** One of the 2^53 multiples of 2^-53 in (0, 1], each as likely as another. */
  readonly uniform: () => number;
}

/**
 * The number in (0, 1] that two uniform words stand for. Never 0: its logarithm is finite.
 *
 * @param high - a 32-bit word, of which the upper 27 bits count
 * @param low - a 32-bit word, of which the upper 26 bits count
 */
export function uniformOfWords(high: number, low: number): number {
  return ((high >>> 5) * 0x400_0000 + (low >>> 6) + 1) * 2 ** -53;
}
