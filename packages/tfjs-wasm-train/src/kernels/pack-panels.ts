/**
 * Packs the columns of a matrix in panels of eight, as products read them.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { floats } from "../wasm-kernel.js";
import { rowCopier } from "./copy-rows.js";

/** `[rows, columns]` to `[columns / 8, rows, 8]`, the last panel filled up with zeros. To be released. */
export function packPanels(
  backend: BackendWasm,
  matrix: TensorInfo,
  rows: number,
  columns: number,
): TensorInfo {
  const panels = Math.ceil(columns / 8);
  const out = backend.makeOutput([panels, rows, 8], "float32");
  if (columns % 8 !== 0) floats(backend, out).fill(0, (panels - 1) * rows * 8);
  const copy = rowCopier(backend, matrix, out);
  for (let panel = 0; panel < panels; panel++) {
    const length = Math.min(8, columns - panel * 8);
    copy(panel * 8, columns, panel * rows * 8, 8, rows, length);
  }
  return out;
}
