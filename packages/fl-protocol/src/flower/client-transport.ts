/**
 * A client of Flower's servers: joins what Python's `start_server` serves, and our server.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import {
  Client,
  type ClientDuplexStream,
  Metadata,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import { type Insecure, parseAddress } from "../address.js";
import { isClientId } from "../client-id.js";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Instruction, Reply } from "../message.js";
import { limitsOf } from "../resolve-limits.js";
import type { ModelParameters } from "../tensor.js";
import type { ClientRunOptions, ClientTransport, SessionEnd } from "../transport.js";
import { type ClientMessage, encodeClientMessage } from "./client-message.js";
import type { FlowerDialect } from "./dialect.js";
import { CLIENT_ID_KEY, channelOptions, serviceOf } from "./grpc-service.js";
import { bytesOfPieces } from "./pieces.js";
import { createClientReadGate } from "./read-gate.js";
import { clientCredentials, type FlowerClientTls } from "./security.js";
import { decodeServerMessage, type ServerMessage } from "./server-message.js";
import { sessionError } from "./session-error.js";
import { tensorsOfMessage } from "./tensor-files.js";

/** Which server to join, and how. */
export interface FlowerClientOptions {
  /** `HOST:PORT` of the server. */
  readonly address: string;
  /** `flwr.proto` for a server of flwr 1.x and ours, `flower.transport` for one of 0.16 or 0.17. Default `flwr.proto`. */
  readonly dialect?: FlowerDialect;
  /** TLS, `{}` with the roots of Node. There is no default: either this, or `insecure`. */
  readonly tls?: FlowerClientTls;
  /** Without TLS: `true` for a server on this machine, `"any-address"` for every other. Default false. */
  readonly insecure?: Insecure;
  /** What our server is to call this client (Flower's does not ask): 1 to 64 of letters, digits, `.`, `_`, `:`, `@`, `-`. */
  readonly clientId?: string;
  readonly limits?: Limits;
  /**
   * Milliseconds of silence after which the client asks whether the server is there. Default 330,000: gRPC's servers
   * (Flower's among them) turn away who asks more often than every 5 minutes; ours doesn't.
   */
  readonly keepaliveTimeMs?: number;
}

/** How long the server may take to end the stream, after the goodbye. */
const GOODBYE_MS = 5000;

/**
 * Joins a server. Flower's wire has no acknowledgements: a reply was taken when the next instruction, or the end of the
 * session, comes.
 *
 * While it is answered, an instruction keeps the connection open only if the event loop gets its turn now and then: Flower's
 * server asks every 210 seconds whether the client is there, and waits 20 seconds.
 *
 * @throws {@link FlError} `BAD_CONFIG` for neither or both of `tls` and `insecure`, an address or id that is none, and what
 *   is no certificate
 */
export function flowerClientTransport(options: FlowerClientOptions): ClientTransport {
  const { address, dialect = "flwr.proto", clientId, keepaliveTimeMs = 330_000 } = options;
  const limits = limitsOf(options.limits);
  const parsed = parseAddress(address);
  if (clientId !== undefined && !isClientId(clientId)) {
    throw new FlError("BAD_CONFIG", "clientId: expected 1 to 64 of letters, digits and ._:@-");
  }
  const credentials = clientCredentials(parsed, options.tls, options.insecure ?? false);
  return {
    name: "flower-grpc",
    address,
    run: async (handle, runOptions = {}) => {
      const client = new Client(address, credentials, {
        ...channelOptions(limits.maxMessageBytes),
        "grpc.keepalive_time_ms": keepaliveTimeMs,
        // Retries would keep a copy of what is sent; a stream can't be retried in any case.
        "grpc.enable_retries": 0,
        "grpc.service_config_disable_resolution": 1,
        "grpc.use_local_subchannel_pool": 1,
      });
      try {
        return await runSession(join(client, dialect, clientId), handle, {
          ...runOptions,
          dialect,
          limits,
        });
      } finally {
        client.close();
      }
    },
  };
}

type Joined = ReturnType<typeof join>;

