/**
 * Slices copied from the heap to the heap. The stock kernel copies the whole input out of the heap for each.
 *
 * @module
 */
import { slice_util, type Tensor, util } from "@tensorflow/tfjs-core";
import { heap, input, type KernelOverride } from "../wasm-kernel.js";

export const slice: KernelOverride = {
  kernelName: "Slice",
  create: (stock) => (args) => {
    const { attrs, backend } = args;
    const x = input(args, "x");
    if (x.dtype === "string" && stock !== undefined) return stock(args);
    // Both read the shape only, and are typed for more than they need.
    const parsed = slice_util.parseSliceParams(x as Tensor, attrs.begin, attrs.size);
    const [begin, size] = parsed as [number[], number[]];
    slice_util.assertParamsValid(x as Tensor, begin, size);
    const out = backend.makeOutput(size, x.dtype);
    if (util.sizeFromShape(size) === 0) return out;

    const width = util.bytesPerElement(x.dtype);
    let runAxis = x.shape.length;
    let run = width;
    // Axes taken whole lie together in memory, also with the axis before them: one run, copied at once.
    do {
      runAxis--;
      run *= size[runAxis] ?? 1;
    } while (runAxis > 0 && size[runAxis] === x.shape[runAxis]);

    const bytes = heap(backend);
    let target = backend.dataIdMap.get(out.dataId).memoryOffset;
    const strides = x.shape.map((_, axis) => width * util.sizeFromShape(x.shape.slice(axis + 1)));
    const copyFrom = (axis: number, start: number): void => {
      const first = start + (begin[axis] ?? 0) * (strides[axis] ?? 0);
      if (axis >= runAxis) {
        bytes.copyWithin(target, first, first + run);
        target += run;
        return;
      }
      for (let i = 0; i < size[axis]!; i++) copyFrom(axis + 1, first + i * strides[axis]!);
    };
    copyFrom(0, backend.dataIdMap.get(x.dataId).memoryOffset);
    return out;
  },
};
