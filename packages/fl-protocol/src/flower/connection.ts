/**
 * A client at the other end of a `Join`: one message of the server, then exactly one of the client, without ids. Thus a
 * request that is given up ends the stream, or a late answer would be taken for that of the next.
 *
 * @module
 */
import { type ServerDuplexStream, status } from "@grpc/grpc-js";
import { FlError, type FlErrorCode } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Instruction, Reply } from "../message.js";
import type { ParameterSource } from "../parameter-source.js";
import type { ModelParameters } from "../tensor.js";
import type { ClientConnection, RequestOptions } from "../transport.js";
import { decodeClientMessage } from "./client-message.js";
import type { FlowerDialect } from "./dialect.js";
import type { Pieces } from "./pieces.js";
import type { ServerReadGate } from "./read-gate.js";
import { encodeServerMessage, type ServerMessage } from "./server-message.js";
import { sourceOfFiles } from "./tensor-files.js";

/** A stream that was accepted, and what it takes to talk. */
export interface JoinedClient {
  readonly call: ServerDuplexStream<Buffer, Buffer>;
  readonly gate: ServerReadGate;
  readonly clientId: string;
  readonly dialect: FlowerDialect;
  readonly limits: Required<Limits>;
  /** Of a server: clients that get the same message share its bytes. */
  readonly bytesOf: (pieces: Pieces) => Buffer;
  /** Something the client did wrong. */
  readonly onProblem: (error: FlError) => void;
}

/** How long a client that was told to go may take to say goodbye. */
const RELEASE_MS = 10_000;

/** A timer of Node that is set for longer (25 days) runs out at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Who waits for a message. */
interface Waiting {
  readonly resolve: (message: Buffer) => void;
  readonly reject: (error: FlError) => void;
}

/** The client as the server sees it. */
export function connectionOf(client: JoinedClient): ClientConnection {
  const { call, gate, clientId, dialect, limits } = client;
  const failure = (code: FlErrorCode, message: string, cause?: unknown) =>
    new FlError(code, message, { clientId, cause });
  let waiting: Waiting | undefined;
  let isAsked = false;
  let over: FlError | undefined;
  let tellClosed: (reason: string) => void;
  const closed = new Promise<string>((resolve) => {
    tellClosed = resolve;
  });

  /** Ends the stream, if it has not ended, with OK or what is wrong. */
  const end = (error: FlError, code: status = status.OK) => {
    if (over !== undefined) return;
    over = error;
    // grpc-js takes this event for the status to end with.
    if (code === status.OK) call.end();
    else call.emit("error", { code, details: error.message });
    waiting?.reject(error);
    tellClosed(error.message);
  };

  call.on("data", (message: Buffer) => waiting?.resolve(message));
  call.on("end", () => end(failure("DISCONNECTED", "the client ended the stream")));
  call.on("cancelled", () => {
    if (!gate.hasRefusedMessage()) return end(failure("DISCONNECTED", "the client is gone"));
    const error = failure(
      "LIMIT_EXCEEDED",
      `a message of more than ${limits.maxMessageBytes} bytes`,
    );
    client.onProblem(error);
    end(error);
  });

  const exchange = async (message: Pieces, { signal, timeoutMs }: RequestOptions) => {
    let timer: NodeJS.Timeout | undefined;
    const giveUp = () => end(failure("ABORTED", "ended by the caller"), status.CANCELLED);
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        waiting = { resolve, reject };
        signal?.addEventListener("abort", giveUp, { once: true });
        if (timeoutMs !== undefined) {
          // In Flower's words.
          const error = failure("TIMEOUT", `Timeout of ${timeoutMs / 1000}sec was exceeded.`);
          timer = setTimeout(
            () => end(error, status.DEADLINE_EXCEEDED),
            Math.min(timeoutMs, MAX_TIMER_MS),
          );
        }
        call.write(client.bytesOf(message));
        gate.permit();
      });
    } finally {
      waiting = undefined;
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
  };

  /** What comes of an answer; a client that sends anything else is dropped. */
  const decodeReply = (bytes: Buffer, instruction: Instruction): Reply<ParameterSource> => {
    try {
      const message = decodeClientMessage(bytes, dialect, limits);
      if (message.kind === "disconnect") throw failure("DISCONNECTED", "the client said goodbye");
      if (message.kind !== "failure" && message.kind !== instruction.kind) {
        throw failure("BAD_MESSAGE", `an answer to ${message.kind}, not to ${instruction.kind}`);
      }
      return "parameters" in message
        ? { ...message, parameters: sourceOfFiles(message.parameters, limits) }
        : message;
    } catch (cause) {
      if (!(cause instanceof FlError)) throw cause;
      const error = failure(cause.code, cause.message, cause);
      if (cause.code !== "DISCONNECTED") client.onProblem(error);
      end(error, cause.code === "DISCONNECTED" ? status.OK : status.INVALID_ARGUMENT);
      throw error;
    }
  };

  const encode = (message: ServerMessage<ModelParameters>) => {
    const pieces = encodeServerMessage(message, dialect, limits);
    if (pieces !== undefined && pieces.byteLength > limits.maxMessageBytes) {
      throw failure(
        "LIMIT_EXCEEDED",
        `a message of ${pieces.byteLength} bytes, ${limits.maxMessageBytes} allowed`,
      );
    }
    return pieces;
  };

  return {
    clientId,
    dialect,
    closed,
    request: async (instruction, options = {}) => {
      if (over !== undefined) throw failure("DISCONNECTED", over.message, over);
      if (options.signal?.aborted) throw failure("ABORTED", "ended by the caller");
      if (isAsked) throw new TypeError("request: a client answers one at a time");
      const pieces = encode(instruction);
      if (pieces === undefined) {
        const message = `${dialect} has no ${instruction.kind}`;
        return { kind: "failure", code: "NOT_IMPLEMENTED", message };
      }
      isAsked = true;
      try {
        return decodeReply(await exchange(pieces, options), instruction);
      } finally {
        isAsked = false;
      }
    },
    release: async ({ reconnectAfterSeconds = 0 } = {}) => {
      if (over !== undefined) return;
      const released = failure("DISCONNECTED", "the client was released");
      if (isAsked) return end(released, status.CANCELLED);
      const pieces = encode({ kind: "reconnect", seconds: reconnectAfterSeconds });
      isAsked = true;
      // Whatever it answers, and whether it does: it goes.
      if (pieces !== undefined) {
        await exchange(pieces, { timeoutMs: RELEASE_MS }).catch(() => undefined);
      }
      end(released);
    },
  };
}
