/**
 * Random choices that can be repeated: who is asked in which round.
 *
 * @module
 */
import { createHash } from "node:crypto";

/**
 * Numbers in [0, 1) that depend on the arguments alone: sfc32 (Doty-Humphrey 2013, PractRand), its state the SHA-256 of
 * all of them. Foretold by whoever knows the seed: for sampling, never for noise.
 */
export function createRandom(seed: number, ...purpose: readonly (number | string)[]): () => number {
  const hash = createHash("sha256")
    .update(JSON.stringify([seed, ...purpose]))
    .digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => hash.readInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const word = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  return () => ((word() >>> 5) * 0x400_0000 + (word() >>> 6)) * 2 ** -53;
}

/**
 * `count` of `all`, each choice as likely as another, in the order of `all`.
 *
 * @param count - integer; all of them if there are no more
 */
export function sampleOf<T>(all: readonly T[], count: number, random: () => number): readonly T[] {
  const indices = [...all.keys()];
  // Fisher and Yates, as far as it is needed.
  const chosen = Math.min(count, all.length);
  for (let i = 0; i < chosen; i++) {
    const other = i + Math.floor(random() * (all.length - i));
    [indices[i], indices[other]] = [indices[other]!, indices[i]!];
  }
  const kept = indices.slice(0, chosen).sort((a, b) => a - b);
  return kept.map((index) => all[index]!);
}
