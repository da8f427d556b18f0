/**
 * What a classifier said of examples whose classes are known: the input of every metric.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";

/** Probabilities and labels of N examples. */
export interface Predictions {
  /** N · C numbers, a row for each example; the sum of a row is 1. */
  readonly probabilities: Float32Array | Float64Array;
  /** N indices of `classes`. */
  readonly labels: ArrayLike<number>;
  /** C names, 2 or more; with two of them, the second is the positive one. */
  readonly classes: readonly string[];
}

/**
 * Looks at the shape of predictions, and at every number.
 *
 * @throws {@link RangeError} for fewer than two classes, another count of probabilities, or a label outside;
 *   {@link FlError} `NOT_FINITE` for probabilities of a model that diverged, or that are no probabilities
 */
export function assertPredictions({ probabilities, labels, classes }: Predictions): void {
  if (classes.length < 2) {
    throw new RangeError(`classes: expected 2 or more, got ${classes.length}`);
  }
  const count = labels.length * classes.length;
  if (probabilities.length !== count) {
    throw new RangeError(`probabilities: expected ${count} numbers, got ${probabilities.length}`);
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes.length) {
      throw new RangeError(`labels: expected indices of ${classes.length} classes`);
    }
  }
  for (const probability of probabilities) {
    // A softmax in single precision may end a rounding above one.
    if (!(probability >= 0 && probability <= 1 + 1e-5)) {
      throw new FlError("NOT_FINITE", "probabilities: expected numbers from 0 to 1");
    }
  }
}

/** Probabilities of one class: a column. */
export function scoresOf({ probabilities, classes }: Predictions, index: number): Float64Array {
  const count = probabilities.length / classes.length;
  return Float64Array.from({ length: count }, (_, i) => probabilities[i * classes.length + index]!);
}

/** 1 where an example is of the class, else 0. */
export function membersOf(labels: ArrayLike<number>, index: number): Uint8Array {
  return Uint8Array.from(labels, (label) => (label === index ? 1 : 0));
}

/** The likeliest class of each example; of equal ones the first, as NumPy's `argmax`. */
export function predictedLabels({ probabilities, classes }: Predictions): Int32Array {
  const predicted = new Int32Array(probabilities.length / classes.length);
  for (let i = 0; i < predicted.length; i++) {
    const row = i * classes.length;
    let best = 0;
    for (let j = 1; j < classes.length; j++) {
      if (probabilities[row + j]! > probabilities[row + best]!) best = j;
    }
    predicted[i] = best;
  }
  return predicted;
}

/** The mean of the numbers there are; undefined where there are none. */
export function meanOfDefined(numbers: readonly (number | undefined)[]): number | undefined {
  const defined = numbers.filter((number) => number !== undefined);
  return ratio(
    defined.reduce((sum, number) => sum + number, 0),
    defined.length,
  );
}

/** A quotient; undefined where it would be 0/0. */
export function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
