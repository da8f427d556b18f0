/**
 * The server of the native transport: HTTP/2 with certificates on both sides, one port, and nothing to reach at a site.
 *
 * What is in memory at most: of each client its last message without parameters, and, of chunks nobody reads yet,
 * `maxBufferedBytes` for all clients together and one chunk for each source that is read. Parameters that are sent are views
 * of the program's tensors.
 *
 * @module
 */
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { assertSecure, formatAddress, type Insecure, parseAddress } from "../address.js";
import { FlError, isFlError } from "../errors.js";
import type { Limits } from "../limits.js";
import { limitsOf } from "../resolve-limits.js";
import type { ServerTransport, ServerTransportEvents } from "../transport.js";
import { createLobby, type Lobby } from "./lobby.js";
import { type Admission, peerOf } from "./peer.js";
import { type RequestRules, serveRequest } from "./requests.js";
import { refuse } from "./respond.js";
import { type NativeServerTls, serverTlsOptions } from "./security.js";
import { HTTP2_SETTINGS, LOCAL_WINDOW_BYTES, SESSION_MEMORY_MB } from "./wire.js";

/** Where and how to accept clients. */
export interface NativeServerOptions extends Admission {
  /** `HOST:PORT`: `0.0.0.0:8443`, `[::]:8443`; port 0 takes any that is free. */
  readonly address: string;
  /** Of each message. */
  readonly limits?: Limits;
  /** Certificates. There is no default: either this, or `insecure`. */
  readonly tls?: NativeServerTls;
  /**
   * Without TLS: `true` for a loopback address, `"any-address"` for every other, where anybody on the way can read and
   * change what is sent, and anybody can join under any name. Default false.
   */
  readonly insecure?: Insecure;
  /** Clients that may be connected at once. Default 1000. */
  readonly maxClients?: number;
  /** Milliseconds without contact after which a client counts as gone. Default 60,000. */
  readonly graceMs?: number;
  /** Bytes of replies that may wait in memory to be read, of all clients together. Default 256 MiB. */
  readonly maxBufferedBytes?: number;
  /** Milliseconds in which a connection must have shown that it may join, and that a body may stand still. Default 30,000. */
  readonly idleMs?: number;
}

/** How long a client that waits is left without an answer: less than what proxies and firewalls endure. */
const KEEP_ALIVE_MS = 25_000;

/** How long clients that are let go may take to ask for it, when the server ends. */
const SHUTDOWN_MS = 1000;

/**
 * Serves clients of {@link nativeClientTransport}.
 *
 * @throws {@link FlError} `BAD_CONFIG` for neither or both of `tls` and `insecure`, an address that is none, and what is no
 *   certificate
 */
export function nativeServerTransport(options: NativeServerOptions): ServerTransport {
  const { tls, insecure = false, maxClients = 1000, graceMs = 60_000, idleMs = 30_000 } = options;
  const limits = limitsOf(options.limits);
  const address = parseAddress(options.address);
  assertSecure(address, tls !== undefined, insecure, "tls: { cert, key, ca }");
  const secure = tls && serverTlsOptions(tls);
  const rules: RequestRules = {
    limits,
    keepAliveMs: Math.min(KEEP_ALIVE_MS, graceMs / 3),
    bodyIdleMs: idleMs,
  };
  return {
    name: "native",
    listen: async (events) => {
      const common = { settings: HTTP2_SETTINGS, maxSessionMemory: SESSION_MEMORY_MB };
      const server =
        secure === undefined
          ? createServer(common)
          : createSecureServer({
              ...common,
              ...secure,
              requestCert: true,
              // Whom to refuse is decided in peerOf, where the client can be told why.
              rejectUnauthorized: false,
              handshakeTimeout: idleMs,
            });
      // Small frames leave at once: otherwise each waits 40 ms for an acknowledgement of the one before.
      server.on("connection", (socket: Socket) => socket.setNoDelay(true));
      // Those who knock and never join must not keep others out for long, nor take more than there is.
      server.maxConnections = 2 * maxClients + 16;
      const lobby = createLobby({ ...options, limits, graceMs, maxClients }, events);
      const connections = new Set<ServerHttp2Session>();
      server.on("session", (connection: ServerHttp2Session) => {
        connections.add(connection);
        connection.once("close", () => connections.delete(connection));
        serveConnection(connection, lobby, { rules, idleMs, events });
      });
      // What is no HTTP/2, or no TLS, ends its own connection.
      server.on("sessionError", () => {});
      const broken = new WeakSet<object>();
      server.on("tlsClientError", (_: Error, socket: object) => {
        if (!broken.has(socket))
          tellProblem(events, "a connection without TLS 1.3, or a broken one");
        broken.add(socket);
      });
      const port = await listenOn(server, address);
      let closing: Promise<void> | undefined;
      return {
        address: formatAddress({ ...address, port }),
        close: () => (closing ??= closeServer(server, lobby, connections)),
      };
    },
  };
}

