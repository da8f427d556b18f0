/**
 * Transposes matrices within an array: by the SIMD function in blocks of four, the rest, or all of it where there is no
 * SIMD, in JavaScript by tiles that fit the first cache.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { simdOf } from "../simd/simd-module.js";
import { address, floats } from "../wasm-kernel.js";

/** Side of a tile: 32 rows of 32 float32 are 4 KiB read and 4 KiB written. */
const TILE = 32;

/**
 * Writes the transpose of a `rows` x `columns` matrix. Starts and strides in elements, strides from row to row.
 */
type Transposer = (
  sourceStart: number,
  sourceStride: number,
  targetStart: number,
  targetStride: number,
  rows: number,
  columns: number,
) => void;

/** For matrices in `source` to be written to `target`; valid until the next allocation. */
export function matrixTransposer(
  backend: BackendWasm,
  source: TensorInfo,
  target: TensorInfo,
): Transposer {
  const simd = simdOf(backend);
  const [from, to] = [floats(backend, source), floats(backend, target)];
  if (simd === undefined) {
    return (start, stride, end, targetStride, rows, columns) =>
      transposeTiles(from, start, stride, to, end, targetStride, rows, columns);
  }
  const [fromBytes, toBytes] = [address(backend, source), address(backend, target)];
  return (start, stride, end, targetStride, rows, columns) => {
    const [evenRows, evenColumns] = [rows - (rows % 4), columns - (columns % 4)];
    simd.transpose(
      fromBytes + start * 4,
      stride * 4,
      toBytes + end * 4,
      targetStride * 4,
      evenRows,
      evenColumns,
    );
    if (evenColumns < columns) {
      transposeTiles(
        from,
        start + evenColumns,
        stride,
        to,
        end + evenColumns * targetStride,
        targetStride,
        evenRows,
        columns - evenColumns,
      );
    }
    if (evenRows < rows) {
      transposeTiles(
        from,
        start + evenRows * stride,
        stride,
        to,
        end + evenRows,
        targetStride,
        rows - evenRows,
        columns,
      );
    }
  };
}

function transposeTiles(
  source: Float32Array,
  sourceStart: number,
  sourceStride: number,
  target: Float32Array,
  targetStart: number,
  targetStride: number,
  rows: number,
  columns: number,
): void {
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let column = left; column < right; column++) {
        let from = sourceStart + top * sourceStride + column;
        let to = targetStart + column * targetStride + top;
        for (let row = top; row < bottom; row++) {
          target[to++] = source[from]!;
          from += sourceStride;
        }
      }
    }
  }
}
