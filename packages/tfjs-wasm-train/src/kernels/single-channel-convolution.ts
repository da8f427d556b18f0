/**
 * Convolutions of images of one channel, as the first of a network for gray images is. The backend's library multiplies
 * channel by channel of a pixel, and loses a third of its speed with one.
 *
 * What one place of the filter meets along a row of the output is one run of the image, so that a row of all output channels
 * is a product x^T y of overlapping runs and the filter.
 *
 * @module
 */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Simd, simdOf } from "../simd/simd-module.js";
import {
  address,
  floats,
  input,
  type KernelArguments,
  type KernelOverride,
  release,
} from "../wasm-kernel.js";
import { convolutionGeometry, type Geometry } from "./convolution-geometry.js";
import { rowCopier } from "./copy-rows.js";
import { packPanels } from "./pack-panels.js";

export const conv2D: KernelOverride = overrideOf("Conv2D");
export const fusedConv2D: KernelOverride = overrideOf("FusedConv2D");

function overrideOf(kernelName: string): KernelOverride {
  return {
    kernelName,
    create: (stock) => (args) => {
      const simd = simdOf(args.backend);
      const geometry = simd === undefined ? undefined : coveredGeometry(args);
      if (simd !== undefined && geometry !== undefined) return convolve(args, simd, geometry);
      if (stock === undefined) throw new Error(`the wasm backend has no kernel ${kernelName}`);
      return stock(args);
    },
  };
}

/** undefined for what is the library's. */
function coveredGeometry(args: KernelArguments): Geometry | undefined {
  const { attrs, inputs } = args;
  const x = input(args, "x");
  const filter = input(args, "filter");
  if (x.shape[3] !== 1 || x.dtype !== "float32" || filter.dtype !== "float32") return undefined;
  const isKnown = ["linear", "relu"].includes(attrs.activation ?? "linear");
  if (!isKnown || inputs["preluActivationWeights"] !== undefined) return undefined;
  const g = convolutionGeometry(x.shape, filter.shape, attrs);
  const { bias } = inputs;
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== g.outChannels)) {
    return undefined;
  }
  const isPlain = g.strideHeight === 1 && g.strideWidth === 1 && g.dataFormat === "channelsLast";
  if (!isPlain || g.dilationHeight !== 1 || g.dilationWidth !== 1) return undefined;
  // Four pixels of a row are computed at once.
  return g.outWidth % 4 === 0 && g.outWidth * g.outHeight * g.batchSize > 0 ? g : undefined;
}

function convolve(args: KernelArguments, simd: Simd, g: Geometry): TensorInfo {
  const { attrs, inputs, backend } = args;
  const x = input(args, "x");
  const { outChannels, filterHeight, filterWidth, outHeight, outWidth } = g;
  const columns = Math.ceil(outChannels / 8) * 8;
  const pixels = outHeight * outWidth;
  const isWhole = columns === outChannels;
  const out = backend.makeOutput([g.batchSize, outHeight, outWidth, outChannels], "float32");
  // One image at a time, so that it stays in the cache.
  const padded = isWhole ? out : backend.makeOutput([pixels, columns], "float32");
  const start = backend.makeOutput([columns], "float32");
  const height = outHeight - 1 + filterHeight;
  const width = outWidth - 1 + filterWidth;
  const plane = backend.makeOutput([height, width], "float32");
  const places = filterHeight * filterWidth;
  const filter = packPanels(backend, input(args, "filter"), places, outChannels);

  const { bias } = inputs;
  floats(backend, start).fill(0);
  if (bias !== undefined) floats(backend, start).set(floats(backend, bias));
  // The border stays zero. Rows and columns that no window reaches are left out.
  floats(backend, plane).fill(0);
  const { top, left } = g.padInfo;
  const rows = Math.min(g.inHeight, height - top);
  const length = Math.min(g.inWidth, width - left);
  const write = rowCopier(backend, x, plane);
  const compact = rowCopier(backend, padded, out);
  const [from, weights, first, to] = [plane, filter, start, padded].map((each) =>
    address(backend, each),
  ) as [number, number, number, number];
  const pixelBytes = columns * 4;
  for (let n = 0; n < g.batchSize; n++) {
    write(n * g.inHeight * g.inWidth, g.inWidth, top * width + left, width, rows, length);
    const image = isWhole ? to + n * pixels * pixelBytes : to;
    simd.copyRows(first, 0, image, pixelBytes, pixels, pixelBytes);
    for (let row = 0; row < outHeight; row++) {
      simd.transposedProduct(
        from + row * width * 4,
        weights,
        image + row * outWidth * pixelBytes,
        ...([1, 0, 0] as const),
        // The sum goes over rows and columns of the filter.
        filterHeight,
        width * 4,
        filterWidth * 32,
        filterWidth,
        4,
        places * 32,
        outWidth * 4,
        pixelBytes,
      );
    }
    if (attrs.activation === "relu") simd.relu(image, pixels * pixelBytes);
    if (!isWhole) compact(0, columns, n * pixels * outChannels, outChannels, pixels, outChannels);
  }
  release(backend, start, plane, filter);
  if (!isWhole) release(backend, padded);
  return out;
}
