/**
 * Time, as an argument.
 *
 * @module
 */

/** A clock and its timers. */
export interface Clock {
  /** Milliseconds since any moment, never going back. */
  readonly now: () => number;
  /** Waits; ends early, without an error, when `signal` aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The longest that timers wait, 25 days; what is longer they take for nothing. */
const MAX_TIMER = 2 ** 31 - 1;

/** The machine's clock. */
export function systemClock(): Clock {
  return {
    now: () => performance.now(),
    sleep: async (ms, signal) => {
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const timer = setTimeout(end, Math.min(ms, MAX_TIMER));
        signal.addEventListener("abort", end, { once: true });
      });
    },
  };
}
