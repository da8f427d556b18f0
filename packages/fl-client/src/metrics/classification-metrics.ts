/**
 * How good a classifier is, from its probabilities.
 *
 * @module
 */
import {
  type BootstrapIntervals,
  type BootstrapOptions,
  bootstrapIntervals,
} from "./bootstrap-intervals.js";
import {
  brierScore,
  expectedCalibrationError,
  type ReliabilityBin,
  reliabilityBins,
} from "./calibration.js";
import {
  type ClassMetrics,
  type ConfusionMatrix,
  classMetricsOf,
  confusionMatrixOf,
} from "./confusion-matrix.js";
import {
  assertPredictions,
  meanOfDefined,
  membersOf,
  type Predictions,
  predictedLabels,
  ratio,
  scoresOf,
} from "./predictions.js";
import { areaUnderRoc, type RocCurve, rankScores, rocCurve } from "./roc.js";

/** One class against all others, with its curve. */
export interface ClassResult extends ClassMetrics {
  readonly name: string;
  /** Undefined where the class does not occur, or nothing else does. */
  readonly rocAuc: number | undefined;
  readonly roc: RocCurve | undefined;
}

/**
 * Metrics of a classifier. What the data can't tell, since a class or all examples are missing, is undefined, never NaN;
 * a mean over classes is that of the classes for which there is a value.
 */
export interface ClassificationMetrics {
  readonly numExamples: number;
  /** Mean cross entropy in nats; a probability below 2^-52 counts as 2^-52, so that it is finite. */
  readonly loss: number | undefined;
  /** Share that is right. */
  readonly accuracy: number | undefined;
  /** Mean sensitivity of the classes that occur. */
  readonly balancedAccuracy: number | undefined;
  /** Area under the ROC: of two classes that of the second; of more the mean of each class against the rest. */
  readonly rocAuc: number | undefined;
  /** The areas of all classes, each weighted by its examples. */
  readonly rocAucWeighted: number | undefined;
  /** Means over classes. */
  readonly macro: Omit<ClassMetrics, "support">;
  /** In the order of `classes`. */
  readonly perClass: readonly ClassResult[];
  readonly confusionMatrix: ConfusionMatrix;
  /** With 15 bins of confidence. */
  readonly expectedCalibrationError: number | undefined;
  readonly brierScore: number | undefined;
  readonly reliabilityBins: readonly ReliabilityBin[];
  /** Where asked for. */
  readonly intervals: BootstrapIntervals | undefined;
}

export interface ClassificationMetricsOptions extends Predictions {
  /** Given: confidence intervals are computed, by bootstrap. */
  readonly bootstrap?: BootstrapOptions;
}

/**
 * Computes all metrics.
 *
 * @throws {@link RangeError} for fewer than two classes, another count of probabilities, or a label outside;
 *   `FlError` `NOT_FINITE` for probabilities of a model that diverged, or that are no probabilities
 */
export function classificationMetrics(
  options: ClassificationMetricsOptions,
): ClassificationMetrics {
  assertPredictions(options);
  const { labels, classes, bootstrap } = options;
  const predicted = predictedLabels(options);
  const confusionMatrix = confusionMatrixOf(labels, predicted, classes.length);
  const perClass = classes.map((_, index) => resultOfClass(options, confusionMatrix, index));
  const right = confusionMatrix.reduce((sum, row, index) => sum + row[index]!, 0);
  const bins = reliabilityBins(options);
  return {
    numExamples: labels.length,
    loss: crossEntropy(options),
    accuracy: ratio(right, labels.length),
    balancedAccuracy: meanOfDefined(perClass.map(({ sensitivity }) => sensitivity)),
    rocAuc:
      classes.length === 2
        ? perClass[1]!.rocAuc
        : meanOfDefined(perClass.map(({ rocAuc }) => rocAuc)),
    rocAucWeighted: weightedArea(perClass),
    macro: {
      sensitivity: meanOfDefined(perClass.map(({ sensitivity }) => sensitivity)),
      specificity: meanOfDefined(perClass.map(({ specificity }) => specificity)),
      precision: meanOfDefined(perClass.map(({ precision }) => precision)),
      f1: meanOfDefined(perClass.map(({ f1 }) => f1)),
    },
    perClass,
    confusionMatrix,
    expectedCalibrationError: expectedCalibrationError(bins),
    brierScore: brierScore(options),
    reliabilityBins: bins,
    intervals: bootstrap === undefined ? undefined : bootstrapIntervals(options, bootstrap),
  };
}

function resultOfClass(
  predictions: Predictions,
  matrix: ConfusionMatrix,
  index: number,
): ClassResult {
  const scores = scoresOf(predictions, index);
  const members = membersOf(predictions.labels, index);
  return {
    name: predictions.classes[index]!,
    ...classMetricsOf(matrix, index),
    rocAuc: areaUnderRoc(rankScores(scores), members),
    roc: rocCurve(scores, members),
  };
}

function weightedArea(perClass: readonly ClassResult[]): number | undefined {
  let sum = 0;
  let total = 0;
  for (const { rocAuc, support } of perClass) {
    if (rocAuc === undefined) continue;
    sum += rocAuc * support;
    total += support;
  }
  return ratio(sum, total);
}

function crossEntropy({ probabilities, labels, classes }: Predictions): number | undefined {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    sum -= Math.log(
      Math.max(Number.EPSILON, Math.min(1, probabilities[i * classes.length + labels[i]!]!)),
    );
  }
  return ratio(sum, labels.length);
}
