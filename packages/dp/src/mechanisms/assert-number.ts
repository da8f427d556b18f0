/**
 * Checks of the arguments of mechanisms: a wrong one would be privacy that is not there.
 *
 * @module
 */

/** @throws {@link RangeError} unless `value` is finite and above 0 */
export function assertPositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(`${name}: expected 0 < x < Infinity, got ${value}`);
  }
}

/** @throws {@link RangeError} unless `value` is finite and at least 0 */
export function assertNotNegative(name: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) {
    throw new RangeError(`${name}: expected 0 <= x < Infinity, got ${value}`);
  }
}

/** @throws {@link RangeError} unless `value` is a probability: 0 to 1 */
export function assertProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`${name}: expected 0 <= x <= 1, got ${value}`);
  }
}
