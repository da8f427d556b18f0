/**
 * Whether a classifier that is 80 % sure is right in 80 of 100 cases.
 *
 * @module
 */
import { type Predictions, predictedLabels } from "./predictions.js";

/** Examples whose confidence, the probability of the predicted class, lies in a bin. */
export interface ReliabilityBin {
  /** Confidence above this, */
  readonly from: number;
  /** and up to this. */
  readonly to: number;
  readonly count: number;
  /** Share that is right; undefined for an empty bin. */
  readonly accuracy: number | undefined;
  /** Mean confidence; undefined for an empty bin. */
  readonly confidence: number | undefined;
}

/** Bins of equal width, as in Guo et al. 2017 (arXiv:1706.04599, section 2). */
export function reliabilityBins(predictions: Predictions, count = 15): readonly ReliabilityBin[] {
  const { probabilities, labels, classes } = predictions;
  const counts = new Array<number>(count).fill(0);
  const right = new Array<number>(count).fill(0);
  const sums = new Array<number>(count).fill(0);
  const predicted = predictedLabels(predictions);
  for (let i = 0; i < predicted.length; i++) {
    const confidence = probabilities[i * classes.length + predicted[i]!]!;
    const bin = binOf(confidence, count);
    counts[bin] = counts[bin]! + 1;
    sums[bin] = sums[bin]! + confidence;
    if (predicted[i] === labels[i]) right[bin] = right[bin]! + 1;
  }
  return counts.map((size, bin) => ({
    from: bin / count,
    to: (bin + 1) / count,
    count: size,
    accuracy: size === 0 ? undefined : right[bin]! / size,
    confidence: size === 0 ? undefined : sums[bin]! / size,
  }));
}

/** The bin (m / count, (m + 1) / count] of a confidence; what rounding put on the wrong side of an edge is moved back. */
function binOf(confidence: number, count: number): number {
  let bin = Math.min(count - 1, Math.max(0, Math.ceil(confidence * count) - 1));
  if (bin > 0 && confidence <= bin / count) bin--;
  else if (bin < count - 1 && confidence > (bin + 1) / count) bin++;
  return bin;
}

/**
 * Expected calibration error: the mean distance of accuracy and confidence over bins, each weighted by its examples
 * (Guo et al. 2017, equation 3). 0 to 1; undefined without examples.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number | undefined {
  let sum = 0;
  let total = 0;
  for (const { count, accuracy, confidence } of bins) {
    if (accuracy === undefined || confidence === undefined) continue;
    sum += count * Math.abs(accuracy - confidence);
    total += count;
  }
  return total === 0 ? undefined : sum / total;
}

/**
 * The mean squared error of the probabilities (Brier 1950). Of two classes that of the positive one, 0 to 1; of more
 * the sum over classes, 0 to 2: as scikit-learn's `brier_score_loss`. Undefined without examples.
 */
export function brierScore({ probabilities, labels, classes }: Predictions): number | undefined {
  let sum = 0;
  const first = classes.length === 2 ? 1 : 0;
  for (let i = 0; i < labels.length; i++) {
    for (let j = first; j < classes.length; j++) {
      const truth = labels[i] === j ? 1 : 0;
      sum += (probabilities[i * classes.length + j]! - truth) ** 2;
    }
  }
  return labels.length === 0 ? undefined : sum / labels.length;
}
