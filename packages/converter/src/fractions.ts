/**
 * Shares of a whole, such as `{ train: 0.7, valid: 0.2, test: 0.1 }`.
 *
 * @module
 */
import { ConverterError } from "./errors.js";

/** Sums of decimal fractions are not exact: 0.7 + 0.2 + 0.1 is not 1. */
const TOLERANCE = 1e-9;

/**
 * @param name - of the argument, for the error
 * @throws {@link ConverterError} `BAD_FRACTIONS` unless each is in [0, 1] and they sum to 1
 */
export function assertFractions(name: string, fractions: readonly number[]): void {
  const bad = fractions.find((fraction) => !(fraction >= 0 && fraction <= 1));
  if (bad !== undefined) {
    throw new ConverterError("BAD_FRACTIONS", `${name}: expected numbers from 0 to 1, got ${bad}`);
  }
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  if (!(Math.abs(sum - 1) <= TOLERANCE)) {
    throw new ConverterError("BAD_FRACTIONS", `${name}: expected a sum of 1, got ${sum}`);
  }
}
