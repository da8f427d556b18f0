/**
 * Checks of what an accountant is asked for.
 *
 * @module
 */

/** @throws {@link RangeError} unless above 0 and below 1 */
export function assertDelta(delta: number): void {
  if (!(delta > 0 && delta < 1)) throw new RangeError(`delta: expected 0 < x < 1, got ${delta}`);
}

/** @throws {@link RangeError} unless at least 0; infinite is allowed */
export function assertEpsilon(epsilon: number): void {
  if (!(epsilon >= 0)) throw new RangeError(`epsilon: expected x >= 0, got ${epsilon}`);
}
