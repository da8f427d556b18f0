/**
 * Coordinate by coordinate over all updates: what each client has for one element of the model, sorted.
 *
 * Reads a segment of all updates at once (256 KiB a client), wherever they are kept.
 *
 * @module
 */
import { elementCount, type ModelParameters } from "@dsail/fl-protocol";
import { eachSegment } from "./each-segment.js";
import { numbersOfPiece, numbersPerElement, tensorOfNumbers } from "./numbers.js";
import type { ReceivedUpdate } from "./received-update.js";

/** Up to so many, sorting by insertion is faster than a call of `sort`. */
const MOST_INSERTED = 40;

/**
 * A model of what `choose` makes of each column.
 *
 * @param updates - one at least, of one layout
 * @param choose - from the sorted values of all updates to one; the array is used again
 */
export async function combineColumns(
  updates: readonly ReceivedUpdate[],
  choose: (sorted: Float64Array) => number,
): Promise<ModelParameters> {
  const { specs, segments } = updates[0]!.layout;
  const combined = specs.map(
    ({ dtype, shape }) => new Float64Array(elementCount(shape) * numbersPerElement(dtype)),
  );
  const column = new Float64Array(updates.length);
  await eachSegment(updates, (index, bytes) => {
    for (const piece of segments[index]!) {
      const { dtype } = specs[piece.tensorIndex]!;
      const values = bytes.map((segment) => numbersOfPiece(dtype, segment, piece));
      const target = combined[piece.tensorIndex]!;
      const start = piece.start * numbersPerElement(dtype);
      for (let i = 0; i < values[0]!.length; i++) {
        for (let k = 0; k < values.length; k++) column[k] = values[k]![i]!;
        sort(column);
        target[start + i] = choose(column);
      }
    }
  });
  return specs.map((spec, i) => tensorOfNumbers(spec, combined[i]!));
}

function sort(values: Float64Array): void {
  if (values.length > MOST_INSERTED) {
    values.sort();
    return;
  }
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    let k = i - 1;
    for (; k >= 0 && values[k]! > value; k--) values[k + 1] = values[k]!;
    values[k + 1] = value;
  }
}

/** The middle of sorted values; of an even number the mean of both. */
export function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The mean of `sorted[from]` to before `sorted[to]`. */
export function meanWithin(sorted: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += sorted[i]!;
  return sum / (to - from);
}
