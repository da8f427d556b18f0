/**
 * Which classes are taken for which, and what follows for each of them.
 *
 * @module
 */
import { ratio } from "./predictions.js";

/** Counts of examples: a row for each true class, a column for each predicted one (scikit-learn's convention). */
export type ConfusionMatrix = readonly (readonly number[])[];

/** How well one class is told from the others. What would be 0/0 is undefined. */
export interface ClassMetrics {
  /** Examples of the class. */
  readonly support: number;
  /** Share of the class that is found: recall, the true positive rate. Undefined where the class does not occur. */
  readonly sensitivity: number | undefined;
  /** Share of the others that is left alone: the true negative rate. Undefined where nothing else occurs. */
  readonly specificity: number | undefined;
  /** Share of what is called this class that is it. Undefined where nothing is. */
  readonly precision: number | undefined;
  /** 2 TP / (2 TP + FP + FN). Undefined where the class neither occurs nor is predicted. */
  readonly f1: number | undefined;
}

/**
 * Counts pairs of true and predicted classes.
 *
 * @param labels - true classes, integers from 0 to `count` - 1
 * @param predicted - of the same examples
 * @param count - how many classes there are
 */
export function confusionMatrixOf(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  count: number,
): ConfusionMatrix {
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const row = matrix[labels[i]!]!;
    row[predicted[i]!] = row[predicted[i]!]! + 1;
  }
  return matrix;
}

/** One class against all others. */
export function classMetricsOf(matrix: ConfusionMatrix, index: number): ClassMetrics {
  const sum = (counts: readonly number[]): number => counts.reduce((total, n) => total + n, 0);
  const found = matrix[index]![index]!;
  const support = sum(matrix[index]!);
  const called = sum(matrix.map((row) => row[index]!));
  const others = sum(matrix.map(sum)) - support;
  return {
    support,
    sensitivity: ratio(found, support),
    specificity: ratio(others - (called - found), others),
    precision: ratio(found, called),
    f1: ratio(2 * found, support + called),
  };
}
