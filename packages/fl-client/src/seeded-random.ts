/**
 * Randomness that a seed repeats: orders of examples, augmentation, first weights, dropout. Never noise, and never a
 * sample that privacy rests on; for those there is `secureRandom` of `@dsail/dp`.
 *
 * @module
 */
import type { RandomSource } from "@dsail/dp";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * The same numbers for the same seeds; streams of other seeds have nothing in common.
 *
 * @param seeds - integers: the run's own seed first, then what the numbers are for, such as epoch and example
 * @throws {@link RangeError} for a seed that is no safe integer, or none
 */
export function seededRandom(...seeds: readonly number[]): RandomSource {
  if (seeds.length === 0) throw new RangeError("seeds: expected at least one");
  let mixed = 0;
  for (const seed of seeds) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`seed: expected an integer, got ${seed}`);
    // Both halves of a seed count, and so does its place.
    mixed = mix(mixed ^ (seed | 0));
    mixed = mix(mixed ^ Math.floor(seed / 2 ** 32));
  }
  const generator = xoroshiro128plus(mixed);
  const word = (): number => generator.next() >>> 0;
  return {
    fill: (words) => {
      for (let i = 0; i < words.length; i++) words[i] = word();
    },
    uniform: () => ((word() >>> 5) * 0x400_0000 + (word() >>> 6) + 1) * 2 ** -53,
  };
}

/** The order of `count` things, each as likely as another (Fisher and Yates). */
export function shuffledIndices(count: number, random: RandomSource): number[] {
  const indices = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.ceil(random.uniform() * (last + 1)) - 1;
    [indices[last], indices[other]] = [indices[other]!, indices[last]!];
  }
  return indices;
}

/** A standard normal number (Box and Muller). */
export function normalOf(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/** Spreads a change of one bit over all 32 (SplitMix32's finalizer). */
function mix(value: number): number {
  let z = (value + 0x9e37_79b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
  return z ^ (z >>> 15);
}
