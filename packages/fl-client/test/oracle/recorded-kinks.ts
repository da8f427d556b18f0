/**
 * On which side of its kinks a network goes: ReLUs, and the numbers max pools choose.
 *
 * Where a number before a ReLU is 0 but for rounding, float32 and float64 may take different sides, and gradients differ by far
 * more than by rounding, whoever is right. Python is told which side was taken here, takes the same, and tells how
 * many numbers were on the other one and how far: no farther than by rounding, or something is wrong.
 *
 * @module
 */
import type { NamedTensor } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";

/** Kernels with a kink. Of a pool, what goes in tells which number is chosen; of the others, what comes out. */
const KERNELS = [tf.Relu, tf.Relu6, tf.FusedConv2D, tf._FusedMatMul, tf.MaxPool] as const;

/** What ran, and what Python has to know: `kink/0` and so on, in the order they ran; as they are here (NHWC), float32. */
export interface RecordedKinks<T> {
  readonly result: T;
  readonly kinks: readonly NamedTensor[];
}

/** Runs layers forward once. */
export function recordKinks<T>(run: () => T): RecordedKinks<T> {
  const kinks: NamedTensor[] = [];
  const backendName = tf.getBackend();
  const own = KERNELS.map((name) => tf.getKernel(name, backendName)).filter(
    (kernel) => kernel !== undefined && kernel !== null,
  );
  let depth = 0;
  for (const kernel of own) {
    replace({
      ...kernel,
      kernelFunc: (call) => {
        // A fused kernel may be made of others.
        depth++;
        let outputs: tf.TensorInfo | tf.TensorInfo[];
        try {
          outputs = kernel.kernelFunc(call);
        } finally {
          depth--;
        }
        const isLinear = (call.attrs?.["activation"] ?? "relu") === "linear";
        if (depth > 0 || isLinear) return outputs;
        const seen = kernel.kernelName === tf.MaxPool ? call.inputs["x"]! : outputs;
        record(seen as tf.TensorInfo);
        return outputs;
      },
    });
  }
  try {
    return { result: run(), kinks };
  } finally {
    for (const kernel of own) replace(kernel);
  }

  function replace(kernel: tf.KernelConfig): void {
    tf.unregisterKernel(kernel.kernelName, backendName);
    tf.registerKernel(kernel);
  }

  function record({ dataId, shape }: tf.TensorInfo): void {
    const values = tf.backend().readSync(dataId) as Float32Array;
    const name = `kink/${kinks.length}`;
    // A matrix product is one of a batch of 1.
    const own = shape.length === 3 ? shape.slice(1) : shape;
    kinks.push({ name, dtype: "float32", shape: [...own], data: values.slice() });
  }
}
