/**
 * A server for Flower's clients: the legacy bidirectional stream of both dialects on one port.
 *
 * What is in memory at most: of each client that is asked, what grpc-js makes of a message that is sent (one copy each) and
 * of one that arrives (its pieces, and all of them put together). grpc-js does not tell when an answer begins to arrive, and
 * thus clients that were asked at once may answer at once: `limits.maxMessageBytes`, set to what the model needs, bounds it
 * for each. Nothing is read from a client that was not asked. For the same reason the `timeoutMs` of a request
 * is the time until the whole answer is there.
 *
 * @module
 */
import { Metadata, Server, type ServerDuplexStream, status } from "@grpc/grpc-js";
import { formatAddress, type Insecure, parseAddress } from "../address.js";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import { limitsOf } from "../resolve-limits.js";
import type { ClientConnection, ServerTransport, ServerTransportEvents } from "../transport.js";
import { type ClientIdOf, createClientNames, defaultClientIdOf } from "./client-id.js";
import { connectionOf } from "./connection.js";
import type { FlowerDialect } from "./dialect.js";
import { CLIENT_ID_KEY, channelOptions, serviceOf } from "./grpc-service.js";
import { createSharedBytes } from "./pieces.js";
import { createServerReadGates } from "./read-gate.js";
import { type FlowerServerTls, serverCredentials } from "./security.js";

/** Where and how to accept clients. */
export interface FlowerServerOptions {
  /** `HOST:PORT`: `0.0.0.0:8080`, `[::]:8080`; port 0 takes any that is free. */
  readonly address: string;
  /** Of each message. Set `maxMessageBytes` to what your model needs: it bounds the memory a client can take. */
  readonly limits?: Limits;
  /** The server's certificate. There is no default: either this, or `insecure`. */
  readonly tls?: FlowerServerTls;
  /**
   * Without TLS: `true` for a loopback address, `"any-address"` for every other, where anybody on the way can read and
   * change what is sent, and anybody can join. Default false.
   */
  readonly insecure?: Insecure;
  /** Default: the common name of a client's certificate, the name our client claims, `flower-1`, `flower-2`, … */
  readonly clientIdOf?: ClientIdOf;
  /** Clients that may be connected at once. Default 1000. */
  readonly maxClients?: number;
  /** Milliseconds of silence after which the server asks whether the client is there. Default 210,000, as Flower. */
  readonly keepaliveTimeMs?: number;
  /** Milliseconds a client has to answer that. One that computes without pause can't. Default 20,000, as gRPC. */
  readonly keepaliveTimeoutMs?: number;
}

/** How long what was sent last may take to leave, when the server ends. */
const SHUTDOWN_MS = 1000;

/**
 * Serves Flower's clients (`start_client` of flwr 1.0 to 1.29, and of 0.16 and 0.17), and ours.
 *
 * @throws {@link FlError} `BAD_CONFIG` for neither or both of `tls` and `insecure`, an address that is none, and what is no
 *   certificate
 */
export function flowerServerTransport(options: FlowerServerOptions): ServerTransport {
  const { address, keepaliveTimeMs = 210_000, keepaliveTimeoutMs = 20_000 } = options;
  const limits = limitsOf(options.limits);
  const parsed = parseAddress(address);
  const credentials = serverCredentials(parsed, options.tls, options.insecure ?? false);
  return {
    name: "flower-grpc",
    listen: async (events) => {
      const gates = createServerReadGates();
      const server = new Server({
        ...channelOptions(limits.maxMessageBytes),
        "grpc.keepalive_time_ms": keepaliveTimeMs,
        "grpc.keepalive_timeout_ms": keepaliveTimeoutMs,
        interceptors: [gates.interceptor],
      });
      const room = createRoom(options, limits, events);
      for (const dialect of ["flwr.proto", "flower.transport"] as const) {
        server.addService(serviceOf(dialect), {
          Join: (call: ServerDuplexStream<Buffer, Buffer>) =>
            room.join(call, dialect, gates.gateOf(call.metadata)),
        });
      }
      const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync(address, credentials, (error, bound) => {
          if (error === null) resolve(bound);
          else reject(new FlError("BAD_CONFIG", "the address cannot be had", { cause: error }));
        });
      });
      return {
        address: formatAddress({ ...parsed, port }),
        close: async () => {
          await room.releaseAll();
          await shutDown(server);
        },
      };
    },
  };
}

/** Those who are connected. */
function createRoom(
  { clientIdOf = defaultClientIdOf, maxClients = 1000, tls }: FlowerServerOptions,
  limits: Required<Limits>,
  { onConnect, onProblem }: ServerTransportEvents,
) {
  const clients = new Map<string, ClientConnection>();
  const names = createClientNames((id) => clients.has(id));
  const bytesOf = createSharedBytes();
  const tell = ({ code, message }: FlError) => onProblem?.({ code, message });
  let isClosing = false;

  const admit = (call: ServerDuplexStream<Buffer, Buffer>, dialect: FlowerDialect): string => {
    if (isClosing) throw new FlError("DISCONNECTED", "the server ends");
    if (clients.size >= maxClients) throw new FlError("DISCONNECTED", "the server is full");
    const [claimed] = call.metadata.get(CLIENT_ID_KEY);
    const peer = { dialect, address: call.getPeer() };
    const name = { ...(typeof claimed === "string" && { claimedId: claimed }) };
    if (tls?.requireClientCertificate !== true)
      return names.nameOf(clientIdOf({ ...peer, ...name }));
    const certificateName = call.getAuthContext().sslPeerCertificate?.subject?.CN;
    if (typeof certificateName !== "string") {
      throw new FlError("UNAUTHORIZED", "a client whose certificate has no common name");
    }
    return names.nameOf(clientIdOf({ ...peer, ...name, certificateName }));
  };

  return {
    join: (
      call: ServerDuplexStream<Buffer, Buffer>,
      dialect: FlowerDialect,
      gate: ReturnType<ReturnType<typeof createServerReadGates>["gateOf"]>,
    ) => {
      let clientId: string;
      try {
        clientId = admit(call, dialect);
      } catch (error) {
        const refusal =
          error instanceof FlError
            ? error
            : new FlError("UNAUTHORIZED", "clientIdOf failed", { cause: error });
        tell(refusal);
        const code =
          refusal.code === "DISCONNECTED" ? status.UNAVAILABLE : status.PERMISSION_DENIED;
        call.emit("error", { code, details: refusal.message });
        return;
      }
      // Tells a client that waits for it (ours) that it is in; others learn it from their first instruction.
      call.sendMetadata(new Metadata());
      const connection = connectionOf({
        call,
        gate,
        clientId,
        dialect,
        limits,
        bytesOf,
        onProblem: tell,
      });
      clients.set(clientId, connection);
      void connection.closed.then(() => clients.delete(clientId));
      onConnect(connection);
    },
    releaseAll: async () => {
      isClosing = true;
      await Promise.all([...clients.values()].map((client) => client.release()));
    },
  };
}

/** Lets what was written leave, and then cuts what is still connected. */
function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, SHUTDOWN_MS);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
