/**
 * The Euclidean norm, summed so that it is never noticeably too small: a norm that is lets more through than the bound.
 *
 * @module
 */

/** Values of a tensor, in any order that is kept. */
export type FloatArray = Float32Array | Float64Array;

/** Terms added one after another; beyond, sums are added with compensation. */
const RUN = 1024;

/**
 * The Euclidean norm of all tensors taken as one vector.
 *
 * In float64 in four lanes of short runs, the runs added after Neumaier (1974): the relative error is below 1e-13 for
 * any length. float32 sums of 1.6 million squares were seen 6e-4 too small.
 *
 * @returns `NaN` or `Infinity` if a value is, and `Infinity` if the norm itself is above the largest float64
 */
export function l2Norm(tensors: readonly FloatArray[]): number {
  const sum = sumOfSquares(tensors, 1);
  // Between these bounds no square of weight was lost, none overflowed.
  if (sum > 1e-280 && sum < Infinity) return Math.sqrt(sum);
  if (Number.isNaN(sum)) return Number.NaN;
  // A square under- or overflowed, which float64 values alone can do.
  const largest = largestMagnitude(tensors);
  if (largest === 0 || largest === Infinity) return largest;
  // A power of two: scaling loses nothing. The limits keep it a normal number.
  const scale = 2 ** -Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))));
  return Math.sqrt(sumOfSquares(tensors, scale)) / scale;
}

function sumOfSquares(tensors: readonly FloatArray[], scale: number): number {
  let sum = 0;
  let lost = 0;
  for (const tensor of tensors) {
    for (let start = 0; start < tensor.length; start += RUN) {
      const term = sumOfRun(tensor, start, Math.min(start + RUN, tensor.length), scale);
      const next = sum + term;
      lost += sum >= term ? sum - next + term : term - next + sum;
      sum = next;
    }
  }
  // Infinity - Infinity makes `lost` NaN where the sum overflowed.
  return sum === Infinity ? sum : sum + lost;
}

function sumOfRun(values: FloatArray, start: number, end: number, scale: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = start;
  for (; i + 3 < end; i += 4) {
    const p = values[i]! * scale;
    const q = values[i + 1]! * scale;
    const r = values[i + 2]! * scale;
    const s = values[i + 3]! * scale;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (; i < end; i++) {
    const p = values[i]! * scale;
    a += p * p;
  }
  return a + b + (c + d);
}

function largestMagnitude(tensors: readonly FloatArray[]): number {
  let largest = 0;
  for (const tensor of tensors) {
    for (let i = 0; i < tensor.length; i++) largest = Math.max(largest, Math.abs(tensor[i]!));
  }
  return largest;
}
