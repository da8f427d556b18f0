/**
 * Pseudorandomness that a seed repeats: xoshiro128** 1.1 (Blackman & Vigna 2018, arXiv:1805.01407), its state filled by
 * SplitMix32. For tests.
 *
 * @module
 */
import { type RandomSource, uniformOfWords } from "./random-source.js";

/**
 * The same words for the same seed. **Gives no privacy:** who knows or guesses the seed takes the noise off again.
 *
 * @param seed - an integer; its lower 32 bits count
 * @throws {@link RangeError} if `seed` is not an integer
 */
export function seededRandomForTestsOnly(seed: number): RandomSource {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed: expected an integer, got ${seed}`);
  let counter = seed | 0;
  const split = (): number => {
    counter = (counter + 0x9e37_79b9) | 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
    return z ^ (z >>> 15);
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split();

  const word = (): number => {
    const times5 = Math.imul(b, 5);
    const given = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return given;
  };
  return {
    fill: (words) => {
      for (let i = 0; i < words.length; i++) words[i] = word();
    },
    uniform: () => uniformOfWords(word(), word()),
  };
}
