import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { crossEntropy } from "./cross-entropy.js";

const LOGITS = [0.5, -1.2, 2, 0.1, 0.7, -0.3, -2, 1.5, 0.25, 3, -1, 0];
const LABELS = Int32Array.of(2, 0, 1, 0);

// torch 2.13 in float64: F.cross_entropy of these, and its gradient with both options.
const PLAIN = 0.456452651291;
const SMOOTHED = 0.591869317958;
const WEIGHTED = 0.282048980639;
const BOTH = 0.861488935122;
const GRADIENT = [
  0.096564997351, -0.004256059056, -0.092308938294, 0.000078727517, 0.043675043631, -0.043753771148,
  0.001292317127, 0.011502265552, -0.012794582679, 0.082794124784, -0.020544822203, -0.062249302581,
];

function lossOf(options: Parameters<typeof crossEntropy>[1]): number {
  const loss = crossEntropy(3, options);
  const each = tf.tidy(() => loss.perSample(tf.tensor2d(LOGITS, [4, 3]), LABELS).dataSync());
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  return sum(each) / sum(loss.weights(LABELS));
}

describe("softmax cross entropy", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  it.each([
    ["plain", {}, PLAIN],
    ["smoothed", { labelSmoothing: 0.1 }, SMOOTHED],
    ["weighted", { classWeights: [0.2, 1, 3] }, WEIGHTED],
    ["both", { labelSmoothing: 0.3, classWeights: [0.2, 1, 3] }, BOTH],
  ])("is PyTorch's, %s", (_, options, expected) => {
    expect(lossOf(options)).toBeCloseTo(expected, 6);
  });

  it("has PyTorch's gradient", () => {
    const loss = crossEntropy(3, { labelSmoothing: 0.3, classWeights: [0.2, 1, 3] });
    const gradient = tf.tidy(() =>
      tf
        .grad((x: tf.Tensor) => tf.sum(loss.perSample(x as tf.Tensor2D, LABELS)))(
          tf.tensor2d(LOGITS, [4, 3]),
        )
        .dataSync(),
    );
    GRADIENT.forEach((expected, i) => {
      expect(gradient[i]! / 4.4).toBeCloseTo(expected, 6);
    });
  });

  it("refuses labels and options that are none, and tells no label", () => {
    const loss = crossEntropy(3);
    const logits = tf.zeros([1, 3]) as tf.Tensor2D;
    expect(() => loss.perSample(logits, Int32Array.of(3))).toThrow(
      "labels: expected classes below 3, got another",
    );
    expect(() => loss.perSample(logits, Int32Array.of(-1))).toThrow(RangeError);
    expect(() => loss.perSample(logits, Int32Array.of(0, 1))).toThrow(/logits: expected \[2,3\]/);
    expect(() => crossEntropy(3, { labelSmoothing: 1.5 })).toThrow(/labelSmoothing/);
    expect(() => crossEntropy(3, { classWeights: [1, 2] })).toThrow(/classWeights: expected 3/);
    expect(() => crossEntropy(3, { classWeights: [1, 2, -1] })).toThrow(/classWeights: expected 0/);
    logits.dispose();
  });
});
