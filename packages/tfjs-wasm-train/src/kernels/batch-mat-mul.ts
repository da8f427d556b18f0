/**
 * Matrix products with transposes made explicit.
 *
 * The stock kernel hands a product to XNNPACK only if it is one of two plain matrices; with a transpose, or a batch, it
 * runs a loop that is several times slower. A transpose is one pass over a matrix, a product is many.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Simd, simdOf } from "../simd/simd-module.js";
import { address, floats, input, type KernelOverride, release, withShape } from "../wasm-kernel.js";
import { packPanels } from "./pack-panels.js";
import { matrixTransposer } from "./transpose-matrices.js";

/** Below this many multiplications of one product, the stock loop costs less than setting XNNPACK up. */
const SMALL_PRODUCT = 4096;

/** Rows of both factors of a^T b that are multiplied before the next tile of the result. */
const INNER_BLOCK = 512;

export const batchMatMul: KernelOverride = {
  kernelName: "BatchMatMul",
  create: (stock) => (args) => {
    const { attrs, backend } = args;
    const a = input(args, "a");
    const b = input(args, "b");
    if (stock === undefined) throw new Error("the wasm backend has no kernel BatchMatMul");
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const batch = util.sizeFromShape(a.shape.slice(0, -2));
    const [rows, inner] = matrixShape(a, transposeA);
    const [innerOfB, columns] = matrixShape(b, transposeB);
    const plain = batch === 1 && !transposeA && !transposeB;
    const sameBatch = util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const size = rows * inner * columns;
    if (plain || !sameBatch || a.dtype !== "float32" || b.dtype !== "float32") return stock(args);
    if (inner !== innerOfB || size * batch === 0 || size < SMALL_PRODUCT) return stock(args);

    const simd = simdOf(backend);
    const shape = [...a.shape.slice(0, -2), rows, columns];
    if (simd !== undefined) {
      if (transposeA && !transposeB && rows % 4 === 0 && columns % 8 === 0) {
        return transposedTimes(backend, simd, a, b, shape);
      }
      if (!transposeA && transposeB && rows % 4 === 0 && columns % 2 === 0 && inner % 4 === 0) {
        return timesTransposed(backend, simd, a, b, shape);
      }
    }
    const left = transposeA ? transposed(backend, a, batch) : a;
    const right = transposeB ? transposed(backend, b, batch) : b;
    const multiply = (x: TensorInfo, y: TensorInfo): TensorInfo =>
      stock({
        inputs: { a: withShape(x, [1, rows, inner]), b: withShape(y, [1, inner, columns]) },
        attrs: { transposeA: false, transposeB: false },
        backend,
      }) as TensorInfo;
    const out =
      batch === 1
        ? withShape(multiply(left, right), shape)
        : eachOfBatch(backend, left, right, shape, multiply);
    if (transposeA) release(backend, left);
    if (transposeB) release(backend, right);
    return out;
  },
};

function matrixShape({ shape }: TensorInfo, transpose: boolean): readonly [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transpose ? [columns, rows] : [rows, columns];
}

/** a^T b, or for each of a batch. */
function transposedTimes(
  backend: BackendWasm,
  simd: Simd,
  a: TensorInfo,
  b: TensorInfo,
  shape: number[],
): TensorInfo {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const inner = a.shape.at(-2)!;
  const out = backend.makeOutput(shape, "float32");
  const batch = util.sizeFromShape(shape.slice(0, -2));
  const panels = packPanels(backend, b, batch * inner, columns);
  floats(backend, out).fill(0);
  const [x, y, to] = [a, panels, out].map((tensor) => address(backend, tensor)) as Addresses;
  const [xRow, yRow] = [rows * 4, 32];
  for (let i = 0; i < batch; i++) {
    for (let row = 0; row < inner; row += INNER_BLOCK) {
      const count = Math.min(INNER_BLOCK, inner - row);
      simd.transposedProduct(
        x + (i * inner + row) * xRow,
        y + (i * inner + row) * yRow,
        to + i * rows * columns * 4,
        ...([1, 0, 0, 1, 0, 0, count] as const),
        xRow,
        batch * inner * 32,
        xRow,
        columns * 4,
      );
    }
  }
  release(backend, panels);
  return out;
}

/** a b^T, or for each of a batch. */
function timesTransposed(
  backend: BackendWasm,
  simd: Simd,
  a: TensorInfo,
  b: TensorInfo,
  shape: number[],
): TensorInfo {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const inner = a.shape.at(-1)!;
  const out = backend.makeOutput(shape, "float32");
  const [x, y, to] = [a, b, out].map((tensor) => address(backend, tensor)) as Addresses;
  const batch = util.sizeFromShape(shape.slice(0, -2));
  for (let i = 0; i < batch; i++) {
    const start = x + i * rows * inner * 4;
    const other = y + i * columns * inner * 4;
    simd.rowProduct(start, other, to + i * rows * columns * 4, rows, columns, inner * 4);
  }
  return out;
}

type Addresses = [number, number, number];

function transposed(backend: BackendWasm, x: TensorInfo, batch: number): TensorInfo {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const out = backend.makeOutput([...x.shape.slice(0, -2), columns, rows], "float32");
  const transpose = matrixTransposer(backend, x, out);
  for (let i = 0; i < batch; i++) {
    const start = i * rows * columns;
    transpose(start, columns, start, rows, rows, columns);
  }
  return out;
}

function eachOfBatch(
  backend: BackendWasm,
  a: TensorInfo,
  b: TensorInfo,
  shape: number[],
  multiply: (x: TensorInfo, y: TensorInfo) => TensorInfo,
): TensorInfo {
  const batch = util.sizeFromShape(shape.slice(0, -2));
  const sizes = [a, b].map((x) => util.sizeFromShape(x.shape) / batch) as [number, number];
  const size = util.sizeFromShape(shape) / batch;
  const out = backend.makeOutput(shape, "float32");
  for (let i = 0; i < batch; i++) {
    const x = copyOf(backend, a, i * sizes[0], sizes[0]);
    const y = copyOf(backend, b, i * sizes[1], sizes[1]);
    const product = multiply(x, y);
    floats(backend, out).set(floats(backend, product), i * size);
    release(backend, x, y, product);
  }
  return out;
}

function copyOf(backend: BackendWasm, x: TensorInfo, start: number, size: number): TensorInfo {
  const out = backend.makeOutput([size], "float32");
  floats(backend, out).set(floats(backend, x).subarray(start, start + size));
  return out;
}
