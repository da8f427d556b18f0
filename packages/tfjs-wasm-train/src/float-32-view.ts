/**
 * The elements of a tensor where they lie, for code that need not copy them.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { backend, getBackend, type Tensor } from "@tensorflow/tfjs-core";
import { floats } from "./wasm-kernel.js";

/** The active backend, if it is the wasm one. */
export function wasmBackend(): BackendWasm | undefined {
  return getBackend() === "wasm" ? (backend() as unknown as BackendWasm) : undefined;
}

/**
 * The elements of a float32 tensor on the heap of the wasm backend, not copied; undefined on other backends and for other
 * dtypes.
 *
 * Clones and reshaped tensors have the same elements: what is written is in all of them.
 *
 * Valid until the next tensor is made (growing the heap detaches views) or this one is disposed of. After writing, call
 * {@link tensorChanged}.
 */
export function float32View(tensor: Tensor): Float32Array | undefined {
  const wasm = wasmBackend();
  if (wasm === undefined || tensor.dtype !== "float32") return undefined;
  // Data of a tensor made on another backend is moved when an op uses it, not before.
  if (!wasm.dataIdMap.has(tensor.dataId)) return undefined;
  return floats(wasm, tensor);
}

/**
 * Whether other tensors, such as clones, have the elements of this one: then they must not be written to. Of a variable, so
 * has the tensor that it was made of, until that is disposed of.
 */
export function isShared(tensor: Tensor): boolean {
  const wasm = wasmBackend();
  return wasm?.dataIdMap.has(tensor.dataId) === true && wasm.refCount(tensor.dataId) > 1;
}

/**
 * To be called after elements of a tensor were written by {@link float32View}. The backend keeps filters and matrices that
 * it has used in a packed form, which is made anew then.
 */
export function tensorChanged(tensor: Tensor): void {
  const wasm = wasmBackend();
  if (wasm === undefined || !wasm.dataIdMap.has(tensor.dataId)) return;
  const { id, memoryOffset } = wasm.dataIdMap.get(tensor.dataId);
  // Disposal in C++ drops what was derived from the tensor; the memory itself is the JavaScript side's, and stays.
  wasm.wasm.tfjs.disposeData(id);
  wasm.wasm.tfjs.registerTensor(id, tensor.size, memoryOffset);
}
