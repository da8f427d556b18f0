/**
 * What an update changes.
 *
 * @module
 */
import type { ModelParameters } from "@dsail/fl-protocol";
import { subtract } from "./add-scaled.js";
import { eachSegment } from "./each-segment.js";
import { isFloat, numbersOfPiece, numbersPerElement, numbersWithin } from "./numbers.js";
import type { ReceivedUpdate } from "./received-update.js";

/**
 * Calls `work` with each piece of (update − model) of the floating-point tensors, in float64.
 *
 * @param work - gets the differences, in memory that is used again; of which tensor they are; and at which of its numbers
 *   they begin
 */
export async function eachDifference(
  update: ReceivedUpdate,
  parameters: ModelParameters,
  work: (difference: Float64Array, tensorIndex: number, start: number) => void,
): Promise<void> {
  const { specs, segments, segmentBytes } = update.layout;
  // float16 has the most numbers for its bytes.
  const scratch = new Float64Array(segmentBytes / 2);
  await eachSegment([update], (index, [segment]) => {
    for (const piece of segments[index]!) {
      const { tensorIndex, start } = piece;
      const { dtype } = specs[tensorIndex]!;
      if (!isFloat(dtype)) continue;
      const values = numbersOfPiece(dtype, segment!, piece);
      const difference = scratch.subarray(0, values.length);
      subtract(difference, values, numbersWithin(parameters[tensorIndex]!, piece));
      work(difference, tensorIndex, start * numbersPerElement(dtype));
    }
  });
}
