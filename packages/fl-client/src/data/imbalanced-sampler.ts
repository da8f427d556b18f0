/**
 * Rare classes drawn as often as frequent ones, as D-SAIL's `get_imbalance_weights` and `ImbalancedDatasetSampler` do.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import { seededRandom } from "../seeded-random.js";

/** How examples are drawn. */
export interface ImbalancedSamplerOptions {
  /** The run's: an integer. */
  readonly seed: number;
  /** Each epoch draws anew: an integer. Default 0. */
  readonly epoch?: number;
  /** How many, 0 or more. Default: as many as there are. */
  readonly count?: number;
  /** Of each example, 0 or more, not all 0. Default: {@link getImbalanceWeights}. */
  readonly weights?: ArrayLike<number>;
  /** Whether training is differentially private: then there is no such sampling. Default false. */
  readonly dp?: boolean;
}

/** Apart from what else a seed is used for. */
const DRAW = 2;

/** Of each example 1 / (how many there are of its class), so that every class has the same weight. */
export function getImbalanceWeights(labels: ArrayLike<number>): Float64Array {
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  return Float64Array.from(labels, (label) => 1 / counts.get(label)!);
}

/**
 * Indices of examples, drawn with replacement by their weights: an epoch in which some come twice and some never.
 *
 * @throws {@link FlError} `BAD_CONFIG` under DP; {@link RangeError} for weights or a count that are none
 */
export function imbalancedDatasetSampler(
  labels: ArrayLike<number>,
  options: ImbalancedSamplerOptions,
): number[] {
  const { seed, epoch = 0, count = labels.length, dp = false } = options;
  if (dp) {
    throw new FlError(
      "BAD_CONFIG",
      "the imbalanced sampler draws with replacement and rare classes more often, but epsilon is computed for Poisson " +
        "sampling, where each example is drawn once at most and all are as likely: give class weights that are known to all, or no DP",
    );
  }
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`count: expected an integer of 0 or more, got ${count}`);
  }
  const sums = cumulative(options.weights ?? getImbalanceWeights(labels), labels.length);
  const total = sums.at(-1) ?? 0;
  if (count > 0 && !(total > 0 && Number.isFinite(total))) {
    throw new RangeError("weights: expected a sum above 0");
  }
  const random = seededRandom(seed, epoch, DRAW);
  return Array.from({ length: count }, () => firstAtLeast(sums, random.uniform() * total));
}

function cumulative(weights: ArrayLike<number>, length: number): Float64Array {
  if (weights.length !== length) {
    throw new RangeError(`weights: expected ${length}, got ${weights.length}`);
  }
  let sum = 0;
  return Float64Array.from(weights, (weight) => {
    if (!(weight >= 0)) throw new RangeError(`weights: expected 0 or more, got ${weight}`);
    sum += weight;
    return sum;
  });
}

/** Of ascending sums the first that reaches the value, which is above 0: never one of weight 0. */
function firstAtLeast(sums: Float64Array, value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
