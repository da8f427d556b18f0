/**
 * The gradient of a filter as a product of transposed windows and gradients, straight from where they lie.
 *
 * For a row kh of the filter, a window row of x, `filterWidth` pixels of `inChannels`, is one run of elements; so
 * dW[kh] is windows^T dy, with windows that overlap in memory. Nothing is transposed or packed, and x is copied only to
 * get its border of zeros.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Simd } from "../simd/simd-module.js";
import { address, floats, release } from "../wasm-kernel.js";
import type { Geometry } from "./convolution-geometry.js";
import { rowCopier } from "./copy-rows.js";
import { packPanels } from "./pack-panels.js";

/** Pixels that are multiplied before the next tile of the result: what fits the second cache with the result. */
const BLOCK = 512;

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/**
 * dW `[filterHeight, filterWidth, inChannels, outChannels]` of x and dy, both NHWC; no dilation.
 *
 * @param perSample - not summed over the batch, which is then the first axis
 */
export function convolutionFilterProduct(
  backend: BackendWasm,
  simd: Simd,
  x: TensorInfo,
  dy: TensorInfo,
  g: Geometry,
  perSample = false,
): TensorInfo {
  const { inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = g;
  const windowSize = filterWidth * inChannels;
  const rows = roundUp(windowSize, 4);
  const columns = roundUp(outChannels, 8);
  const image = bordered(backend, x, g);
  const pixels = g.batchSize * outHeight * outWidth;
  const gradient = packPanels(backend, dy, pixels, outChannels);
  const sums = perSample ? g.batchSize : 1;
  const product = backend.makeOutput([sums, filterHeight, rows, columns], "float32");
  floats(backend, product).fill(0);

  const xPixel = inChannels * 4;
  const xRow = image.width * xPixel;
  const yRow = outWidth * 32;
  const imagesAtOnce = perSample ? 1 : Math.max(Math.floor(BLOCK / (outHeight * outWidth)), 1);
  const rowsAtOnce = Math.min(Math.max(Math.floor(BLOCK / outWidth), 1), outHeight);
  const start = address(backend, image.tensor);
  const yStart = address(backend, gradient);
  const out = address(backend, product);
  for (let n = 0; n < g.batchSize; n += imagesAtOnce) {
    for (let row = 0; row < outHeight; row += rowsAtOnce) {
      for (let kh = 0; kh < filterHeight; kh++) {
        simd.transposedProduct(
          start + (n * image.height + row * g.strideHeight + kh) * xRow,
          yStart + (n * outHeight + row) * yRow,
          out + ((perSample ? n * filterHeight : 0) + kh) * rows * columns * 4,
          Math.min(imagesAtOnce, g.batchSize - n),
          image.height * xRow,
          outHeight * yRow,
          Math.min(rowsAtOnce, outHeight - row),
          g.strideHeight * xRow,
          yRow,
          outWidth,
          g.strideWidth * xPixel,
          pixels * 32,
          rows * 4,
          columns * 4,
        );
      }
    }
  }
  release(backend, gradient);
  if (image.tensor !== x) release(backend, image.tensor);
  const one = [filterHeight, filterWidth, inChannels, outChannels];
  const shape = perSample ? [sums, ...one] : one;
  if (rows === windowSize && columns === outChannels) return { ...product, shape };
  const result = backend.makeOutput(shape, "float32");
  const copy = rowCopier(backend, product, result);
  for (let i = 0; i < sums * filterHeight; i++) {
    const end = i * windowSize * outChannels;
    copy(i * rows * columns, columns, end, outChannels, windowSize, outChannels);
  }
  release(backend, product);
  return result;
}

/** x with its border of zeros, without the rows and columns that no window reaches, and room to read past its end. */
function bordered(
  backend: BackendWasm,
  x: TensorInfo,
  g: Geometry,
): { readonly tensor: TensorInfo; readonly height: number; readonly width: number } {
  const { inHeight, inWidth, inChannels, batchSize } = g;
  const { top, left } = g.padInfo;
  const height = (g.outHeight - 1) * g.strideHeight + g.filterHeight;
  const width = (g.outWidth - 1) * g.strideWidth + g.filterWidth;
  const fits = top === 0 && left === 0 && height <= inHeight && width <= inWidth;
  if (fits && (g.filterWidth * inChannels) % 4 === 0) {
    return { tensor: x, height: inHeight, width: inWidth };
  }
  // Three more elements: the last window is read in whole quads.
  const tensor = backend.makeOutput([batchSize * height * width * inChannels + 3], "float32");
  floats(backend, tensor).fill(0);
  const copy = rowCopier(backend, x, tensor);
  const rows = Math.min(inHeight, height - top);
  const length = Math.min(inWidth, width - left) * inChannels;
  if (rows > 0 && length > 0) {
    for (let n = 0; n < batchSize; n++) {
      const [start, end] = [n * inHeight * inWidth, (n * height + top) * width + left];
      const [stride, targetStride] = [inWidth * inChannels, width * inChannels];
      copy(start * inChannels, stride, end * inChannels, targetStride, rows, length);
    }
  }
  return { tensor, height, width };
}
