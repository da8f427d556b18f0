/**
 * Starting what listens to the process, without its listeners.
 *
 * @module
 */

/** Events whose listeners change what becomes of a program's own errors. */
const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

type Listener = (...args: unknown[]) => void;

/** What is used of Node's `process`; a browser has none. */
interface ListenedTo {
  readonly listeners: (event: string) => readonly Listener[];
  readonly removeListener: (event: string, listener: Listener) => unknown;
}

/**
 * Runs a start, and takes off the listeners that it put on the process. The module of the wasm backend throws each error of the
 * program again, whereupon Node prints the line it was thrown from: all 60 kB of the module, before the error.
 */
export async function withoutListeners<T>(start: () => Promise<T>): Promise<T> {
  const { process: node } = globalThis as { readonly process?: Partial<ListenedTo> };
  if (node?.listeners === undefined || node.removeListener === undefined) return start();
  const { listeners, removeListener } = node;
  const before = EVENTS.map((event) => new Set(listeners.call(node, event)));
  try {
    return await start();
  } finally {
    for (const [i, event] of EVENTS.entries()) {
      for (const listener of listeners.call(node, event)) {
        if (!before[i]!.has(listener)) removeListener.call(node, event, listener);
      }
    }
  }
}
