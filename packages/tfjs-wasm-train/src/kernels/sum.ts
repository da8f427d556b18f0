/**
 * Sums and means that add in float64. The stock kernels add float32 one after another: the sum of 1.6 million squares
 * comes out 6e-4 too small, and a norm taken that way lets more through a clip than the bound.
 *
 * @module
 */
import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { simdOf } from "../simd/simd-module.js";
import {
  address,
  allocateDoubles,
  callKernel,
  doubles,
  floats,
  input,
  type KernelArguments,
  type KernelOverride,
  release,
  withShape,
} from "../wasm-kernel.js";

export const sum: KernelOverride = {
  kernelName: "Sum",
  create: (stock) => (args) =>
    input(args, "x").dtype === "float32" || stock === undefined
      ? reduce(args, () => 1)
      : stock(args),
};

export const mean: KernelOverride = {
  kernelName: "Mean",
  create: (stock) => (args) =>
    input(args, "x").dtype === "float32" || stock === undefined
      ? reduce(args, (count) => 1 / count)
      : stock(args),
};

function reduce(args: KernelArguments, factorOf: (count: number) => number): TensorInfo {
  const { attrs, backend } = args;
  const x = input(args, "x");
  const rank = x.shape.length;
  const axes = util
    .parseAxisParam(attrs.axis ?? x.shape.map((_, i) => i), x.shape)
    .sort((a, b) => a - b);
  const [outShape, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const count = util.sizeFromShape(reduced);
  const shape = attrs.keepDims ? backend_util.expandShapeToKeepDim(outShape, axes) : outShape;

  // What is summed has to lie together; if it does not, it goes to the end.
  const together = axes.every((axis, i) => axis === axes[0]! + i);
  const permutation = backend_util.getAxesPermutation(axes, rank);
  const moved =
    together || permutation === null
      ? undefined
      : callKernel("Transpose", { inputs: { x }, attrs: { perm: permutation }, backend });
  const outer =
    moved === undefined
      ? util.sizeFromShape(x.shape.slice(0, axes[0] ?? 0))
      : util.sizeFromShape(outShape);
  const inner = moved === undefined ? util.sizeFromShape(outShape) / outer : 1;

  // So many rows taken as one are whole quads.
  const rows = inner % 4 === 0 ? 1 : inner % 2 === 0 ? 2 : 4;
  const wide = inner * rows;
  const out = backend.makeOutput(shape, "float32");
  const room = allocateDoubles(backend, wide);
  const simd = count % rows === 0 ? simdOf(backend) : undefined;
  const from = floats(backend, moved ?? x);
  const to = floats(backend, out);
  if (util.sizeFromShape(outShape) > 0) {
    if (inner === 1) sumRows(from, to, outer, count, factorOf(count));
    else if (simd !== undefined) {
      const sums = doubles(backend, room);
      const bytes = count * inner * 4;
      for (let i = 0; i < outer; i++) {
        const start = address(backend, moved ?? x) + i * bytes;
        simd.channelSum(start, bytes, wide * 4, address(backend, room));
        for (let column = 0; column < inner; column++) {
          let sum = 0;
          for (let lane = column; lane < wide; lane += inner) sum += sums[lane]!;
          to[i * inner + column] = sum * factorOf(count);
        }
      }
    } else sumColumns(from, to, outer, count, inner, factorOf(count));
  }
  release(backend, room);
  if (moved !== undefined) release(backend, moved);
  return withShape(out, shape);
}

function sumRows(
  from: Float32Array,
  to: Float32Array,
  rows: number,
  count: number,
  factor: number,
): void {
  let position = 0;
  for (let row = 0; row < rows; row++) {
    // Four sums, so that one addition need not wait for the last.
    let [a, b, c, d] = [0, 0, 0, 0];
    const end = position + count;
    for (; position + 3 < end; position += 4) {
      a += from[position]!;
      b += from[position + 1]!;
      c += from[position + 2]!;
      d += from[position + 3]!;
    }
    for (; position < end; position++) a += from[position]!;
    to[row] = (a + b + (c + d)) * factor;
  }
}

function sumColumns(
  from: Float32Array,
  to: Float32Array,
  outer: number,
  count: number,
  inner: number,
  factor: number,
): void {
  const sums = new Float64Array(inner);
  let position = 0;
  for (let i = 0; i < outer; i++) {
    sums.fill(0);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < inner; column++) sums[column]! += from[position++]!;
    }
    for (let column = 0; column < inner; column++) to[i * inner + column] = sums[column]! * factor;
  }
}
