/**
 * Gradient of ReLU and ReLU6 in one pass: tfjs makes a mask, casts it and multiplies.
 *
 * @module
 */
import { simdOf } from "../simd/simd-module.js";
import { address, floats, input, type KernelOverride } from "../wasm-kernel.js";

/** Inputs dy and y, the output of the activation; attribute `ceiling`, where it ends (Infinity for ReLU). */
export const reluGrad: KernelOverride = {
  kernelName: "TrainReluGrad",
  create: () => (args) => {
    const { attrs, backend } = args;
    const y = input(args, "y");
    const dy = input(args, "dy");
    const out = backend.makeOutput(y.shape, "float32");
    const gradient = floats(backend, dy);
    const outputs = floats(backend, y);
    const to = floats(backend, out);
    const ceiling = attrs.ceiling as number;
    const simd = simdOf(backend);
    const even = simd === undefined ? 0 : to.length - (to.length % 4);
    const [from, mask, target] = [dy, y, out].map((tensor) => address(backend, tensor));
    simd?.reluGrad(from!, mask!, target!, even * 4, ceiling);
    for (let i = even; i < to.length; i++) {
      const value = outputs[i]!;
      to[i] = value > 0 && value < ceiling ? gradient[i]! : 0;
    }
    return out;
  },
};
