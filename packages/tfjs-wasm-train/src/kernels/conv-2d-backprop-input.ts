/**
 * Gradient of a convolution with respect to its input, by convolutions.
 *
 * The stock kernel is a plain loop in C++. Here, with stride s, the rows h = s*j + r of dx are computed for each r by
 * themselves: only the filter rows k with k = r + pad (mod s) reach them, so that
 * dx[s*j + r] = sum over t of W[k0 + s*t] dy[j + q - t], with k0 = (r + pad) mod s, q = (r + pad - k0) / s,
 * is a convolution of stride 1 by a small filter (the "sub-pixel" split of a transposed convolution, Shi et al. 2016,
 * arXiv:1609.07009). Columns likewise. Nothing is multiplied by inserted zeros: for stride 2 that saves three quarters.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { simdOf } from "../simd/simd-module.js";
import { callKernel, floats, input, type KernelOverride, release } from "../wasm-kernel.js";
import { convolutionAttributes, convolutionGeometry } from "./convolution-geometry.js";
import { rowCopier } from "./copy-rows.js";
import { inputGradientByProduct, isLessAsProduct } from "./input-gradient-product.js";
import { matrixTransposer } from "./transpose-matrices.js";

export const conv2DBackpropInput: KernelOverride = {
  kernelName: "Conv2DBackpropInput",
  create: (stock) => (args) => {
    const { attrs, backend } = args;
    const dy = input(args, "dy");
    const filter = input(args, "filter");
    const g = convolutionGeometry(attrs.inputShape, filter.shape, attrs);
    const rows = phases(g.inHeight, g.outHeight, g.filterHeight, g.strideHeight, g.padInfo.top);
    const columns = phases(g.inWidth, g.outWidth, g.filterWidth, g.strideWidth, g.padInfo.left);
    const covered = g.dataFormat === "channelsLast" && rows !== undefined && columns !== undefined;
    if (!covered || util.sizeFromShape(dy.shape) === 0) {
      if (stock !== undefined && !covered) return stock(args);
      const out = backend.makeOutput(g.inShape, "float32");
      floats(backend, out).fill(0);
      return out;
    }
    if (isLessAsProduct(g) && simdOf(backend) !== undefined) {
      return inputGradientByProduct(backend, dy, filter, g);
    }
    const [row, column] = [rows[0]!, columns[0]!];
    if (rows.length === 1 && columns.length === 1 && row.exact && column.exact) {
      return convolvePhase(backend, dy, filter, row, column, 1, 1);
    }
    const out = backend.makeOutput(g.inShape, "float32");
    if (rows.some(isEmpty) || columns.some(isEmpty)) floats(backend, out).fill(0);
    for (const row of rows) {
      for (const column of columns) {
        if (isEmpty(row) || isEmpty(column)) continue;
        const part = convolvePhase(backend, dy, filter, row, column, rows.length, columns.length);
        scatter(backend, part, out, row, column, rows.length, columns.length);
        release(backend, part);
      }
    }
    return out;
  },
};

/** The rows (or columns) s*j + r of dx, and which part of the filter reaches them. */
interface Phase {
  readonly r: number;
  /** How many rows there are. */
  readonly count: number;
  /** The first filter row, and how many at distance s from there. */
  readonly firstTap: number;
  readonly taps: number;
  /** Rows of zeros around dy. */
  readonly before: number;
  readonly after: number;
  /** Whether the convolution has `count` rows, and not more. */
  readonly exact: boolean;
}

const isEmpty = ({ taps, count }: Phase): boolean => taps === 0 || count === 0;

/** All phases of one axis, or undefined if padding exceeds the filter. */
function phases(
  size: number,
  outSize: number,
  filterSize: number,
  stride: number,
  pad: number,
): readonly Phase[] | undefined {
  const result: Phase[] = [];
  for (let r = 0; r < stride; r++) {
    const count = Math.max(Math.ceil((size - r) / stride), 0);
    const firstTap = (r + pad) % stride;
    const taps = Math.max(Math.ceil((filterSize - firstTap) / stride), 0);
    const before = taps - 1 - (r + pad - firstTap) / stride;
    const after = count + taps - 1 - outSize - before;
    if (taps > 0 && before < 0) return undefined;
    result.push({
      r,
      count,
      firstTap,
      taps,
      before,
      after: Math.max(after, 0),
      exact: after >= 0,
    });
  }
  return result;
}

function convolvePhase(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  row: Phase,
  column: Phase,
  strideHeight: number,
  strideWidth: number,
): TensorInfo {
  const [, filterWidth, inChannels, outChannels] = filter.shape as [number, number, number, number];
  const size = inChannels * outChannels;
  const turned = backend.makeOutput([row.taps, column.taps, outChannels, inChannels], "float32");
  const transpose = matrixTransposer(backend, filter, turned);
  for (let i = 0; i < row.taps; i++) {
    for (let j = 0; j < column.taps; j++) {
      const kh = row.firstTap + strideHeight * (row.taps - 1 - i);
      const kw = column.firstTap + strideWidth * (column.taps - 1 - j);
      const start = (kh * filterWidth + kw) * size;
      const end = (i * column.taps + j) * size;
      transpose(start, outChannels, end, inChannels, inChannels, outChannels);
    }
  }
  const out = callKernel("Conv2D", {
    inputs: { x: dy, filter: turned },
    attrs: convolutionAttributes([row.before, row.after, column.before, column.after]),
    backend,
  });
  release(backend, turned);
  return out;
}

/** Puts pixel (j, i) of a phase at (s*j + r, s*i + r') of dx. */
function scatter(
  backend: BackendWasm,
  part: TensorInfo,
  out: TensorInfo,
  row: Phase,
  column: Phase,
  strideHeight: number,
  strideWidth: number,
): void {
  const [batch, partHeight, partWidth, channels] = part.shape as [number, number, number, number];
  const [, height, width] = out.shape as [number, number, number, number];
  const copy = rowCopier(backend, part, out);
  for (let n = 0; n < batch; n++) {
    for (let j = 0; j < row.count; j++) {
      const start = (n * partHeight + j) * partWidth * channels;
      const end = ((n * height + j * strideHeight + row.r) * width + column.r) * channels;
      copy(start, channels, end, strideWidth * channels, column.count, channels);
    }
  }
}
