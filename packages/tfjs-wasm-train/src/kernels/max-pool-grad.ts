/**
 * Gradient of max pooling. The stock kernel compares with 0 instead of the first value of a window, and so is wrong
 * wherever the maximum is negative.
 *
 * Of equal maxima the first, row by row, gets the gradient, as in PyTorch and tfjs's cpu backend.
 *
 * @module
 */
import { simdOf } from "../simd/simd-module.js";
import { address, floats, input, integers, type KernelOverride, release } from "../wasm-kernel.js";
import { poolGeometry } from "./pool-geometry.js";

type Three = [number, number, number];

export const maxPoolGrad: KernelOverride = {
  kernelName: "MaxPoolGrad",
  create: (stock) => (args) => {
    const { attrs, backend } = args;
    const dy = input(args, "dy");
    const x = input(args, "input");
    if (x.dtype !== "float32" && stock !== undefined) return stock(args);
    const g = poolGeometry(x, attrs);
    const out = backend.makeOutput(x.shape, "float32");
    const masks = backend.makeOutput([4], "float32");
    const values = floats(backend, x);
    const gradient = floats(backend, dy);
    const to = floats(backend, out);
    to.fill(0);
    const { inChannels, inHeight, inWidth, filterHeight, filterWidth } = g;
    const simd = inChannels < 4 ? undefined : simdOf(backend);
    const mask = address(backend, masks);
    floats(backend, masks).fill(0);
    // All bits set, for the channels of the last quad that the quad before it has not done.
    integers(backend, masks).fill(-1, (4 - (inChannels % 4)) % 4);
    const [ofX, ofDx, ofDy] = [x, out, dy].map((tensor) => address(backend, tensor)) as Three;
    const pixelBytes = inChannels * 4;
    let pixel = 0;
    for (let n = 0; n < g.batchSize; n++) {
      for (let row = 0; row < g.outHeight; row++) {
        const firstRow = row * g.strideHeight - g.padInfo.top;
        const top = Math.max(firstRow, 0);
        const bottom = Math.min(firstRow + filterHeight, inHeight);
        for (let column = 0; column < g.outWidth; column++) {
          const firstColumn = column * g.strideWidth - g.padInfo.left;
          const left = Math.max(firstColumn, 0);
          const right = Math.min(firstColumn + filterWidth, inWidth);
          const start = ((n * inHeight + top) * inWidth + left) * inChannels;
          if (top >= bottom || left >= right) {
            // A window in the padding: nothing was read.
          } else if (simd !== undefined) {
            simd.maxPoolWindow(
              ofX + start * 4,
              ofDx + start * 4,
              ofDy + pixel * 4,
              bottom - top,
              inWidth * pixelBytes,
              (right - left) * pixelBytes,
              pixelBytes,
              pixelBytes - 16,
              mask,
            );
          } else {
            const rowStep = (inWidth - (right - left)) * inChannels;
            for (let c = 0; c < inChannels; c++) {
              let position = start + c;
              let best = position;
              let maximum = values[position]!;
              for (let i = top; i < bottom; i++) {
                for (let j = left; j < right; j++) {
                  const value = values[position]!;
                  // NaN wins, as in the forward pass of PyTorch.
                  if (value > maximum || Number.isNaN(value)) {
                    maximum = value;
                    best = position;
                  }
                  position += inChannels;
                }
                position += rowStep;
              }
              to[best]! += gradient[pixel + c]!;
            }
          }
          pixel += inChannels;
        }
      }
    }
    release(backend, masks);
    return out;
  },
};
