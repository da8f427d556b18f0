/**
 * The operating system's cryptographic randomness, through Web Crypto (Node from 20, browsers).
 *
 * @module
 */
import { type RandomSource, uniformOfWords } from "./random-source.js";

/** `getRandomValues` gives at most 65,536 bytes at once (Web Cryptography API, 10.1.1). */
const MAX_WORDS = 16_384;

/** From here on words go straight to where they are wanted. */
const DIRECT_WORDS = 1024;

/** Few at first, since many a source gives one number only. */
const FIRST_WORDS = 64;

/**
 * Randomness that nobody can foretell: what noise is made of unless a caller says otherwise.
 *
 * Words are fetched in blocks of up to 64 KiB, and erased once given, so that a later look into memory does not show
 * noise of the past.
 */
export function secureRandom(): RandomSource {
  let block = new Uint32Array(FIRST_WORDS);
  let next = block.length;

  const refill = (): void => {
    if (block.length < MAX_WORDS) block = new Uint32Array(block.length * 4);
    crypto.getRandomValues(block);
    next = 0;
  };
  const word = (): number => {
    if (next === block.length) refill();
    const given = block[next]!;
    block[next++] = 0;
    return given;
  };
  return {
    fill: (words) => {
      if (words.length === 1) {
        words[0] = word();
        return;
      }
      if (words.length >= DIRECT_WORDS && words.buffer instanceof ArrayBuffer) {
        const target = words as Uint32Array<ArrayBuffer>;
        for (let start = 0; start < words.length; start += MAX_WORDS) {
          crypto.getRandomValues(target.subarray(start, start + MAX_WORDS));
        }
        return;
      }
      for (let filled = 0; filled < words.length; ) {
        if (next === block.length) refill();
        const count = Math.min(words.length - filled, block.length - next);
        words.set(block.subarray(next, next + count), filled);
        block.fill(0, next, next + count);
        next += count;
        filled += count;
      }
    },
    uniform: () => uniformOfWords(word(), word()),
  };
}
