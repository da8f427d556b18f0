/**
 * Gradient of a convolution with respect to its filter, which the wasm backend lacks.
 *
 * dW[kh, kw, ci, co] = sum over n, oh, ow of x[n, oh*s + kh - pad, ow*s + kw - pad, ci] dy[n, oh, ow, co] is itself a
 * convolution: of x with channels and batch swapped, by dy as a filter that is dilated by the stride. So the matrix
 * product, nearly all of the work, runs in the backend's own convolution. A 1x1 filter is one matrix product.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { simdOf } from "../simd/simd-module.js";
import {
  callKernel,
  floats,
  input,
  type KernelOverride,
  release,
  withShape,
} from "../wasm-kernel.js";
import { convolutionFilterProduct } from "./convolution-filter-product.js";
import {
  convolutionAttributes,
  convolutionGeometry,
  type Geometry,
} from "./convolution-geometry.js";
import { rowCopier } from "./copy-rows.js";
import { matrixTransposer } from "./transpose-matrices.js";

export const conv2DBackpropFilter: KernelOverride = {
  kernelName: "Conv2DBackpropFilter",
  create: () => (args) => {
    const { attrs, backend } = args;
    const x = input(args, "x");
    const dy = input(args, "dy");
    const shape = attrs.filterShape as number[];
    const geometry = convolutionGeometry(x.shape, shape, attrs);
    if (geometry.dataFormat !== "channelsLast") {
      throw new Error("Conv2DBackpropFilter: the wasm backend has NHWC only");
    }
    if (util.sizeFromShape(dy.shape) === 0 || util.sizeFromShape(x.shape) === 0) {
      const out = backend.makeOutput(shape, "float32");
      floats(backend, out).fill(0);
      return out;
    }
    const simd = simdOf(backend);
    if (simd !== undefined) return convolutionFilterProduct(backend, simd, x, dy, geometry);
    return isPointwise(geometry)
      ? pointwise(backend, x, dy, geometry)
      : swapped(backend, x, dy, geometry);
  },
};

function isPointwise({ filterHeight, filterWidth, padInfo }: Geometry): boolean {
  const { top, left, bottom, right } = padInfo;
  return filterHeight === 1 && filterWidth === 1 && top + left + bottom + right === 0;
}

function pointwise(backend: BackendWasm, x: TensorInfo, dy: TensorInfo, g: Geometry): TensorInfo {
  const pixels = g.batchSize * g.outHeight * g.outWidth;
  const transposed = backend.makeOutput([g.inChannels, pixels], "float32");
  const transpose = matrixTransposer(backend, x, transposed);
  const { inChannels, strideHeight, strideWidth } = g;
  let pixel = 0;
  for (let n = 0; n < g.batchSize; n++) {
    for (let row = 0; row < g.outHeight; row++) {
      const start = (n * g.inHeight + row * strideHeight) * g.inWidth * inChannels;
      const stride = strideWidth * inChannels;
      transpose(start, stride, pixel, pixels, g.outWidth, inChannels);
      pixel += g.outWidth;
    }
  }
  const product = callKernel("BatchMatMul", {
    inputs: { a: transposed, b: withShape(dy, [pixels, g.outChannels]) },
    attrs: { transposeA: false, transposeB: false },
    backend,
  });
  release(backend, transposed);
  return withShape(product, [1, 1, inChannels, g.outChannels]);
}

function swapped(backend: BackendWasm, x: TensorInfo, dy: TensorInfo, g: Geometry): TensorInfo {
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth } = g;
  const image = swapEnds(backend, x, batchSize, g.inHeight * g.inWidth, inChannels);
  // As a filter dy is [height, width, in = batch, out]: batch goes behind the pixels, channels stay.
  const filter = batchToThird(backend, dy, batchSize, g.outHeight * g.outWidth, outChannels);
  const { top, left } = g.padInfo;
  // Enough zeros behind for filterHeight x filterWidth results; input that the stride left over gives a few more.
  const bottom = filterHeight + (g.outHeight - 1) * g.strideHeight - g.inHeight - top;
  const right = filterWidth + (g.outWidth - 1) * g.strideWidth - g.inWidth - left;
  const gradient = callKernel("Conv2D", {
    inputs: {
      x: withShape(image, [inChannels, g.inHeight, g.inWidth, batchSize]),
      filter: withShape(filter, [g.outHeight, g.outWidth, batchSize, outChannels]),
    },
    attrs: convolutionAttributes(
      [top, Math.max(bottom, 0), left, Math.max(right, 0)],
      [1, 1],
      [g.strideHeight, g.strideWidth],
    ),
    backend,
  });
  release(backend, image, filter);
  const out = backend.makeOutput([filterHeight, filterWidth, inChannels, outChannels], "float32");
  const [, height, width] = gradient.shape as [number, number, number, number];
  const copy = rowCopier(backend, gradient, out);
  for (let kh = 0; kh < filterHeight; kh++) {
    for (let kw = 0; kw < filterWidth; kw++) {
      const start = (kh * width + kw) * outChannels;
      const end = (kh * filterWidth + kw) * inChannels * outChannels;
      copy(start, height * width * outChannels, end, outChannels, inChannels, outChannels);
    }
  }
  release(backend, gradient);
  return out;
}

/** [batch, pixels, channels] to [channels, pixels, batch]. */
function swapEnds(
  backend: BackendWasm,
  x: TensorInfo,
  batch: number,
  pixels: number,
  channels: number,
): TensorInfo {
  const out = backend.makeOutput([channels, pixels, batch], "float32");
  if (channels % 4 === 0) {
    const transpose = matrixTransposer(backend, x, out);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const [start, end] = [pixel * channels, pixel * batch];
      transpose(start, pixels * channels, end, pixels * batch, batch, channels);
    }
    return out;
  }
  // One large transpose, to [pixels, channels, batch], leaves no remainders of a few channels.
  const turned = backend.makeOutput([pixels, channels, batch], "float32");
  const size = pixels * channels;
  matrixTransposer(backend, x, turned)(0, size, 0, batch, batch, size);
  const copy = rowCopier(backend, turned, out);
  for (let c = 0; c < channels; c++) {
    copy(c * batch, channels * batch, c * pixels * batch, batch, pixels, batch);
  }
  release(backend, turned);
  return out;
}

/** [batch, pixels, channels] to [pixels, batch, channels]. */
function batchToThird(
  backend: BackendWasm,
  x: TensorInfo,
  batch: number,
  pixels: number,
  channels: number,
): TensorInfo {
  const out = backend.makeOutput([pixels, batch, channels], "float32");
  const copy = rowCopier(backend, x, out);
  for (let n = 0; n < batch; n++) {
    const [start, end] = [n * pixels * channels, n * channels];
    copy(start, channels, end, batch * channels, pixels, channels);
  }
  return out;
}
