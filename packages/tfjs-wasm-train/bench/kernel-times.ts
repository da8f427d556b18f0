/**
 * Times of single kernels, ours and those they replace, on sizes that occur in networks.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { groupNorm } from "../src/index.js";

/** Milliseconds, medians. */
export interface KernelTime {
  readonly name: string;
  readonly milliseconds: number;
  /** What it is compared with: the kernel that ours replaces, or where there is none the cpu backend's. */
  readonly against: "stock" | "cpu";
  readonly other: number;
}

interface Task {
  readonly name: string;
  readonly against: KernelTime["against"];
  readonly shapes: readonly (readonly number[])[];
  readonly run: (...inputs: tf.Tensor[]) => void;
}

type Attributes = Parameters<ReturnType<typeof tf.engine>["runKernel"]>[2];

const kernel = (name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}) => {
  tf.engine().runKernel(name, inputs, attrs as Attributes);
};

const convolution = { strides: [1, 1], dilations: [1, 1], pad: 1, dataFormat: "NHWC" };
const pooling = { filterSize: [2, 2], strides: [2, 2], pad: "valid" };

/** What the bench runs; the batch is small where the cpu backend is the rival. */
const tasks: readonly Task[] = [
  {
    name: "Conv2DBackpropFilter 3x3, 2x16x16x32",
    against: "cpu",
    shapes: [
      [2, 16, 16, 32],
      [2, 16, 16, 32],
    ],
    run: (x, dy) =>
      kernel(
        "Conv2DBackpropFilter",
        { x: x!, dy: dy! },
        { ...convolution, filterShape: [3, 3, 32, 32] },
      ),
  },
  {
    name: "Conv2DBackpropInput 3x3, 8x16x16x64",
    against: "stock",
    shapes: [
      [8, 16, 16, 64],
      [3, 3, 64, 64],
    ],
    run: (dy, filter) =>
      kernel(
        "Conv2DBackpropInput",
        { dy: dy!, filter: filter! },
        { ...convolution, inputShape: [8, 16, 16, 64] },
      ),
  },
  {
    name: "Conv2DBackpropInput 3x3 stride 2, 8x8x8x64",
    against: "stock",
    shapes: [
      [8, 8, 8, 64],
      [3, 3, 64, 64],
    ],
    run: (dy, filter) =>
      kernel(
        "Conv2DBackpropInput",
        { dy: dy!, filter: filter! },
        { ...convolution, strides: [2, 2], dimRoundingMode: "floor", inputShape: [8, 16, 16, 64] },
      ),
  },
  {
    name: "DepthwiseBackpropFilter 3x3, 4x16x16x96",
    against: "cpu",
    shapes: [
      [4, 16, 16, 96],
      [4, 16, 16, 96],
    ],
    run: (x, dy) =>
      kernel(
        "DepthwiseConv2dNativeBackpropFilter",
        { x: x!, dy: dy! },
        { ...convolution, filterShape: [3, 3, 96, 1] },
      ),
  },
  {
    name: "DepthwiseBackpropInput 3x3, 4x16x16x96",
    against: "cpu",
    shapes: [
      [4, 16, 16, 96],
      [3, 3, 96, 1],
    ],
    run: (dy, filter) =>
      kernel(
        "DepthwiseConv2dNativeBackpropInput",
        { dy: dy!, filter: filter! },
        { ...convolution, inputShape: [4, 16, 16, 96] },
      ),
  },
  {
    name: "MaxPoolGrad 2x2, 32x28x28x32",
    against: "stock",
    shapes: [
      [32, 14, 14, 32],
      [32, 28, 28, 32],
    ],
    run: (dy, x) => kernel("MaxPoolGrad", { dy: dy!, input: x!, output: dy! }, pooling),
  },
  {
    name: "AvgPoolGrad 2x2, 32x28x28x32",
    against: "stock",
    shapes: [
      [32, 14, 14, 32],
      [32, 28, 28, 32],
    ],
    run: (dy, x) => kernel("AvgPoolGrad", { dy: dy!, input: x! }, pooling),
  },
  {
    name: "Sum of the pixels, 32x28x28x32",
    against: "stock",
    shapes: [[32, 28, 28, 32]],
    run: (x) => tf.sum(x!, [0, 1, 2]),
  },
  {
    name: "Slice, 1 of 64x784",
    against: "stock",
    shapes: [[64, 784]],
    run: (x) => tf.slice(x!, [5], [1]),
  },
  {
    name: "Unpack, 64x784",
    against: "stock",
    shapes: [[64, 784]],
    run: (x) => tf.unstack(x!),
  },
  {
    name: "matMul a^T b, (64x3136)^T 64x512",
    against: "stock",
    shapes: [
      [64, 3136],
      [64, 512],
    ],
    run: (a, b) => tf.matMul(a!, b!, true, false),
  },
  {
    name: "matMul a b^T, 64x512 (3136x512)^T",
    against: "stock",
    shapes: [
      [64, 512],
      [3136, 512],
    ],
    run: (a, b) => tf.matMul(a!, b!, false, true),
  },
  {
    name: "groupNorm and gradient, 8x32x32x64",
    against: "stock",
    shapes: [[8, 32, 32, 64], [64], [64]],
    run: (x, scale, offset) =>
      tf.grads((x, scale, offset) =>
        groupNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, 32, 1e-5),
      )([x!, scale!, offset!]),
  },
];

/**
 * Times all tasks.
 *
 * @param register - registers our kernels; called once the stock ones have been timed
 */
export async function timeKernels(rounds: number, register: () => void): Promise<KernelTime[]> {
  const others: number[] = [];
  for (const task of tasks) {
    await tf.setBackend(task.against === "cpu" ? "cpu" : "wasm");
    others.push(time(task, task.against === "cpu" ? Math.min(rounds, 3) : rounds));
  }
  register();
  await tf.setBackend("wasm");
  return tasks.map((task, i) => ({
    name: task.name,
    milliseconds: time(task, rounds),
    against: task.against,
    other: others[i]!,
  }));
}

function time({ shapes, run }: Task, rounds: number): number {
  const inputs = shapes.map((shape) => tf.randomUniform([...shape], -1, 1, "float32", 1));
  const times: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const start = performance.now();
    tf.tidy(() => run(...inputs));
    if (round >= 0) times.push(performance.now() - start);
  }
  tf.dispose(inputs);
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