/** Opens the stream, and reads from it when asked to. */
function join(client: Client, dialect: FlowerDialect, clientId: string | undefined) {
  const { path, requestSerialize, responseDeserialize } = serviceOf(dialect)["Join"]!;
  const metadata = new Metadata();
  if (clientId !== undefined) metadata.set(CLIENT_ID_KEY, clientId);
  const { permit, interceptor } = createClientReadGate();
  const call: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    metadata,
    { interceptors: [interceptor] },
  );
  let over: StatusObject | undefined;
  let waiting: ((first: never) => void) | undefined;
  const settle = (first: Buffer | StatusObject) => waiting?.(first as never);
  call.on("data", settle);
  call.on("status", (end: StatusObject) => {
    over = end;
    settle(end);
  });
  // The same status, again, which would end the process if nobody listened.
  call.on("error", (_error: ServiceError) => undefined);
  /**
   * What comes first: what is begun here, or the end of the stream. (To race with a promise of the end would keep every
   * message in memory until then.)
   */
  const first = async <T>(
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  ): Promise<T | StatusObject> => {
    if (over !== undefined) return over;
    try {
      return await new Promise<T | StatusObject>((resolve, reject) => {
        waiting = resolve;
        begin(resolve, reject);
      });
    } finally {
      waiting = undefined;
    }
  };
  return {
    call,
    /** The next message, or how the stream ended. */
    next: () => first<Buffer>(permit),
    /** Until the stream ends, but not longer than this. An end without an error is read as a message is. */
    untilEnd: (ms: number) =>
      first<void>((resolve) => {
        permit();
        setTimeout(resolve, ms).unref();
      }),
    /** What a program makes of it, unless the stream ends before. */
    whileOpen: <T>(work: () => Promise<T>) =>
      first<T>((resolve, reject) => void work().then(resolve, reject)),
  };
}

interface SessionOptions extends ClientRunOptions {
  readonly dialect: FlowerDialect;
  readonly limits: Required<Limits>;
}

async function runSession(
  { call, next, untilEnd, whileOpen }: Joined,
  handle: (instruction: Instruction) => Promise<Reply<ModelParameters>>,
  { signal, onConnected, onAcknowledged, dialect, limits }: SessionOptions,
): Promise<SessionEnd> {
  const abort = () => call.cancel();
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  if (onConnected !== undefined) call.once("metadata", () => onConnected());

  const send = (message: ClientMessage<ModelParameters>, kind: Instruction["kind"]) => {
    const pieces = encodeClientMessage(message, kind, dialect, limits);
    if (pieces === undefined) {
      // Flower 0.16 knows failures only as clients that are gone.
      throw new FlError("DISCONNECTED", `${dialect} cannot say that ${kind} failed; left instead`);
    }
    if (pieces.byteLength > limits.maxMessageBytes) {
      const allowed = `${limits.maxMessageBytes} allowed`;
      throw new FlError("LIMIT_EXCEEDED", `a reply of ${pieces.byteLength} bytes, ${allowed}`);
    }
    call.write(bytesOfPieces(pieces));
  };

  let unacknowledged: string | undefined;
  /** Waits for a message, and answers it. A function, so that nothing of one is held while the next arrives. */
  const answerNext = async (id: string): Promise<SessionEnd | undefined> => {
    const arrived = await next();
    if (!Buffer.isBuffer(arrived)) throw sessionError(arrived, signal, limits);
    const message = decodeServerMessage(arrived, dialect, limits);
    if (unacknowledged !== undefined) onAcknowledged?.(unacknowledged);
    if (message.kind === "reconnect") {
      send({ kind: "disconnect" }, "getParameters");
      call.end();
      await untilEnd(GOODBYE_MS);
      return { reconnectAfterSeconds: message.seconds === 0 ? undefined : message.seconds };
    }
    const instruction = instructionOf(message, id, limits);
    const reply = await whileOpen(() => handle(instruction));
    if ("details" in reply) throw sessionError(reply, signal, limits);
    if (reply.kind !== "failure" && reply.kind !== instruction.kind) {
      throw new TypeError(`reply: expected one to ${instruction.kind}, got ${reply.kind}`);
    }
    send(reply, instruction.kind);
    unacknowledged = id;
    return undefined;
  };

  // Nothing on the wire tells one instruction, or session, from another.
  const session = randomBytes(8).toString("hex");
  try {
    for (let count = 1; ; count += 1) {
      const end = await answerNext(`${session}-${count}`);
      if (end !== undefined) return end;
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    // Nothing, if the stream has ended.
    call.cancel();
  }
}

function instructionOf(
  message: Exclude<ServerMessage<readonly Uint8Array[]>, { readonly kind: "reconnect" }>,
  id: string,
  limits: Required<Limits>,
): Instruction {
  return "parameters" in message
    ? { ...message, id, parameters: tensorsOfMessage(message.parameters, limits) }
    : { ...message, id };
}
