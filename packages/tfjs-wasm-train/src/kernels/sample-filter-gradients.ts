/**
 * Gradient of a convolution with respect to its filter, of each sample of a batch by itself: what differential privacy clips.
 *
 * @module
 */
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { simdOf } from "../simd/simd-module.js";
import {
  callKernel,
  floats,
  input,
  type KernelArguments,
  type KernelOverride,
  release,
} from "../wasm-kernel.js";
import { convolutionFilterProduct } from "./convolution-filter-product.js";
import { convolutionGeometry } from "./convolution-geometry.js";

/** Inputs and attributes of Conv2DBackpropFilter; the output is `[batch, ...filterShape]`. */
export const sampleFilterGradients: KernelOverride = {
  kernelName: "TrainSampleFilterGradients",
  create: () => (args) => {
    const { attrs, backend } = args;
    const [x, dy] = [input(args, "x"), input(args, "dy")];
    const simd = simdOf(backend);
    if (simd === undefined || util.sizeFromShape(dy.shape) === 0) return oneByOne(args);
    const geometry = convolutionGeometry(x.shape, attrs.filterShape, attrs);
    return convolutionFilterProduct(backend, simd, x, dy, geometry, true);
  },
};

function oneByOne(args: KernelArguments): TensorInfo {
  const { attrs, backend } = args;
  const [x, dy] = [input(args, "x"), input(args, "dy")];
  const samples = x.shape[0]!;
  const out = backend.makeOutput([samples, ...(attrs.filterShape as number[])], "float32");
  const size = util.sizeFromShape(attrs.filterShape);
  for (let n = 0; n < samples; n++) {
    const [ofX, ofDy] = [x, dy].map((batch) => {
      const sample = backend.makeOutput([1, ...batch.shape.slice(1)], "float32");
      const length = util.sizeFromShape(sample.shape);
      const from = floats(backend, batch).subarray(n * length, (n + 1) * length);
      floats(backend, sample).set(from);
      return sample;
    }) as [TensorInfo, TensorInfo];
    const inputs = { x: ofX, dy: ofDy };
    const gradient = callKernel("Conv2DBackpropFilter", { inputs, attrs, backend });
    floats(backend, out).set(floats(backend, gradient), n * size);
    release(backend, ofX, ofDy, gradient);
  }
  return out;
}
