/**
 * Softmax cross entropy, as PyTorch's `CrossEntropyLoss` with `label_smoothing` and `weight`.
 *
 * With ε, C classes and weights w, a sample of class y with log-probabilities p has the loss
 * -(1 - ε) w_y p_y - ε/C Σ_c w_c p_c; a batch has the sum of those over the sum of w_y (ATen `cross_entropy_loss`).
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";

/** How wrong answers are counted. */
export interface LossOptions {
  /** Share ε of each label that is spread over all classes, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
  /** Weight of each class, 0 or more, finite. Default 1 each. */
  readonly classWeights?: readonly number[];
}

/** The loss of a model. */
export interface CrossEntropy {
  /** w_y of each sample, whose sum a batch's loss is divided by. */
  readonly weights: (labels: Int32Array) => Float32Array;
  /**
   * The loss of each sample, not divided.
   *
   * @param logits - (N, classes)
   * @throws {@link RangeError} for a label that is no class
   */
  readonly perSample: (logits: tf.Tensor2D, labels: Int32Array) => tf.Tensor1D;
}

/**
 * The loss for a number of classes.
 *
 * @throws {@link RangeError} for options out of their range
 */
export function crossEntropy(
  numClasses: number,
  { labelSmoothing = 0, classWeights }: LossOptions = {},
): CrossEntropy {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`labelSmoothing: expected 0 to 1, got ${labelSmoothing}`);
  }
  const weightOf = classWeights ?? Array.from({ length: numClasses }, () => 1);
  if (weightOf.length !== numClasses) {
    throw new RangeError(`classWeights: expected ${numClasses} of them, got ${weightOf.length}`);
  }
  for (const weight of weightOf) {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(`classWeights: expected 0 or more, got ${weight}`);
    }
  }
  const spread = weightOf.map((weight) => (labelSmoothing / numClasses) * weight);
  return {
    weights: (labels) => Float32Array.from(labels, (label) => weightOf[label] ?? 0),
    perSample: (logits, labels) => {
      assertShape(logits, labels.length, numClasses);
      const targets = new Float32Array(labels.length * numClasses);
      for (let n = 0; n < labels.length; n++) {
        const label = labels[n]!;
        // The label itself is not told: it may say what a patient has.
        if (!(label >= 0 && label < numClasses)) {
          throw new RangeError(`labels: expected classes below ${numClasses}, got another`);
        }
        targets.set(spread, n * numClasses);
        targets[n * numClasses + label]! += (1 - labelSmoothing) * weightOf[label]!;
      }
      return tf.tidy(() => {
        const wanted = tf.tensor2d(targets, [labels.length, numClasses]);
        return tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(logits)), 1)) as tf.Tensor1D;
      });
    },
  };
}

function assertShape(logits: tf.Tensor, samples: number, numClasses: number): void {
  const [rows, columns] = logits.shape;
  if (logits.rank === 2 && rows === samples && columns === numClasses) return;
  throw new RangeError(`logits: expected [${samples},${numClasses}], got [${logits.shape}]`);
}
