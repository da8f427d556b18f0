/**
 * Memory for sums that is used again from round to round: to ask the system for fresh pages takes longer than to add ten
 * updates to them.
 *
 * @module
 */

/** Gives arrays of zeros. */
export type Zeros = (length: number) => Float64Array;

/** Memory of a run. */
export interface Scratch {
  readonly zeros: Zeros;
  /** Takes back all that was given: nobody may use it any more. */
  readonly takeBack: () => void;
}

/** Zeros of memory of their own. */
export const freshZeros: Zeros = (length) => new Float64Array(length);

/** Creates it, with nothing in it. */
export function createScratch(): Scratch {
  const free = new Map<number, Float64Array[]>();
  const given: Float64Array[] = [];
  return {
    zeros: (length) => {
      const zeros = free.get(length)?.pop()?.fill(0) ?? freshZeros(length);
      given.push(zeros);
      return zeros;
    },
    takeBack: () => {
      // What was not needed in this round is not kept for others.
      free.clear();
      for (const array of given.splice(0)) {
        const alike = free.get(array.length);
        if (alike === undefined) free.set(array.length, [array]);
        else alike.push(array);
      }
    },
  };
}
