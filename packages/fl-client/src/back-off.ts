/**
 * How long to wait before another try: longer after each, and by chance, so that the clients of a server that comes back
 * don't all come at once ("full jitter").
 *
 * @module
 */

/** How patient a client is. */
export interface BackOffOptions {
  /** The most it waits after the first failure, in milliseconds; twice that after each further one. Default 1,000. */
  readonly baseMs?: number;
  /** The most it waits between two tries, in milliseconds. Default 60,000. */
  readonly maxMs?: number;
  /** Failures in a row after which it gives up. Default: no limit. */
  readonly maxAttempts?: number;
  /** Milliseconds since the first failure of a row, after which it gives up. Default 3,600,000, an hour. */
  readonly maxElapsedMs?: number;
}

/** Failures in a row. */
export interface BackOff {
  /** After a failure: milliseconds to wait before the next try, or why there should be none. */
  readonly next: (now: number) => { readonly delayMs: number } | { readonly gaveUp: string };
  /** Failures since the last success. */
  readonly attempts: () => number;
  /** After a success. */
  readonly reset: () => void;
}

/**
 * @param random - of 0 to 1; no secret depends on it
 * @throws {@link RangeError} for an option that is not a number above 0
 */
export function createBackOff(options: BackOffOptions, random: () => number): BackOff {
  const { baseMs = 1000, maxMs = 60_000 } = options;
  const { maxAttempts = Number.POSITIVE_INFINITY, maxElapsedMs = 3_600_000 } = options;
  for (const [name, value] of Object.entries({ baseMs, maxMs, maxAttempts, maxElapsedMs })) {
    if (!(value > 0)) throw new RangeError(`backOff.${name}: expected more than 0, got ${value}`);
  }
  let attempts = 0;
  let since = 0;
  return {
    next: (now) => {
      if (attempts === 0) since = now;
      attempts += 1;
      if (attempts >= maxAttempts) return { gaveUp: `${attempts} failures in a row` };
      const most = Math.min(maxMs, baseMs * 2 ** (attempts - 1));
      const delayMs = random() * most;
      const left = maxElapsedMs - (now - since);
      if (left <= 0) return { gaveUp: `no success in ${Math.round((now - since) / 1000)} s` };
      // The last try is made when the time is over, not left out.
      return { delayMs: Math.min(delayMs, left) };
    },
    attempts: () => attempts,
    reset: () => {
      attempts = 0;
    },
  };
}
