/**
 * How far updates are from each other.
 *
 * @module
 */
import { eachSegment } from "./each-segment.js";
import { isFloat, type Numbers, numbersOfPiece } from "./numbers.js";
import type { ReceivedUpdate } from "./received-update.js";

/**
 * The squared Euclidean distance of each pair, over all floating-point tensors, in float64. Counters and masks are left out:
 * one step more of a counter would outweigh all else.
 *
 * @returns a matrix, symmetric, with zeros in its diagonal
 */
export async function squaredDistances(
  updates: readonly ReceivedUpdate[],
): Promise<readonly Float64Array[]> {
  const matrix = updates.map(() => new Float64Array(updates.length));
  await eachSegment(updates, (index, bytes) => {
    const { segments, specs } = updates[0]!.layout;
    for (const piece of segments[index]!) {
      const { dtype } = specs[piece.tensorIndex]!;
      if (!isFloat(dtype)) continue;
      const values = bytes.map((segment) => numbersOfPiece(dtype, segment, piece));
      for (let i = 0; i < values.length; i++) {
        for (let k = 0; k < i; k++) {
          matrix[i]![k]! += squaredDistance(values[i]!, values[k]!);
        }
      }
    }
  });
  for (const [i, row] of matrix.entries()) {
    for (let k = 0; k < i; k++) matrix[k]![i] = row[k]!;
  }
  return matrix;
}

function squaredDistance(a: Numbers, b: Numbers): number {
  return a instanceof Float32Array
    ? squaredDistance32(a, b as Float32Array)
    : squaredDistance64(a, b as Float64Array);
}

/** In four lanes, which the processor adds side by side. */
function squaredDistance32(a: Float32Array, b: Float32Array): number {
  const whole = a.length - (a.length % 4);
  let [p, q, r, s] = [0, 0, 0, 0];
  let i = 0;
  for (; i < whole; i += 4) {
    const u = a[i]! - b[i]!;
    const v = a[i + 1]! - b[i + 1]!;
    const w = a[i + 2]! - b[i + 2]!;
    const x = a[i + 3]! - b[i + 3]!;
    p += u * u;
    q += v * v;
    r += w * w;
    s += x * x;
  }
  for (; i < a.length; i++) {
    const u = a[i]! - b[i]!;
    p += u * u;
  }
  return p + q + (r + s);
}

function squaredDistance64(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}
