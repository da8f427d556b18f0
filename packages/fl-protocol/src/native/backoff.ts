/**
 * How long to wait before the next try.
 *
 * @module
 */

const [FIRST_MS, LONGEST_MS] = [100, 5000];

/**
 * Milliseconds before the next try: any up to a bound that doubles with every try, so that clients that lost the same server
 * do not come back all at once ("full jitter").
 *
 * @param tries - that failed so far, from 1
 * @param random - gives a number in [0, 1)
 */
export function backoffMs(tries: number, random: () => number): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1));
}

/** Waits, unless it is told to stop. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve();
    };
    const timer = setTimeout(stop, ms);
    signal.addEventListener("abort", stop);
  });
}
