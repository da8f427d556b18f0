/**
 * UnsortedSegmentSum, the gradient of `gather`, which the wasm backend lacks.
 *
 * @module
 */
import { util } from "@tensorflow/tfjs-core";
import { floats, input, integers, type KernelOverride } from "../wasm-kernel.js";

/** Rows with a segment outside [0, numSegments) are left out, as on tfjs's other backends. */
export const unsortedSegmentSum: KernelOverride = {
  kernelName: "UnsortedSegmentSum",
  create: () => (args) => {
    const { attrs, backend } = args;
    const x = input(args, "x");
    const segmentIds = input(args, "segmentIds");
    const numSegments = attrs.numSegments as number;
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const size = util.sizeFromShape(rowShape);
    const out = backend.makeOutput([numSegments, ...rowShape], x.dtype);
    // int32 has the same width; a bool is not summed.
    const read = x.dtype === "int32" ? integers : floats;
    const from = read(backend, x);
    const to = read(backend, out);
    to.fill(0);
    let position = 0;
    for (const id of integers(backend, segmentIds)) {
      if (id >= 0 && id < numSegments) {
        const start = id * size;
        for (let i = 0; i < size; i++) to[start + i]! += from[position + i]!;
      }
      position += size;
    }
    return out;
  },
};
