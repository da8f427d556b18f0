/**
 * The gradient of a convolution with respect to its input as a product that is added up where windows overlap.
 *
 * dy W^T has, for each pixel of dy, what it gives back to its window. As a convolution of dy with zeros around it, the border
 * is multiplied too: without padding, 28 x 28 by 5 x 5 grows by a third and 10 x 10 by all of itself.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { simdOf } from "../simd/simd-module.js";
import { address, callKernel, floats, release, withShape } from "../wasm-kernel.js";
import type { Geometry } from "./convolution-geometry.js";
import { rowCopier } from "./copy-rows.js";
import { matrixTransposer } from "./transpose-matrices.js";

/** What an element that is written, read and added costs, in multiplications of a product. */
const COST_OF_PASS = 12;

/** Images that are multiplied before they are added up: what fits the second cache. */
const IMAGES = 4;

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Whether it costs less than a convolution of stride 1 does. With other strides nothing outside is multiplied. */
export function isLessAsProduct(g: Geometry): boolean {
  if (g.strideHeight !== 1 || g.strideWidth !== 1) return false;
  const windowSize = g.filterHeight * roundUp(g.filterWidth * g.inChannels, 4);
  const product = g.outHeight * g.outWidth * windowSize * (g.outChannels + COST_OF_PASS);
  const places = g.inHeight * g.inWidth * g.filterHeight * g.filterWidth;
  // Of a convolution the backend computes eight channels at once.
  return product < places * g.outChannels * roundUp(g.inChannels, 8);
}

/** dx of dy and a filter (HWIO), NHWC. SIMD has to be there. */
export function inputGradientByProduct(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  g: Geometry,
): TensorInfo {
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = g;
  const size = filterWidth * inChannels;
  const rowSize = roundUp(size, 4);
  // W^T with a row of the filter in whole quads: what is too many adds zeros to the pixel behind.
  const columns = filterHeight * rowSize;
  const turned = backend.makeOutput([1, outChannels, columns], "float32");
  floats(backend, turned).fill(0);
  const transpose = matrixTransposer(backend, filter, turned);
  for (let kh = 0; kh < filterHeight; kh++) {
    transpose(kh * size * outChannels, outChannels, kh * rowSize, columns, size, outChannels);
  }
  const height = Math.max(outHeight - 1 + filterHeight, g.padInfo.top + g.inHeight);
  const width = Math.max(outWidth - 1 + filterWidth, g.padInfo.left + g.inWidth);
  const wide = backend.makeOutput([batchSize * height * width * inChannels + 3], "float32");
  const ones = backend.makeOutput([rowSize], "float32");
  floats(backend, wide).fill(0);
  floats(backend, ones).fill(1);
  const pixels = outHeight * outWidth;
  const part = backend.makeOutput([1, IMAGES * pixels, outChannels], "float32");
  for (let n = 0; n < batchSize; n += IMAGES) {
    const images = Math.min(IMAGES, batchSize - n);
    const start = n * pixels * outChannels;
    const end = start + images * pixels * outChannels;
    floats(backend, part).set(floats(backend, dy).subarray(start, end));
    const product = callKernel("BatchMatMul", {
      inputs: { a: withShape(part, [1, images * pixels, outChannels]), b: turned },
      attrs: { transposeA: false, transposeB: false },
      backend,
    });
    const simd = simdOf(backend)!;
    const from = address(backend, product);
    const one = address(backend, ones);
    const to = address(backend, wide) + n * height * width * inChannels * 4;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const corner = Math.floor(pixel / outWidth) * width + (pixel % outWidth);
      for (let kh = 0; kh < filterHeight; kh++) {
        // Image by image: windows that overlap would have to wait for each other.
        simd.multiplyAddRows(
          from + (pixel * columns + kh * rowSize) * 4,
          pixels * columns * 4,
          one,
          0,
          to + (corner + kh * width) * inChannels * 4,
          height * width * inChannels * 4,
          images,
          rowSize * 4,
        );
      }
    }
    release(backend, product);
  }
  release(backend, turned, part, ones);

  const out = backend.makeOutput(g.inShape, "float32");
  const copy = rowCopier(backend, wide, out);
  const length = g.inWidth * inChannels;
  for (let n = 0; n < batchSize; n++) {
    const start = ((n * height + g.padInfo.top) * width + g.padInfo.left) * inChannels;
    copy(start, width * inChannels, n * g.inHeight * length, length, g.inHeight, length);
  }
  release(backend, wide);
  return out;
}
