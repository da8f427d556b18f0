/**
 * Giving up on a client that shows no sign of life.
 *
 * @module
 */

/** Watches one request. */
export interface SilenceWatch {
  readonly stop: () => void;
}

/** The longest that Node's timers wait, 25 days; what is longer they take for nothing. */
const MAX_TIMER = 2 ** 31 - 1;

/** A timer that is later than this tells that the process was busy. */
const BUSY_MS = 250;

/** How long it may then take to read what has arrived. */
const CATCH_UP_MS = 1000;

/**
 * Calls back once, when nothing was heard for `timeoutMs` while something was expected.
 *
 * @param heardAt - when something was heard last, by `performance.now()`
 * @param isExpected - whether it is the client's turn
 */
export function watchSilence(
  timeoutMs: number | undefined,
  heardAt: () => number,
  isExpected: () => boolean,
  onSilence: () => void,
): SilenceWatch {
  if (timeoutMs === undefined) return { stop: () => {} };
  let timer: NodeJS.Timeout;
  let expectedSince = performance.now();
  let dueAt = 0;
  const lookIn = (ms: number) => {
    const wait = Math.min(Math.ceil(ms), MAX_TIMER);
    dueAt = performance.now() + wait;
    timer = setTimeout(look, wait);
  };
  const look = () => {
    const now = performance.now();
    // A turn that begins while nobody looks is noticed a little late: never too early.
    if (!isExpected()) expectedSince = now;
    const left = Math.max(heardAt(), expectedSince) + timeoutMs - now;
    if (left > 0) lookIn(left);
    // Timers come first after a time in which this process was busy: what arrived meanwhile is not read yet.
    else if (now - dueAt > BUSY_MS) lookIn(CATCH_UP_MS);
    else onSilence();
  };
  lookIn(timeoutMs);
  return { stop: () => clearTimeout(timer) };
}
