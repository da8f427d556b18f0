/**
 * Puts the kernels of this package in the place of the wasm backend's.
 *
 * @module
 */
import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { registerGradients } from "./gradients/register-gradients.js";
import { avgPoolGrad } from "./kernels/avg-pool-grad.js";
import { batchMatMul } from "./kernels/batch-mat-mul.js";
import { conv2DBackpropFilter } from "./kernels/conv-2d-backprop-filter.js";
import { conv2DBackpropInput } from "./kernels/conv-2d-backprop-input.js";
import { depthwiseBackpropFilter } from "./kernels/depthwise-backprop-filter.js";
import { depthwiseBackpropInput } from "./kernels/depthwise-backprop-input.js";
import { identity } from "./kernels/identity.js";
import { maxPoolGrad } from "./kernels/max-pool-grad.js";
import { reluGrad } from "./kernels/relu-grad.js";
import { sampleFilterGradients } from "./kernels/sample-filter-gradients.js";
import { conv2D, fusedConv2D } from "./kernels/single-channel-convolution.js";
import { slice } from "./kernels/slice.js";
import { splitV, unpack } from "./kernels/split.js";
import { mean, sum } from "./kernels/sum.js";
import { unsortedSegmentSum } from "./kernels/unsorted-segment-sum.js";
import { normalizeForward, normalizeGradient } from "./normalization/kernels.js";
import type { KernelOverride, WasmKernel } from "./wasm-kernel.js";

/** Marks a kernel as ours, also for another copy of this package. */
const OURS = Symbol.for("@dsail/tfjs-wasm-train");

/**
 * Registers all kernels of this package with tfjs-core for the backend named "wasm", before or after that backend is
 * initialized, and the gradients of operations that are missing ({@link registerGradients}). A second call changes nothing.
 *
 * A kernel that does not cover a case (a dtype, a data format) passes it on to the one that it replaced.
 */
export function registerTrainingKernels(): void {
  registerGradients();
  for (const override of overrides()) register(override);
}

function overrides(): readonly KernelOverride[] {
  return [
    avgPoolGrad,
    batchMatMul,
    conv2D,
    conv2DBackpropFilter,
    conv2DBackpropInput,
    depthwiseBackpropFilter,
    depthwiseBackpropInput,
    fusedConv2D,
    identity,
    maxPoolGrad,
    mean,
    normalizeForward,
    normalizeGradient,
    reluGrad,
    sampleFilterGradients,
    slice,
    splitV,
    sum,
    unpack,
    unsortedSegmentSum,
  ];
}

function register({ kernelName, create }: KernelOverride): void {
  const stock: KernelConfig | undefined = getKernel(kernelName, "wasm");
  if (stock !== undefined && OURS in stock.kernelFunc) return;
  const kernel = create(stock?.kernelFunc as unknown as WasmKernel | undefined);
  Object.defineProperty(kernel, OURS, { value: true });
  if (stock !== undefined) unregisterKernel(kernelName, "wasm");
  registerKernel({
    ...stock, // Its set-up binds the C++ function, which runs when the backend is initialized.
    kernelName,
    backendName: "wasm",
    kernelFunc: kernel as unknown as KernelFunc,
  });
}