function listenOn(server: Http2Server, { host, port }: { host: string; port: number }) {
  return new Promise<number>((resolve, reject) => {
    server.once("error", (error) => {
      reject(new FlError("BAD_CONFIG", "the address cannot be had", { cause: error }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

async function closeServer(
  server: Http2Server,
  lobby: Lobby,
  connections: ReadonlySet<ServerHttp2Session>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SHUTDOWN_MS);
  });
  // While it still listens: from Node 24 on, a server that is closed sends off its connections as well, and a client that
  // was about to ask for its next word would find nobody.
  await Promise.race([lobby.releaseAll(), patience]);
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  // Ends each when what it was told is on its way.
  for (const connection of connections) connection.close();
  await Promise.race([ended, patience]);
  clearTimeout(timer);
  for (const connection of connections) connection.destroy();
  await ended;
}

interface Serving {
  readonly rules: RequestRules;
  readonly idleMs: number;
  readonly events: ServerTransportEvents;
}

function serveConnection(
  connection: ServerHttp2Session,
  lobby: Lobby,
  { rules, idleMs, events }: Serving,
): void {
  const peer = peerOf(connection.socket);
  const timer = setTimeout(() => connection.destroy(), idleMs);
  connection.once("close", () => clearTimeout(timer));
  connection.on("error", () => {});
  connection.setLocalWindowSize(LOCAL_WINDOW_BYTES);
  connection.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    // Told by the close of the stream, to whoever reads or writes it.
    stream.on("error", () => {});
    const serve = async () => {
      const session = await lobby.enter({ connection, peer, stream, headers });
      if (session === undefined) return;
      clearTimeout(timer);
      session.heard();
      await serveRequest({ stream, headers, session }, rules);
    };
    serve().catch((error: unknown) => {
      refuseFor(stream, error);
      if (!isFlError(error)) {
        const name = error instanceof Error ? error.name : "unknown";
        events.onProblem?.({ code: "FAILED", message: `a request failed here: ${name}` });
      } else if (error.code !== "DISCONNECTED") {
        events.onProblem?.({ code: error.code, message: error.message });
      }
    });
  });
}

const STATUS_OF: Readonly<Partial<Record<string, number>>> = {
  BAD_MESSAGE: 400,
  UNAUTHORIZED: 401,
  TIMEOUT: 408,
  LIMIT_EXCEEDED: 413,
  DISCONNECTED: 503,
};

function refuseFor(stream: ServerHttp2Stream, error: unknown): void {
  const code = isFlError(error) ? error.code : "FAILED";
  if (stream.headersSent) stream.close();
  else refuse(stream, STATUS_OF[code] ?? 500, code);
}

function tellProblem({ onProblem }: ServerTransportEvents, message: string): void {
  onProblem?.({ code: "UNAUTHORIZED", message });
}
