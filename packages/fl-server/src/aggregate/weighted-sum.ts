/**
 * A weighted mean of updates, folded in one after the other: memory for one model, however many clients there are.
 *
 * Sums are float64 in the order of the calls, so equal calls give equal bits. Integers of 64 bits are summed exactly.
 *
 * @module
 */
import {
  elementCount,
  FlError,
  type ModelParameters,
  type NamedTensor,
  type TensorSpec,
} from "@dsail/fl-protocol";
import { addScaled, divided32 } from "./add-scaled.js";
import { eachSegment } from "./each-segment.js";
import type { Layout, Piece } from "./layout.js";
import { type Numbers, numbersOfPiece, numbersPerElement, tensorOfNumbers } from "./numbers.js";
import type { ReceivedUpdate } from "./received-update.js";
import { freshZeros, type Zeros } from "./scratch.js";

/** A sum that grows. */
export interface WeightedSum {
  /**
   * Adds `weight` · update.
   *
   * @param weight - an integer of 0 or more: a number of examples
   */
  readonly add: (update: ReceivedUpdate, weight: number) => Promise<void>;
  readonly totalWeight: () => number;
  /**
   * Sum over total weight, each tensor of its dtype: integers are rounded, bools by the majority.
   *
   * @throws {@link FlError} `TOO_FEW_RESULTS` if the weights are 0 together
   */
  readonly mean: () => ModelParameters;
}

/** The sum of one tensor: exact for integers of 64 bits, otherwise float64. */
type TensorSum = Float64Array | bigint[];

const isWide = ({ dtype }: TensorSpec) => dtype === "int64" || dtype === "uint64";

/**
 * Creates an empty sum.
 *
 * @param zeros - where its memory comes from: `replies.zeros` of a round. Default: memory of its own
 */
export function createWeightedSum(layout: Layout, zeros: Zeros = freshZeros): WeightedSum {
  const { specs, segments } = layout;
  let totalWeight = 0;
  const sums = specs.map((spec): TensorSum => {
    const count = elementCount(spec.shape);
    if (isWide(spec)) return Array.from({ length: count }, () => 0n);
    return zeros(count * numbersPerElement(spec.dtype));
  });

  const addPiece = (piece: Piece, segment: Uint8Array, weight: number) => {
    const sum = sums[piece.tensorIndex]!;
    const { dtype } = specs[piece.tensorIndex]!;
    if (Array.isArray(sum)) {
      const factor = BigInt(weight);
      const integers = wideIntegers(dtype, segment, piece);
      for (let i = 0; i < integers.length; i++) sum[piece.start + i]! += factor * integers[i]!;
      return;
    }
    const start = piece.start * numbersPerElement(dtype);
    addScaled(sum.subarray(start), numbersOfPiece(dtype, segment, piece), weight);
  };

  return {
    add: async (update, weight) => {
      totalWeight += weight;
      await eachSegment([update], (index, [bytes]) => {
        for (const piece of segments[index]!) addPiece(piece, bytes!, weight);
      });
    },
    totalWeight: () => totalWeight,
    mean: () => {
      if (totalWeight === 0) throw new FlError("TOO_FEW_RESULTS", "no client had an example");
      return specs.map((spec, i) => {
        const sum = sums[i]!;
        return Array.isArray(sum)
          ? wideMean(spec, sum, BigInt(totalWeight))
          : tensorOfNumbers(spec, quotients(sum, totalWeight, spec));
      });
    },
  };
}

function quotients(sum: Float64Array, divisor: number, { dtype }: TensorSpec): Numbers {
  // Rounded once, to what it becomes.
  return dtype === "float32" ? divided32(sum, divisor) : sum.map((value) => value / divisor);
}

function wideIntegers(
  dtype: string,
  { buffer, byteOffset }: Uint8Array,
  { position, count }: Piece,
): BigInt64Array | BigUint64Array {
  return dtype === "int64"
    ? new BigInt64Array(buffer, byteOffset + position, count)
    : new BigUint64Array(buffer, byteOffset + position, count);
}

/** Rounded to the nearest; of two as near, the even one. */
function wideMean(spec: TensorSpec, sum: readonly bigint[], total: bigint): NamedTensor {
  const means = sum.map((value) => {
    const quotient = value / total;
    const rest = value % total;
    const twice = 2n * (rest < 0n ? -rest : rest);
    if (twice < total || (twice === total && quotient % 2n === 0n)) return quotient;
    return quotient + (value < 0n ? -1n : 1n);
  });
  const { name, shape } = spec;
  return spec.dtype === "int64"
    ? { name, shape, dtype: "int64", data: BigInt64Array.from(means) }
    : { name, shape, dtype: "uint64", data: BigUint64Array.from(means) };
}
