/**
 * Who is connected.
 *
 * @module
 */
import { type ClientConnection, FlError } from "@dsail/fl-protocol";
import type { ServerEvent } from "./server-event.js";

/** The connected clients of all transports. */
export interface ClientRegistry {
  /** Sorted. */
  readonly ids: () => readonly string[];
  readonly get: (clientId: string) => ClientConnection | undefined;
  /** Takes in a client, or turns it away if one of its name is there. */
  readonly add: (connection: ClientConnection) => void;
  /**
   * Waits until so many are there, and tells that it does.
   *
   * @throws {@link FlError} `TOO_FEW_RESULTS` when the time is over; `ABORTED`
   */
  readonly waitFor: (need: number, options: WaitOptions) => Promise<void>;
  /** Lets all go. */
  readonly releaseAll: () => Promise<void>;
}

/** How long to wait. */
interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const STATUS_INTERVAL_MS = 10_000;

/** The longest that Node's timers wait, 25 days; what is longer they take for nothing. */
const MAX_TIMER = 2 ** 31 - 1;

/** Creates an empty registry. */
export function createClientRegistry(tell: (event: ServerEvent) => void): ClientRegistry {
  const clients = new Map<string, ClientConnection>();
  const watchers = new Set<() => void>();

  function add(connection: ClientConnection): void {
    const before = clients.get(connection.clientId);
    if (before === undefined) {
      admit(connection);
      return;
    }
    // One that comes back may be here before it is heard that its former connection ended.
    void endsNow(before).then((isOver) => (isOver ? add : turnAway)(connection));
  }

  function turnAway(connection: ClientConnection): void {
    const message = "a client of this name is connected already";
    tell({ kind: "clientRefused", code: "UNAUTHORIZED", message });
    connection.release().catch(() => undefined);
  }

  function admit(connection: ClientConnection): void {
    const { clientId, dialect, closed } = connection;
    clients.set(clientId, connection);
    tell({ kind: "clientConnected", clientId, dialect });
    void closed.then((reason) => {
      clients.delete(clientId);
      tell({ kind: "clientGone", clientId, reason });
    });
    for (const watcher of watchers) watcher();
  }

  async function waitFor(need: number, { timeoutMs, signal }: WaitOptions): Promise<void> {
    assertNotAborted(signal);
    if (clients.size >= need) return;
    const status = () => tell({ kind: "waitingForClients", have: clients.size, need });
    status();
    const interval = setInterval(status, STATUS_INTERVAL_MS);
    let timer: NodeJS.Timeout | undefined;
    let check = (): void => {};
    let stop = (): void => {};
    try {
      await new Promise<void>((resolve) => {
        stop = resolve;
        check = () => {
          if (clients.size >= need) resolve();
        };
        watchers.add(check);
        signal?.addEventListener("abort", stop, { once: true });
        // Who is told that the server waits may end it at once.
        if (signal?.aborted === true) stop();
        timer = setTimeout(stop, Math.min(timeoutMs, MAX_TIMER));
      });
    } finally {
      watchers.delete(check);
      signal?.removeEventListener("abort", stop);
      clearInterval(interval);
      clearTimeout(timer);
    }
    assertNotAborted(signal);
    if (clients.size >= need) return;
    throw new FlError(
      "TOO_FEW_RESULTS",
      `${clients.size} clients, ${need} needed, and the time is over`,
    );
  }

  return {
    ids: () => [...clients.keys()].sort(),
    get: (clientId) => clients.get(clientId),
    add,
    waitFor,
    releaseAll: async () => {
      await Promise.allSettled([...clients.values()].map((client) => client.release()));
    },
  };
}

/** Whether it is closed, as far as what happened until now tells. */
function endsNow({ closed }: ClientConnection): Promise<boolean> {
  return Promise.race([
    closed.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ]);
}

/** @throws {@link FlError} `ABORTED` */
export function assertNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new FlError("ABORTED", "ended by the caller");
}
