/**
 * The gradients of one array, of every sample: their norms, and their weighted sum.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";

/** Of one array of a model. */
export interface SampleGradients {
  readonly name: string;
  /** ‖g_n‖² of each sample. */
  readonly squaredNorms: () => Promise<ArrayLike<number>>;
  /** Σ factor_n · g_n, in the array's inner shape. */
  readonly weightedSum: (factors: Float32Array) => tf.Tensor;
  readonly dispose: () => void;
}

/**
 * From gradients that are all there, (N, …).
 *
 * @param shape - of one; default: that of the tensor without its first axis
 */
export function explicitGradients(
  name: string,
  make: () => tf.Tensor,
  shape?: readonly number[],
): SampleGradients {
  let rest: readonly number[] = [];
  const rows = tf.tidy(() => {
    const perSample = make();
    rest = perSample.shape.slice(1);
    return tf.reshape(perSample, [perSample.shape[0]!, -1]) as tf.Tensor2D;
  });
  const samples = rows.shape[0];
  return {
    name,
    squaredNorms: () => numbersOf(() => tf.sum(tf.square(rows), 1)),
    weightedSum: (factors) =>
      tf.tidy(() =>
        tf.reshape(tf.matMul(tf.tensor2d(factors, [1, samples]), rows), [...(shape ?? rest)]),
      ),
    dispose: () => rows.dispose(),
  };
}

/** The numbers of a tensor made for that alone. */
export async function numbersOf(make: () => tf.Tensor): Promise<ArrayLike<number>> {
  const tensor = tf.tidy(make);
  try {
    return await tensor.data<"float32">();
  } finally {
    tensor.dispose();
  }
}
