/**
 * Metrics as they go into a message, a log or a table.
 *
 * @module
 */
import type { ClassificationMetrics } from "./classification-metrics.js";

/** All names that {@link scalarMetrics} may give. */
export const SCALAR_METRIC_NAMES: readonly string[] = [
  ...["accuracy", "balanced_accuracy", "roc_auc_score", "roc_auc_score_weighted", "sensitivity"],
  ...["specificity", "precision", "f1_score", "expected_calibration_error", "brier_score"],
];

/**
 * A flat record of single numbers under the names that Flower's and fastai's users know: `accuracy`,
 * `balanced_accuracy`, `roc_auc_score`, `sensitivity`, `specificity`, `precision`, `f1_score`,
 * `expected_calibration_error`, `brier_score`, and with more than two classes `roc_auc_score_weighted`.
 *
 * With two classes the rates are those of the second one, else means over classes. What is undefined is left out: a
 * message has no word for it, and a zero would be averaged. The loss is left out too, since a result has a place of its
 * own for it. Nothing tells of single examples or counts of a class.
 */
export function scalarMetrics(metrics: ClassificationMetrics): Record<string, number> {
  const { perClass, macro } = metrics;
  const isBinary = perClass.length === 2;
  const rates = isBinary ? perClass[1]! : macro;
  const named: Record<string, number | undefined> = {
    accuracy: metrics.accuracy,
    balanced_accuracy: metrics.balancedAccuracy,
    roc_auc_score: metrics.rocAuc,
    roc_auc_score_weighted: isBinary ? undefined : metrics.rocAucWeighted,
    sensitivity: rates.sensitivity,
    specificity: rates.specificity,
    precision: rates.precision,
    f1_score: rates.f1,
    expected_calibration_error: metrics.expectedCalibrationError,
    brier_score: metrics.brierScore,
  };
  const isDefined = (entry: [string, number | undefined]): entry is [string, number] =>
    entry[1] !== undefined;
  return Object.fromEntries(Object.entries(named).filter(isDefined));
}
