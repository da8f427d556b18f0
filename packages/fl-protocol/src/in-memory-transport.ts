/**
 * A transport within one process, for simulations and tests.
 *
 * Instructions share their parameters with the server, so that hundreds of clients need the memory of one model: a client
 * must not write to them. Everything else is copied; the parameters of a reply piece by piece, as the server reads them,
 * so that the client has to leave them as they are until they are acknowledged.
 *
 * @module
 */
import { FlError } from "./errors.js";
import { createInMemorySession, type InMemorySession } from "./in-memory-session.js";
import type { Limits } from "./limits.js";
import { limitsOf } from "./resolve-limits.js";
import type {
  ClientRunOptions,
  ClientTransport,
  ServerTransport,
  ServerTransportEvents,
  SessionEnd,
} from "./transport.js";

/** A server's side, and as many clients' as are asked for. */
export interface InMemoryTransport {
  readonly server: ServerTransport;
  /** The side of a client. One of an id can be connected at a time. */
  readonly client: (clientId: string) => ClientTransport;
}

/** What messages may hold. */
export interface InMemoryTransportOptions {
  readonly limits?: Limits;
}

interface Open {
  readonly events: ServerTransportEvents;
  readonly sessions: Map<string, InMemorySession>;
}

const NAME = "memory";

/** Creates a transport. A request that is given up leaves its client connected; its late answer is dropped. */
export function createInMemoryTransport({
  limits,
}: InMemoryTransportOptions = {}): InMemoryTransport {
  const all = limitsOf(limits);
  let open: Open | undefined;

  const server: ServerTransport = {
    name: NAME,
    listen: async (events) => {
      if (open !== undefined) throw new FlError("BAD_CONFIG", "the transport has a server already");
      const own: Open = { events, sessions: new Map() };
      open = own;
      const close = async () => {
        if (open === own) open = undefined;
        for (const { end } of own.sessions.values()) {
          end("the server closed", { reconnectAfterSeconds: undefined });
        }
      };
      return { address: NAME, close };
    },
  };

  async function run(
    clientId: string,
    handle: Parameters<ClientTransport["run"]>[0],
    options: ClientRunOptions,
  ): Promise<SessionEnd> {
    const { signal, onConnected } = options;
    const aborted = () => new FlError("ABORTED", "the client was ended", { clientId });
    if (signal?.aborted === true) throw aborted();
    if (open === undefined) throw new FlError("DISCONNECTED", "there is no server", { clientId });
    const { events, sessions } = open;
    if (sessions.has(clientId)) {
      throw new FlError("DISCONNECTED", "a client of this id is connected", { clientId });
    }
    const session = createInMemorySession(clientId, all, handle, options);
    sessions.set(clientId, session);
    const onAbort = () => session.end("the client ended", aborted());
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      onConnected?.();
      events.onConnect(session.connection);
      return await session.ended;
    } finally {
      sessions.delete(clientId);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  return {
    server,
    client: (clientId) => ({
      name: NAME,
      address: NAME,
      run: (handle, options = {}) => run(clientId, handle, options),
    }),
  };
}
