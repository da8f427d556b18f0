/**
 * Poisson sampling: each record is in a batch or not, by itself. What the amplification of the sampled Gaussian is
 * proven for (Mironov, Talwar & Zhang 2019, arXiv:1908.10530); batches of a fixed size, or an epoch cut into pieces, are not it.
 *
 * @module
 */
import type { RandomSource } from "../random/random-source.js";
import { secureRandom } from "../random/secure-random.js";
import { assertProbability } from "./assert-number.js";

/**
 * The records of one batch. **May be none**, and such a batch is a step like another: noise is added and accounted.
 *
 * @param count - records there are, 0 to 2^32 - 1
 * @param sampleRate - probability of each, 0 to 1; what counts is its multiple of 2^-53 below
 * @param random - default {@link secureRandom}. As secret as noise: who knows the batch undoes the amplification
 * @returns indices, ascending
 * @throws {@link RangeError} for another count or rate
 */
export function poissonSample(
  count: number,
  sampleRate: number,
  random: RandomSource = secureRandom(),
): Uint32Array {
  assertCount(count);
  assertProbability("sampleRate", sampleRate);
  const indices: number[] = [];
  for (let i = 0; i < count; i++) if (random.uniform() <= sampleRate) indices.push(i);
  return Uint32Array.from(indices);
}

/**
 * What a sum is divided by, whatever the batch's size came out as: the size itself is private.
 *
 * @param count - records there are, 0 to 2^32 - 1
 * @param sampleRate - probability of each, 0 to 1
 * @throws {@link RangeError} for another count or rate
 */
export function expectedBatchSize(count: number, sampleRate: number): number {
  assertCount(count);
  assertProbability("sampleRate", sampleRate);
  return count * sampleRate;
}

function assertCount(count: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count < 2 ** 32)) {
    throw new RangeError(`count: expected an integer 0 <= x < 2^32, got ${count}`);
  }
}
