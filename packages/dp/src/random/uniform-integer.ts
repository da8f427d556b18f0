/**
 * Uniform integers, exactly: by rejection, with no rest of a division.
 *
 * @module
 */
import type { RandomSource } from "./random-source.js";

/**
 * An integer from 0 to `bound` - 1, each exactly as likely as another.
 *
 * @param bound - at least 1
 */
export function uniformBigIntBelow(bound: bigint, random: RandomSource): bigint {
  if (bound <= 0x20_0000_0000_0000n) return BigInt(uniformIntegerBelow(Number(bound), random));
  const bits = bound.toString(2).length;
  const words = new Uint32Array(Math.ceil(bits / 32));
  for (;;) {
    random.fill(words);
    let value = 0n;
    for (const word of words) value = (value << 32n) | BigInt(word);
    value >>= BigInt(words.length * 32 - bits);
    if (value < bound) return value;
  }
}

/**
 * An integer from 0 to `bound` - 1, each exactly as likely as another.
 *
 * @param bound - 1 to 2^53
 */
export function uniformIntegerBelow(bound: number, random: RandomSource): number {
  if (bound === 1) return 0;
  // The smallest power of two that is not below; 2^53 has one uniform integer to each `uniform()`.
  let range = 2;
  while (range < bound) range *= 2;
  for (;;) {
    // (0, 1] times 2^k, rounded up and less one: exact, since 2^k divides 2^53.
    const value = Math.ceil(random.uniform() * range) - 1;
    if (value < bound) return value;
  }
}
