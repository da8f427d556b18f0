/**
 * Copies rows from one stride to another: the building block of swapping outer axes.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { simdOf } from "../simd/simd-module.js";
import { address, floats } from "../wasm-kernel.js";

/** Copies `rows` rows of `length` elements. Starts and strides in elements. */
type RowCopier = (
  sourceStart: number,
  sourceStride: number,
  targetStart: number,
  targetStride: number,
  rows: number,
  length: number,
) => void;

/** From `source` to `target`; valid until the next allocation. */
export function rowCopier(backend: BackendWasm, source: TensorInfo, target: TensorInfo): RowCopier {
  const simd = simdOf(backend);
  const [from, to] = [floats(backend, source), floats(backend, target)];
  const [fromBytes, toBytes] = [address(backend, source), address(backend, target)];
  return (start, stride, end, targetStride, rows, length) => {
    if (simd !== undefined && length >= 4) {
      const [first, last] = [fromBytes + start * 4, toBytes + end * 4];
      const even = length - (length % 4);
      simd.copyRows(first, stride * 4, last, targetStride * 4, rows, even * 4);
      if (even === length) return;
      // The last four of each row, of which some are written twice.
      const rest = (length - 4) * 4;
      simd.copyRows(first + rest, stride * 4, last + rest, targetStride * 4, rows, 16);
      return;
    }
    for (let row = 0; row < rows; row++) {
      let source = start + row * stride;
      let target = end + row * targetStride;
      for (let i = 0; i < length; i++) to[target++] = from[source++]!;
    }
  };
}
