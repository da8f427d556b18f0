/**
 * A network that breaks when it is told to.
 *
 * @module
 */
import { type ClientTransport, FlError, isFlError } from "@dsail/fl-protocol";

/** A client's transport with a cable that can be pulled. */
export interface BreakableTransport extends ClientTransport {
  /** Ends the session, as a server that dies does. */
  readonly pull: () => void;
}

export function breakable(inner: ClientTransport): BreakableTransport {
  let cable = new AbortController();
  return {
    name: inner.name,
    address: inner.address,
    pull: () => cable.abort(),
    run: async (handle, { signal, ...options } = {}) => {
      cable = new AbortController();
      const { signal: cut } = cable;
      try {
        const either = signal === undefined ? cut : AbortSignal.any([signal, cut]);
        return await inner.run(handle, { ...options, signal: either });
      } catch (error) {
        if (isFlError(error) && error.code === "ABORTED" && signal?.aborted !== true) {
          throw new FlError("DISCONNECTED", "the cable was pulled");
        }
        throw error;
      }
    },
  };
}

/** A transport whose sessions end as listed, one after the other; the last one again and again. */
export function scripted(
  ends: readonly (FlError | Error | { readonly reconnectAfterSeconds: number | undefined })[],
): ClientTransport & { readonly runs: () => number } {
  let runs = 0;
  return {
    name: "scripted",
    address: "scripted",
    runs: () => runs,
    run: async (_handle, { onConnected } = {}) => {
      const end = ends[Math.min(runs, ends.length - 1)]!;
      runs += 1;
      if (end instanceof Error) throw end;
      onConnected?.();
      return end;
    },
  };
}
