/**
 * Gradient of average pooling. Forward, tfjs divides by the number of pixels of a window that lie within the image; the
 * stock gradient (and the cpu backend's) divides by the size of the window, which is wrong at padded borders.
 *
 * @module
 */
import { floats, input, type KernelOverride } from "../wasm-kernel.js";
import { poolGeometry } from "./pool-geometry.js";

export const avgPoolGrad: KernelOverride = {
  kernelName: "AvgPoolGrad",
  create: (stock) => (args) => {
    const { attrs, backend } = args;
    const dy = input(args, "dy");
    const x = input(args, "input");
    if (x.dtype !== "float32" && stock !== undefined) return stock(args);
    const g = poolGeometry(x, attrs);
    const out = backend.makeOutput(x.shape, "float32");
    const gradient = floats(backend, dy);
    const to = floats(backend, out);
    to.fill(0);
    const { inChannels, inHeight, inWidth, filterHeight, filterWidth } = g;
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
          const share = 1 / ((bottom - top) * (right - left));
          for (let i = top; i < bottom; i++) {
            for (let j = left; j < right; j++) {
              const start = ((n * inHeight + i) * inWidth + j) * inChannels;
              for (let c = 0; c < inChannels; c++) to[start + c]! += gradient[pixel + c]! * share;
            }
          }
          pixel += inChannels;
        }
      }
    }
    return out;
  },
};
