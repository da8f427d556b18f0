/**
 * Unpack (`unstack`) and SplitV (`split`), by slices from heap to heap: the stock kernels slice as the stock Slice does.
 *
 * @module
 */
import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { callKernel, input, type KernelArguments, type KernelOverride } from "../wasm-kernel.js";

export const unpack: KernelOverride = {
  kernelName: "Unpack",
  create: () => (args) => {
    const x = input(args, "value");
    const axis = (args.attrs.axis as number) + (args.attrs.axis < 0 ? x.shape.length : 0);
    const sizes = new Array<number>(x.shape[axis]!).fill(1);
    const shape = x.shape.filter((_, i) => i !== axis);
    return parts(args, x, axis, sizes).map(({ dataId, dtype }) => ({ dataId, dtype, shape }));
  },
};

export const splitV: KernelOverride = {
  kernelName: "SplitV",
  create: () => (args) => {
    const x = input(args, "x");
    const axis = (args.attrs.axis as number) + (args.attrs.axis < 0 ? x.shape.length : 0);
    const sizes = backend_util.prepareSplitSize(
      x as Parameters<typeof backend_util.prepareSplitSize>[0],
      args.attrs.numOrSizeSplits,
      axis,
    );
    return parts(args, x, axis, sizes);
  },
};

function parts(
  { backend }: KernelArguments,
  x: TensorInfo,
  axis: number,
  sizes: readonly number[],
): TensorInfo[] {
  const begin = x.shape.map(() => 0);
  return sizes.map((length) => {
    const size = x.shape.with(axis, length);
    const out = callKernel("Slice", { inputs: { x }, attrs: { begin: [...begin], size }, backend });
    begin[axis]! += length;
    return out;
  });
}
