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
  let timer: NodeJS.Timeout | undefined;
  if (timeoutMs === undefined) return { stop: () => {} };
  let expectedSince = performance.now();
  const look = () => {
    if (!isExpected()) expectedSince = performance.now();
    const left = Math.max(heardAt(), expectedSince) + timeoutMs - performance.now();
    if (left <= 0) onSilence();
    // A turn that begins while nobody looks is noticed a little late: never too early.
    else timer = setTimeout(look, Math.min(Math.ceil(left), MAX_TIMER));
  };
  timer = setTimeout(look, Math.min(timeoutMs, MAX_TIMER));
  return { stop: () => clearTimeout(timer) };
}
