/**
 * What Python says of the sides it was told to take.
 *
 * @module
 */

/**
 * How far from its kink a number may be that is on another side here than there, over the standard deviation of its layer:
 * what rounding in float32 adds up to in a deep network.
 */
const FARTHEST = 3e-5;

/** How near to a kink a number may come with weights that are to keep it away, over the same: far beyond rounding. */
const NEAREST = 0.01;

/** Whether sides agree, and how to put it. */
export interface ToldKinks {
  readonly isExplained: boolean;
  readonly text: string;
}

/**
 * @param numbers - how many were on the other side; how far the farthest of them is from its kink; how near the nearest of all
 * @param isAway - weights keep numbers away from kinks
 */
export function kinksOf(numbers: ArrayLike<number>, isAway: boolean): ToldKinks {
  const [flipped, farthest, nearest] = numbers as unknown as [number, number, number];
  if (isAway) {
    const isExplained = flipped === 0 && nearest > NEAREST;
    return { isExplained, text: `${flipped} flipped, nearest to a kink ${nearest.toFixed(2)}` };
  }
  const text =
    flipped === 0 ? "0 flipped" : `${flipped} flipped within ${farthest.toExponential(1)}`;
  return { isExplained: farthest <= FARTHEST, text };
}
