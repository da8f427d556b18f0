/**
 * The sum of clipped updates: what a client can change of it is bounded by the clipping norm.
 *
 * @module
 */
import { clipFactor } from "@dsail/dp";
import { elementCount, type ModelParameters } from "@dsail/fl-protocol";
import { addScaled } from "../aggregate/add-scaled.js";
import { eachDifference } from "../aggregate/each-difference.js";
import {
  isFloat,
  numbersOfTensor,
  numbersPerElement,
  tensorOfNumbers,
} from "../aggregate/numbers.js";
import type { ReceivedUpdate } from "../aggregate/received-update.js";
import { freshZeros, type Zeros } from "../aggregate/scratch.js";
import { updateNorm } from "../aggregate/update-norm.js";

/** A sum that grows. */
export interface ClippedSum {
  /** Adds (update − model), scaled down to the norm. Returns whether it was within the norm before. */
  readonly add: (update: ReceivedUpdate) => Promise<boolean>;
  /** The sum of each floating-point tensor. To be made private in place. */
  readonly sums: readonly Float64Array[];
  /** The model moved by `sums`. Counters and masks stay as they are: they would tell of the data. */
  readonly moved: () => ModelParameters;
}

/**
 * Creates an empty sum.
 *
 * @param clippingNorm - above 0
 * @throws {@link RangeError} for another norm
 */
export function createClippedSum(
  parameters: ModelParameters,
  clippingNorm: number,
  zeros: Zeros = freshZeros,
): ClippedSum {
  clipFactor(0, clippingNorm); // a wrong bound is refused before anything arrives
  const sumOf = new Map<number, Float64Array>();
  for (const [i, { dtype, shape }] of parameters.entries()) {
    if (!isFloat(dtype)) continue;
    sumOf.set(i, zeros(elementCount(shape) * numbersPerElement(dtype)));
  }
  return {
    add: async (update) => {
      const norm = await updateNorm(update, parameters);
      const factor = clipFactor(norm, clippingNorm);
      // A factor of 0 is an update left out.
      if (factor > 0) {
        await eachDifference(update, parameters, (difference, tensorIndex, start) => {
          addScaled(sumOf.get(tensorIndex)!.subarray(start), difference, factor);
        });
      }
      return norm <= clippingNorm;
    },
    sums: [...sumOf.values()],
    moved: () =>
      parameters.map((tensor, i) => {
        const sum = sumOf.get(i);
        if (sum === undefined) return tensor;
        const old = numbersOfTensor(tensor);
        return tensorOfNumbers(
          tensor,
          sum.map((step, k) => old[k]! + step),
        );
      }),
  };
}
