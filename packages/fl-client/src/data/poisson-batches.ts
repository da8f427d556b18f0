/**
 * Which examples come together in a step of DP-SGD.
 *
 * @module
 */
import { poissonSample, type RandomSource } from "@dsail/dp";

/**
 * Batches for so many steps, each drawn when it is asked for; **some may be empty**, and are steps like the others. Each
 * example is in each batch with the probability `sampleRate`, which is what the accountants' amplification takes.
 *
 * @param count - examples there are
 * @param sampleRate - 0 to 1
 * @param options - `steps`: how many batches, 0 or more; `random`: default the secure one, and no other where privacy
 *   rests on it
 * @throws {@link RangeError} for a count, rate or number of steps that is none
 */
export function* poissonBatches(
  count: number,
  sampleRate: number,
  { steps, random }: { readonly steps: number; readonly random?: RandomSource },
): Generator<readonly number[], void, undefined> {
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new RangeError(`steps: expected an integer of 0 or more, got ${steps}`);
  }
  for (let step = 0; step < steps; step++) {
    yield Array.from(poissonSample(count, sampleRate, ...(random === undefined ? [] : [random])));
  }
}
