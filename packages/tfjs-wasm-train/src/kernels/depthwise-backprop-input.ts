/**
 * Gradient of a depthwise convolution with respect to its input, which the wasm backend lacks.
 *
 * @module
 */
import { simdOf } from "../simd/simd-module.js";
import { address, floats, input, type KernelOverride } from "../wasm-kernel.js";
import { convolutionGeometry } from "./convolution-geometry.js";
import { eachWindowRow } from "./each-window-row.js";

export const depthwiseBackpropInput: KernelOverride = {
  kernelName: "DepthwiseConv2dNativeBackpropInput",
  create: () => (args) => {
    const { attrs, backend } = args;
    const dy = input(args, "dy");
    const filter = input(args, "filter");
    const [filterHeight, filterWidth, , multiplier] = filter.shape as [
      number,
      number,
      number,
      number,
    ];
    const g = convolutionGeometry(attrs.inputShape, filter.shape, attrs, true);
    const { inChannels, outChannels, inHeight, inWidth, dilationHeight, dilationWidth } = g;
    const out = backend.makeOutput(g.inShape, "float32");
    const gradient = floats(backend, dy);
    const weights = floats(backend, filter);
    const to = floats(backend, out);
    to.fill(0);
    const simd = multiplier === 1 && inChannels % 4 === 0 ? simdOf(backend) : undefined;
    if (simd !== undefined) {
      const [dyBytes, filterBytes, outBytes] = [dy, filter, out].map((tensor) =>
        address(backend, tensor),
      ) as [number, number, number];
      eachWindowRow(g, ({ pixel, inputPixel, tap, columns }) => {
        const size = inChannels * 4;
        simd.multiplyAddRows(
          dyBytes + pixel * size,
          size,
          filterBytes + tap * size,
          0,
          outBytes + inputPixel * size,
          g.strideWidth * size,
          columns,
          size,
        );
      });
      return out;
    }
    for (let n = 0; n < g.batchSize; n++) {
      for (let row = 0; row < g.outHeight; row++) {
        for (let column = 0; column < g.outWidth; column++) {
          const pixel = ((n * g.outHeight + row) * g.outWidth + column) * outChannels;
          for (let kh = 0; kh < filterHeight; kh++) {
            const i = row * g.strideHeight - g.padInfo.top + kh * dilationHeight;
            if (i < 0 || i >= inHeight) continue;
            for (let kw = 0; kw < filterWidth; kw++) {
              const j = column * g.strideWidth - g.padInfo.left + kw * dilationWidth;
              if (j < 0 || j >= inWidth) continue;
              const target = ((n * inHeight + i) * inWidth + j) * inChannels;
              const tap = (kh * filterWidth + kw) * outChannels;
              if (multiplier === 1) {
                for (let c = 0; c < inChannels; c++) {
                  to[target + c]! += gradient[pixel + c]! * weights[tap + c]!;
                }
              } else {
                for (let c = 0; c < outChannels; c++) {
                  to[target + Math.floor(c / multiplier)]! +=
                    gradient[pixel + c]! * weights[tap + c]!;
                }
              }
            }
          }
        }
      }
    }
    return out;
  },
};
