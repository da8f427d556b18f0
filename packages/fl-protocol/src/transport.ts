/**
 * How messages travel: one interface for the server's side, one for the client's. Every transport passes
 * `transportContract` (`./testing`).
 *
 * @module
 */
import type { Instruction, Reply } from "./message.js";
import type { ParameterSource } from "./parameter-source.js";
import type { ModelParameters } from "./tensor.js";

/** The server's side of a transport. */
export interface ServerTransport {
  /** For logs: `memory`, `flower-grpc`, `native`. */
  readonly name: string;
  /**
   * Begins to accept clients.
   *
   * @throws {@link FlError} `BAD_CONFIG` if the address cannot be had
   */
  readonly listen: (events: ServerTransportEvents) => Promise<Listening>;
}

/** What the server is told. */
export interface ServerTransportEvents {
  /** A client is there, and waits for instructions. */
  readonly onConnect: (client: ClientConnection) => void;
  /** Somebody was turned away, or sent what is no message. */
  readonly onProblem?: (problem: { readonly code: string; readonly message: string }) => void;
}

/** A server that accepts clients. */
export interface Listening {
  /** `host:port` with the port that was taken, or the name of the transport. */
  readonly address: string;
  /** Lets clients go, and ends. */
  readonly close: () => Promise<void>;
}

/** A client, as the server sees it. */
export interface ClientConnection {
  /** Unique among those connected; the same after a reconnect where the wire (a certificate, a header) tells. */
  readonly clientId: string;
  /** The wire it speaks: `memory`, `flower.transport`, `flwr.proto`, `native`. */
  readonly dialect: string;
  /**
   * Asks, and waits for the answer. One at a time for each client. The answer's parameters come later, as they are read;
   * before the next request they have to be read, or given up.
   *
   * @throws {@link FlError} `DISCONNECTED`, `TIMEOUT`, `ABORTED`, `BAD_MESSAGE`, `LIMIT_EXCEEDED`
   */
  readonly request: (
    instruction: Instruction,
    options?: RequestOptions,
  ) => Promise<Reply<ParameterSource>>;
  /** Lets the client go: it is told to end, or to come back after so many seconds. */
  readonly release: (options?: { readonly reconnectAfterSeconds?: number }) => Promise<void>;
  /** Ends when the client is gone, with the reason; never rejects. */
  readonly closed: Promise<string>;
}

/** How long to wait. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  /**
   * Milliseconds without any sign of progress (bytes that arrive, a heartbeat of the client) after which the request is
   * given up. Where the wire has no heartbeat it is the time for the answer to begin. Default: no limit.
   */
  readonly timeoutMs?: number;
}

/** The client's side of a transport. */
export interface ClientTransport {
  readonly name: string;
  /** Which server it goes to: `host:port`, or the name of the transport. What a site's policy is held against. */
  readonly address: string;
  /**
   * Connects, and answers instructions one after the other until the server lets the client go.
   *
   * @param handle - answers an instruction; must not reject (a failure is a reply)
   * @throws {@link FlError} `DISCONNECTED` (worth another try), `UNAUTHORIZED`, `ABORTED`, `BAD_MESSAGE`,
   *   `LIMIT_EXCEEDED`
   */
  readonly run: (
    handle: (instruction: Instruction) => Promise<Reply<ModelParameters>>,
    options?: ClientRunOptions,
  ) => Promise<SessionEnd>;
}

/** How a session is watched and ended. */
export interface ClientRunOptions {
  readonly signal?: AbortSignal;
  /** Called when the server has accepted the client. */
  readonly onConnected?: () => void;
  /** Called when the server has taken the reply to an instruction: it need not be kept any longer. */
  readonly onAcknowledged?: (instructionId: string) => void;
}

/** Why the server let the client go. */
export interface SessionEnd {
  /** Come back after so many seconds; undefined: the run is over. */
  readonly reconnectAfterSeconds: number | undefined;
}
