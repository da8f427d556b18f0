/**
 * Gradient of a depthwise convolution with respect to its filter, which the wasm backend lacks.
 *
 * @module
 */
import { simdOf } from "../simd/simd-module.js";
import { address, floats, input, type KernelOverride, release } from "../wasm-kernel.js";
import { convolutionGeometry } from "./convolution-geometry.js";
import { eachWindowRow } from "./each-window-row.js";

export const depthwiseBackpropFilter: KernelOverride = {
  kernelName: "DepthwiseConv2dNativeBackpropFilter",
  create: () => (args) => {
    const { attrs, backend } = args;
    const x = input(args, "x");
    const dy = input(args, "dy");
    const shape = attrs.filterShape as [number, number, number, number];
    const g = convolutionGeometry(x.shape, shape, attrs, true);
    const multiplier = shape[3];
    const { inChannels, outChannels, inHeight, inWidth, dilationHeight, dilationWidth } = g;
    const out = backend.makeOutput(shape, "float32");
    // Sums of one row of pixels in float32, which are added in float64.
    const row = backend.makeOutput([inChannels], "float32");
    const values = floats(backend, x);
    const gradient = floats(backend, dy);
    const to = floats(backend, out);
    const simd = multiplier === 1 && inChannels % 4 === 0 ? simdOf(backend) : undefined;
    if (simd !== undefined) {
      const [xBytes, dyBytes, rowBytes] = [x, dy, row].map((tensor) =>
        address(backend, tensor),
      ) as [number, number, number];
      const rowSums = floats(backend, row);
      const taps = new Float64Array(to.length);
      eachWindowRow(g, ({ pixel, inputPixel, tap, columns }) => {
        const size = inChannels * 4;
        rowSums.fill(0);
        simd.multiplyAddRows(
          xBytes + inputPixel * size,
          g.strideWidth * size,
          dyBytes + pixel * size,
          size,
          rowBytes,
          0,
          columns,
          size,
        );
        for (let c = 0; c < inChannels; c++) taps[tap * inChannels + c]! += rowSums[c]!;
      });
      to.set(taps);
      release(backend, row);
      return out;
    }
    release(backend, row);
    // float64: a sum over all pixels of a batch.
    const sums = new Float64Array(outChannels);
    for (let kh = 0; kh < shape[0]; kh++) {
      for (let kw = 0; kw < shape[1]; kw++) {
        sums.fill(0);
        for (let n = 0; n < g.batchSize; n++) {
          for (let row = 0; row < g.outHeight; row++) {
            const i = row * g.strideHeight - g.padInfo.top + kh * dilationHeight;
            if (i < 0 || i >= inHeight) continue;
            for (let column = 0; column < g.outWidth; column++) {
              const j = column * g.strideWidth - g.padInfo.left + kw * dilationWidth;
              if (j < 0 || j >= inWidth) continue;
              const source = ((n * inHeight + i) * inWidth + j) * inChannels;
              const pixel = ((n * g.outHeight + row) * g.outWidth + column) * outChannels;
              if (multiplier === 1) {
                for (let c = 0; c < inChannels; c++) {
                  sums[c]! += values[source + c]! * gradient[pixel + c]!;
                }
              } else {
                for (let c = 0; c < outChannels; c++) {
                  sums[c]! += values[source + Math.floor(c / multiplier)]! * gradient[pixel + c]!;
                }
              }
            }
          }
        }
        to.set(sums, (kh * shape[1] + kw) * outChannels);
      }
    }
    return out;
  },
};
