/**
 * Compares gradients of the wasm backend with those of the cpu backend, and with central differences.
 *
 * @module
 */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { registerTrainingKernels } from "../src/index.js";

/** Plain values, so that each backend makes tensors of its own. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What is differentiated. */
export type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

/** To be called in beforeAll: files share an environment, and may leave another backend behind. */
export async function useTrainingKernels(): Promise<void> {
  registerTrainingKernels();
  await tf.setBackend("cpu");
  await tf.setBackend("wasm");
  await tf.ready();
}

/** Values in (-1, 1), no two alike and none near 0, the same for the same shape and seed. */
export function values(shape: readonly number[], seed = 1): Values {
  const size = tf.util.sizeFromShape([...shape]);
  let state = seed * 2654435761;
  // A random permutation of equally spaced values: the maximum of a window stays where it is under a small change.
  const result = Float32Array.from({ length: size }, (_, i) => ((i + 0.25) / size) * 2 - 1);
  for (let i = size - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return { shape, values: result };
}

/** y and the gradients of sum(y weights) on a backend, with what tensors and heap entries were left behind. */
export async function gradientsOn(
  backend: "cpu" | "wasm",
  operation: Operation,
  inputs: readonly Values[],
): Promise<{ y: Values; gradients: Float32Array[] }> {
  await tf.setBackend(backend);
  const tensors = inputs.map((input) => tf.tensor(input.values, [...input.shape]));
  const before = tf.memory().numTensors;
  const entries = tf.backend().numDataIds();
  const result = tf.tidy(() => {
    const y = operation(...tensors);
    const dy = tf.tensor(values(y.shape, 7).values, y.shape);
    const gradients = tf.grads(operation)(tensors, dy);
    return {
      y: { shape: y.shape, values: y.dataSync<"float32">() },
      gradients: gradients.map((gradient, i) => {
        expect(gradient.shape).toEqual(inputs[i]?.shape);
        return gradient.dataSync<"float32">();
      }),
    };
  });
  expect(tf.memory().numTensors).toBe(before);
  expect(tf.backend().numDataIds()).toBe(entries);
  tf.dispose(tensors);
  await tf.setBackend("wasm");
  return result;
}

/**
 * Central differences of sum(y weights) in every input element, or in `atMost` of each input, computed by the forward
 * operation of the cpu backend.
 */
async function centralDifferences(
  operation: Operation,
  inputs: readonly Values[],
  step: number,
  atMost = 40,
): Promise<readonly ReadonlyMap<number, number>[]> {
  await tf.setBackend("cpu");
  const weighted = (moved: readonly Values[]): number =>
    tf.tidy(() => {
      const y = operation(...moved.map((input) => tf.tensor(input.values, [...input.shape])));
      const weights = values(y.shape, 7).values;
      // float64: a difference of two large sums.
      return y.dataSync<"float32">().reduce((sum, value, i) => sum + value * weights[i]!, 0);
    });
  const result = inputs.map((input, position) => {
    const size = input.values.length;
    const stride = Math.max(Math.floor(size / atMost), 1);
    const differences = new Map<number, number>();
    for (let i = 0; i < size; i += stride) {
      const at = (delta: number) => {
        const moved = input.values.slice();
        moved[i]! += delta;
        return weighted(inputs.with(position, { ...input, values: moved }));
      };
      differences.set(i, (at(step) - at(-step)) / (2 * step));
    }
    return differences;
  });
  await tf.setBackend("wasm");
  return result;
}

/** Largest difference over the largest value, 0 for two empty arrays. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    // NaN has to count.
    if (!(Math.abs(actual[i]! - expected[i]!) <= difference)) {
      difference = Math.abs(actual[i]! - expected[i]!);
    }
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference === 0 ? 0 : difference / Math.max(largest, 1e-3);
}

/** How far the wasm backend may be off: of the cpu backend and of the differences, relative to the largest value. */
export interface Tolerance {
  readonly cpu?: number;
  readonly differences?: number;
  /** Of the central differences. Operations that are linear in each input may have a large one. */
  readonly step?: number;
  /** False where the cpu backend is known to be wrong. */
  readonly compareWithCpu?: boolean;
}

/** Expects value and gradients of an operation on the wasm backend to be right. */
export async function expectRightGradients(
  operation: Operation,
  inputs: readonly Values[],
  { cpu = 5e-6, differences = 1e-3, step = 0.5, compareWithCpu = true }: Tolerance = {},
): Promise<void> {
  const wasm = await gradientsOn("wasm", operation, inputs);
  const reference = await gradientsOn("cpu", operation, inputs);
  expect(wasm.y.shape).toEqual(reference.y.shape);
  expect(relativeError(wasm.y.values, reference.y.values)).toBeLessThan(cpu);
  const expected = await centralDifferences(operation, inputs, step);
  wasm.gradients.forEach((gradient, i) => {
    if (compareWithCpu) expect(relativeError(gradient, reference.gradients[i]!)).toBeLessThan(cpu);
    const positions = [...expected[i]!.keys()];
    expect(
      relativeError(
        positions.map((position) => gradient[position]!),
        [...expected[i]!.values()],
      ),
    ).toBeLessThan(differences);
  });
}

/**
 * The wasm backend's own kernel, as a control that a test can fail. To be called before ours is registered, or, if another
 * file did so already in this environment, it is read from there.
 */
export function stockKernel(kernelName: string): {
  readonly run: <T>(task: () => Promise<T>) => Promise<T>;
} {
  const stock = stockConfigs().get(kernelName)!;
  return {
    run: async (task) => {
      const ours = tf.getKernel(kernelName, "wasm");
      tf.unregisterKernel(kernelName, "wasm");
      tf.registerKernel(stock);
      try {
        return await task();
      } finally {
        tf.unregisterKernel(kernelName, "wasm");
        tf.registerKernel(ours);
      }
    },
  };
}

const STOCK = Symbol.for("tfjs-wasm-train/test/stock");

/** The kernels of the backend as the first file to ask found them. */
function stockConfigs(): ReadonlyMap<string, tf.KernelConfig> {
  const holder = globalThis as { [STOCK]?: ReadonlyMap<string, tf.KernelConfig> };
  holder[STOCK] ??= new Map(
    tf.getKernelsForBackend("wasm").map((config) => [config.kernelName, config]),
  );
  return holder[STOCK];
}

// Before any file registers ours.
stockConfigs();
