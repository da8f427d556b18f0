/**
 * Arrays in the order of PyTorch, and in the order TensorFlow.js computes with.
 *
 * @module
 */
import type { StateEntry } from "../layers/module.js";

type Layout = Pick<StateEntry, "layout" | "shape">;

/** The shape inside. */
export function innerShape({ layout, shape }: Layout): number[] {
  if (layout === "as-is") return [...shape];
  const [out = 1, into = 1, height = 1, width = 1] = shape;
  if (layout === "linear") return [into, out];
  return layout === "depthwise" ? [height, width, out, into] : [height, width, into, out];
}

/** Values as they lie inside, of those in PyTorch's order; the same array where both are alike. */
export function toInner(values: Float32Array, { layout, shape }: Layout): Float32Array {
  if (layout === "as-is") return values;
  const [out, into, pixels] = axes(shape);
  return reversed(values, [out, into, pixels]);
}

/** Values in PyTorch's order, of those inside; the same array where both are alike. */
export function toOuter(values: Float32Array, { layout, shape }: Layout): Float32Array {
  if (layout === "as-is") return values;
  const [out, into, pixels] = axes(shape);
  return reversed(values, [pixels, into, out]);
}

/** Every layout that differs is (out, in, pixels) there and (pixels, in, out) here; a depthwise filter has one channel in. */
function axes([out = 1, into = 1, ...pixels]: readonly number[]): [number, number, number] {
  return [out, into, pixels.reduce((product, size) => product * size, 1)];
}

/** An array of (a, b, c) as (c, b, a). */
function reversed(values: Float32Array, [a, b, c]: [number, number, number]): Float32Array {
  const result = new Float32Array(values.length);
  let from = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0, to = j * a + i; k < c; k++, to += a * b) result[to] = values[from++]!;
    }
  }
  return result;
}
