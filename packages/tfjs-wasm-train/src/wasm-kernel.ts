/**
 * What a kernel of the wasm backend is, and how it reaches the arrays on the backend's heap.
 *
 * @module
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { getKernel, type TensorInfo, util } from "@tensorflow/tfjs-core";

/** What tfjs passes to a kernel. */
export interface KernelArguments {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has attributes of its own, which tfjs-core leaves untyped.
  readonly attrs: any;
  readonly backend: BackendWasm;
}

/** Computes outputs from inputs. The caller owns the outputs, with one reference each. */
export type WasmKernel = (args: KernelArguments) => TensorInfo | TensorInfo[];

/** A kernel to be registered, made with the one that it replaces, to which it hands what it does not cover. */
export interface KernelOverride {
  readonly kernelName: string;
  readonly create: (stock: WasmKernel | undefined) => WasmKernel;
}

/** An input, which tfjs-core has checked to be there. */
export function input({ inputs }: KernelArguments, name: string): TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new TypeError(`${name}: expected a tensor, got none`);
  return tensor;
}

/** The whole heap, until it grows. Emscripten's types do not come with tfjs, its heap does. */
export function heap({ wasm }: BackendWasm): Uint8Array {
  return (wasm as unknown as { readonly HEAPU8: Uint8Array }).HEAPU8;
}

/**
 * The elements of a float32 tensor on the heap, not copied.
 *
 * Valid until the next allocation: growing the heap detaches all views. Take views after the last output is made.
 */
export function floats(backend: BackendWasm, { dataId, shape }: TensorInfo): Float32Array {
  const { memoryOffset } = backend.dataIdMap.get(dataId);
  return new Float32Array(heap(backend).buffer, memoryOffset, util.sizeFromShape(shape));
}

/** Where the elements of a tensor begin on the heap, in bytes. */
export function address(backend: BackendWasm, { dataId }: TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

/** The elements of an int32 tensor on the heap; as {@link floats}. */
export function integers(backend: BackendWasm, { dataId, shape }: TensorInfo): Int32Array {
  const { memoryOffset } = backend.dataIdMap.get(dataId);
  return new Int32Array(heap(backend).buffer, memoryOffset, util.sizeFromShape(shape));
}

/** Room on the heap for float64 numbers, to be released. */
export function allocateDoubles(backend: BackendWasm, count: number): TensorInfo {
  return backend.makeOutput([2 * count], "float32");
}

/** What {@link allocateDoubles} made room for; valid as {@link floats}. */
export function doubles(backend: BackendWasm, room: TensorInfo): Float64Array {
  // malloc aligns to 8 bytes at least.
  return new Float64Array(heap(backend).buffer, address(backend, room), room.shape[0]! / 2);
}

/** Runs another kernel of the wasm backend that has one output. Dispose of it by {@link release}. */
export function callKernel(
  kernelName: string,
  args: { inputs: Record<string, TensorInfo>; attrs: object; backend: BackendWasm },
): TensorInfo {
  const kernel = getKernel(kernelName, "wasm");
  if (kernel === undefined) throw new Error(`the wasm backend has no kernel ${kernelName}`);
  return (kernel.kernelFunc as unknown as WasmKernel)(args) as TensorInfo;
}

/** Gives up an output of {@link callKernel} or of `makeOutput` that is not handed to the caller. */
export function release(backend: BackendWasm, ...tensors: readonly TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/** The same elements under another shape. The two share one reference. */
export function withShape({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo {
  return { dataId, dtype, shape };
}
