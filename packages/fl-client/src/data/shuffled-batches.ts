/**
 * Which examples come together in a step, without privacy: an epoch in another order, cut into pieces.
 *
 * @module
 */
import { seededRandom, shuffledIndices } from "../seeded-random.js";

/** How an epoch is shuffled and cut. */
export interface ShuffledBatchesOptions extends CutOptions {
  /** The run's: an integer. */
  readonly seed: number;
  /** Each epoch has its own order: an integer. */
  readonly epoch: number;
}

/** What becomes of the rest. */
export interface CutOptions {
  /** Whether a last batch that is not full is left out. Default false. D-SAIL leaves it out in training. */
  readonly dropLast?: boolean;
}

/** Apart from what else a seed is used for. */
const SHUFFLE = 1;

/**
 * Every example once, each order as likely as another. **Not under DP**, whose accountants take Poisson sampling.
 *
 * @param batchSize - 1 or more
 * @throws {@link RangeError} for a count, size or seed that is none
 */
export function shuffledBatches(
  count: number,
  batchSize: number,
  { seed, epoch, ...cut }: ShuffledBatchesOptions,
): readonly (readonly number[])[] {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`count: expected an integer of 0 or more, got ${count}`);
  }
  return batchesOf(shuffledIndices(count, seededRandom(seed, epoch, SHUFFLE)), batchSize, cut);
}

/**
 * Indices in their order, cut into batches.
 *
 * @param batchSize - 1 or more
 * @throws {@link RangeError} for a size that is none
 */
export function batchesOf(
  indices: readonly number[],
  batchSize: number,
  { dropLast = false }: CutOptions = {},
): readonly (readonly number[])[] {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batchSize: expected an integer of 1 or more, got ${batchSize}`);
  }
  const full = Math.floor(indices.length / batchSize);
  const batchCount = dropLast ? full : Math.ceil(indices.length / batchSize);
  return Array.from({ length: batchCount }, (_, i) =>
    indices.slice(i * batchSize, (i + 1) * batchSize),
  );
}
