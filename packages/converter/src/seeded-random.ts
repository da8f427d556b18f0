/**
 * Numbers that look random and are the same for the same seed: for shuffles that can be repeated, never for secrets or noise.
 *
 * The generator is xoshiro128** 1.1 (Blackman & Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4),
 * 2021, arXiv:1805.01407); its state is filled from the seed by SplitMix64 (Steele, Lea & Flood, OOPSLA 2014), as its
 * authors advise.
 *
 * @module
 */

/** The four 32-bit words that xoshiro128** turns over. */
export type RandomState = readonly [number, number, number, number];

/** A stream of numbers. Each call moves it on. */
export interface SeededRandom {
  /** An integer in [0, 2^32). */
  uint32(): number;
  /** An integer in [0, `end`), each equally likely. `end` in [1, 2^32]. */
  below(end: number): number;
  /** A number in (0, 1), never either end. */
  uniform(): number;
}

/**
 * @param seed - an integer in [0, 2^53)
 * @throws {@link RangeError} if it is not
 */
export function seededRandom(seed: number): SeededRandom {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed: expected an integer from 0 to 2^53 - 1, got ${seed}`);
  }
  const next = splitMix64(BigInt(seed));
  const [a, b] = [next(), next()];
  const low = (word: bigint) => Number(word & 0xffffffffn);
  return randomOfState([low(a), low(a >> 32n), low(b), low(b >> 32n)]);
}

/** @param state - not four zeros, of which the generator never comes free */
export function randomOfState(state: RandomState): SeededRandom {
  let [a, b, c, d] = state;
  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
  return {
    uint32,
    below: (end) => {
      // What is above the last whole multiple of `end` would make small numbers likelier.
      const limit = 2 ** 32 - (2 ** 32 % end);
      for (;;) {
        const word = uint32();
        if (word < limit) return word % end;
      }
    },
    uniform: () => {
      const high = uint32() >>> 6; // 26 bits, and 27 below them
      const low = uint32() >>> 5;
      // Never 0, whose logarithm nobody wants; the sum may round, but not up to 1.
      return Math.min((high * 2 ** 27 + low + 0.5) / 2 ** 53, 1 - 2 ** -53);
    },
  };
}

/** The outputs of SplitMix64: 64-bit words. */
export function splitMix64(seed: bigint): () => bigint {
  let state = BigInt.asUintN(64, seed);
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let word = state;
    word = BigInt.asUintN(64, (word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n);
    word = BigInt.asUintN(64, (word ^ (word >> 27n)) * 0x94d049bb133111ebn);
    return word ^ (word >> 31n);
  };
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** The same entries in an order of which each is equally likely (Fisher & Yates, from the end). */
export function shuffled<T>(entries: readonly T[], random: SeededRandom): T[] {
  const result = [...entries];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
