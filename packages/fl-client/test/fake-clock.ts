/**
 * A clock that goes by what is slept on it.
 *
 * @module
 */
import type { Clock } from "../src/clock.js";

/** Sleeps take no time, and are noted. */
export interface FakeClock extends Clock {
  readonly slept: readonly number[];
}

export function fakeClock(): FakeClock {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => now,
    sleep: async (ms) => {
      // A turn of the event loop, so that all that can go on does.
      await new Promise((resolve) => setImmediate(resolve));
      slept.push(ms);
      now += ms;
    },
  };
}
