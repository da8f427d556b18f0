/**
 * A source that has to make progress.
 *
 * @module
 */
import { FlError, type FlErrorOptions, type ParameterSource } from "@dsail/fl-protocol";

/** What is watched. */
export interface WatchOptions extends FlErrorOptions {
  readonly signal: AbortSignal;
  /** Milliseconds that may pass without a piece. Default: no limit. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The same source, whose pieces throw when none comes in time, or the signal is aborted.
 *
 * @throws {@link FlError} from its pieces `TIMEOUT`, `ABORTED`, and what the source throws
 */
export function watchedSource(source: ParameterSource, options: WatchOptions): ParameterSource {
  return {
    specs: source.specs,
    chunks: async function* () {
      const watch = createWatch(options);
      const iterator = source.chunks()[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { done, value } = await watch.inTime(iterator.next());
          if (done === true) return;
          yield value;
        }
      } finally {
        watch.end();
        // Not waited for: it comes after the piece that did not come.
        iterator.return?.().catch(() => undefined);
      }
    },
  };
}

/** One timer and one listener for all pieces of a source. */
function createWatch({ signal, timeoutMs, ...where }: WatchOptions) {
  let give: (error: FlError) => void = () => {};
  const given = new Promise<never>((_, reject) => {
    give = reject;
  });
  given.catch(() => undefined);
  const onAbort = () => give(new FlError("ABORTED", "the transfer was given up", where));
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  let isWaiting = false;
  const onTime = () => {
    // What the server itself takes for a piece does not count.
    if (isWaiting) give(new FlError("TIMEOUT", `nothing arrived for ${timeoutMs} ms`, where));
  };
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(onTime, Math.min(timeoutMs, 2 ** 31 - 1));
  return {
    inTime: async <T>(next: Promise<T>): Promise<T> => {
      // If it is not waited for any longer, nobody hears how it ends.
      next.catch(() => undefined);
      isWaiting = true;
      timer?.refresh();
      try {
        return await Promise.race([next, given]);
      } finally {
        isWaiting = false;
      }
    },
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}

/** Gives up a source that is not read. */
export async function giveUp(source: ParameterSource): Promise<void> {
  try {
    for await (const _ of source.chunks()) break;
  } catch {
    // It is of no interest any more.
  }
}
