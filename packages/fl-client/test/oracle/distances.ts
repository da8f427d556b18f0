/**
 * How far arrays are from what they should be: ‖ours - theirs‖ / ‖theirs‖.
 *
 * @module
 */

/** Numbers, float32 or float64. */
export type Numbers = ArrayLike<number>;

/** An array twice. */
export interface Pair {
  readonly name: string;
  readonly ours: Numbers;
  readonly theirs: Numbers;
}

/** Arrays whose gradient is smaller than this part of the whole are as good as none, and measured by that. */
const FLOOR = 1e-3;

/** Of all pairs together. */
export function distance(pairs: readonly Pair[]): number {
  const differences = pairs.map(({ name, ours, theirs }) => {
    if (ours.length !== theirs.length) {
      throw new Error(`${name}: ${ours.length} numbers, not ${theirs.length}`);
    }
    const result = new Float64Array(ours.length);
    for (let i = 0; i < result.length; i++) result[i] = ours[i]! - theirs[i]!;
    return result;
  });
  return norm(differences) / norm(pairs.map(({ theirs }) => theirs));
}

/** The array that is farthest away. */
export function worstOf(pairs: readonly Pair[]): { readonly name: string; readonly error: number } {
  const floor = FLOOR * norm(pairs.map(({ theirs }) => theirs));
  return pairs
    .map((pair) => {
      const own = norm([pair.theirs]);
      // An array of zeros has no distance by itself.
      const error = own === 0 ? norm([pair.ours]) : distance([pair]) * own;
      return { name: pair.name, error: error / Math.max(own, floor) };
    })
    .reduce((a, b) => (b.error > a.error ? b : a));
}

/** Euclidean. */
function norm(arrays: readonly Numbers[]): number {
  let sum = 0;
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  }
  return Math.sqrt(sum);
}
