/**
 * Which epoch was the best, and when there is no use in going on.
 *
 * @module
 */

/** When to stop. */
export interface EarlyStoppingOptions {
  /** What is watched, of the metrics of the validation set. Default `loss`. */
  readonly monitor?: string;
  /** Whether less is better or more. Default: `min` for losses, errors and the Brier score, `max` for any other. */
  readonly mode?: "min" | "max";
  /** Epochs in a row without a better value after which it stops, 1 or more. Default 3. */
  readonly patience?: number;
  /** What counts as better, 0 or more. Default 0: anything. */
  readonly minDelta?: number;
}

/** What an epoch was. */
interface EpochVerdict {
  readonly isBest: boolean;
  readonly shouldStop: boolean;
}

/** Follows the epochs of one fit. */
export interface EarlyStopping {
  readonly monitor: string;
  /**
   * @param value - of the epoch that has ended; undefined or not a number does not count
   */
  readonly epochEnded: (value: number | undefined) => EpochVerdict;
}

/** @throws {@link RangeError} for options out of their range */
export function createEarlyStopping({
  monitor = "loss",
  mode = /loss|error|brier/.test(monitor) ? "min" : "max",
  patience = 3,
  minDelta = 0,
}: EarlyStoppingOptions = {}): EarlyStopping {
  if (!(Number.isInteger(patience) && patience >= 1)) {
    throw new RangeError(`patience: expected an integer of 1 or more, got ${patience}`);
  }
  if (!(minDelta >= 0)) throw new RangeError(`minDelta: expected 0 or more, got ${minDelta}`);
  const sign = mode === "min" ? -1 : 1;
  let best = Number.NEGATIVE_INFINITY;
  let epochsSince = 0;
  return {
    monitor,
    epochEnded: (value) => {
      // An epoch of which nothing is known is no reason to stop.
      if (value === undefined || Number.isNaN(value)) return { isBest: false, shouldStop: false };
      const isBest = sign * value > best + (best === -Infinity ? 0 : minDelta);
      if (isBest) {
        best = sign * value;
        epochsSince = 0;
      } else {
        epochsSince += 1;
      }
      return { isBest, shouldStop: epochsSince >= patience };
    },
  };
}
