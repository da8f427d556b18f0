/**
 * The client's connection to the server: made when it is needed, and made again when it broke.
 *
 * @module
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  sensitiveHeaders,
} from "node:http2";
import type { SecureContextOptions } from "node:tls";
import { formatAddress, type HostAndPort } from "../address.js";
import { FlError, isFlError } from "../errors.js";
import { backoffMs, sleep } from "./backoff.js";
import { explainRefusedServer } from "./diagnosis.js";
import type { LinkRequest, LinkResponse } from "./exchange.js";
import { lostConnection, readBody, writePieces } from "./http-stream.js";
import { refusedByServer } from "./refused-client.js";
import { HTTP2_SETTINGS, LOCAL_WINDOW_BYTES, SESSION_MEMORY_MB } from "./wire.js";

/** Where to connect, and how to keep at it. */
export interface LinkOptions {
  readonly address: HostAndPort;
  /** Undefined: without TLS. */
  readonly tls: SecureContextOptions | undefined;
  /** How long the server may be out of reach, milliseconds. */
  readonly graceMs: number;
  /** Milliseconds between questions whether the other side is there. */
  readonly pingMs: number;
  readonly random: () => number;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** A connection that outlives its sockets. */
export interface Link {
  /** Sent with every request from now on. */
  readonly setToken: (token: string) => void;
  /**
   * Asks once.
   *
   * @throws {@link FlError} `DISCONNECTED`, also for what the server can't do now; `UNAUTHORIZED`, `BAD_MESSAGE`,
   *   `LIMIT_EXCEEDED`
   */
  readonly ask: (request: LinkRequest) => Promise<LinkResponse>;
  /**
   * Tries until it succeeds, or the server is out of reach for too long.
   *
   * @param attempt - may run more than once
   * @throws {@link FlError} what `attempt` throws but for lost connections; `DISCONNECTED` after the grace period
   */
  readonly persist: <T>(attempt: () => Promise<T>) => Promise<T>;
  /** Ends the connection, at once. */
  readonly close: () => void;
}

export function createLink(options: LinkOptions): Link {
  const { address, tls, graceMs, pingMs, random, signal } = options;
  const origin = `${tls === undefined ? "http" : "https"}://${formatAddress(address)}`;
  let token: string | undefined;
  let connecting: Promise<ClientHttp2Session> | undefined;
  let current: ClientHttp2Session | undefined;
  let lostAt: number | undefined;
  let isClosed = false;

  function open(): Promise<ClientHttp2Session> {
    return new Promise((resolve, reject) => {
      const session = connect(origin, {
        ...tls,
        settings: HTTP2_SETTINGS,
        maxSessionMemory: SESSION_MEMORY_MB,
      });
      current = session;
      let failure: Error | undefined;
      const timer = setTimeout(() => session.destroy(), CONNECT_MS);
      let stopPings = () => {};
      session.on("error", (error) => {
        failure ??= error;
      });
      session.once("connect", (_, socket) => {
        clearTimeout(timer);
        // As the server does: small frames leave at once.
        socket.setNoDelay(true);
        session.setLocalWindowSize(LOCAL_WINDOW_BYTES);
        stopPings = keepAsking(session, pingMs);
        resolve(session);
      });
      // A server that ends lets what it has begun go on, and takes nothing new.
      session.once("goaway", () => forget(session));
      session.once("close", () => {
        clearTimeout(timer);
        stopPings();
        forget(session);
        reject(failure ?? lostConnection());
      });
    });
  }

  function forget(session: ClientHttp2Session): void {
    if (current === session) {
      current = undefined;
      connecting = undefined;
    }
  }

  async function connected(): Promise<ClientHttp2Session> {
    if (isClosed || signal.aborted) throw new FlError("ABORTED", "the client was ended");
    connecting ??= open();
    try {
      return await connecting;
    } catch (error) {
      connecting = undefined;
      if (isFlError(error)) throw error;
      throw (await explainRefusedServer(error, address)) ?? lostConnection(error);
    }
  }

  async function ask({ method, path, headers, body }: LinkRequest): Promise<LinkResponse> {
    const session = await connected();
    if (session.closed || session.destroyed) throw lostConnection();
    const length = body?.reduce((sum, piece) => sum + piece.length, 0);
    const stream = session.request(
      {
        ":method": method,
        ":path": path,
        ...headers,
        ...(length !== undefined && { "content-length": length }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        // Not to be kept in the tables of the compression of headers.
        [sensitiveHeaders]: ["authorization"],
      },
      { endStream: body === undefined },
    );
    const response = responseOf(stream, session);
    if (body !== undefined) {
      // That the server doesn't want the rest is told by its answer: then nothing more is sent.
      writePieces(stream, body).catch(() => {});
      stream.once("end", () => {
        if (!stream.writableFinished) stream.close(constants.NGHTTP2_CANCEL);
      });
    }
    const answer = await response;
    const { status } = answer;
    if (status === 204) stream.resume();
    // A server that answers with an error of its own is not there yet.
    if (status < 500) lostAt = undefined;
    if (status < 400 || status === 404 || status === 409) return answer;
    const error = await refusedByServer(answer, new Date());
    // Another connection doesn't bring back a session that is over.
    throw status === 410 ? final(error) : error;
  }

  async function persist<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (!isFlError(error) || error.code !== "DISCONNECTED" || isFinal(error)) throw error;
        if (signal.aborted) throw new FlError("ABORTED", "the client was ended", { cause: error });
        const now = performance.now();
        if (lostAt === undefined) tries = 1;
        lostAt ??= now;
        const left = lostAt + graceMs - now;
        if (left <= 0) {
          const what = `the server is out of reach for ${graceMs} ms`;
          throw new FlError("DISCONNECTED", what, { cause: error });
        }
        await sleep(Math.min(backoffMs(tries, random), left), signal);
      }
    }
  }

  return {
    setToken: (given) => {
      token = given;
    },
    ask,
    persist,
    close: () => {
      isClosed = true;
      current?.destroy();
    },
  };
}

/** Longer than any handshake takes. */
const CONNECT_MS = 20_000;

/** No connection will change it. */
const FINAL = new WeakSet<FlError>();

/** An error that another try doesn't help against. */
function final(error: FlError): FlError {
  FINAL.add(error);
  return error;
}

function isFinal(error: FlError): boolean {
  return FINAL.has(error);
}

function responseOf(stream: ClientHttp2Stream, session: ClientHttp2Session): Promise<LinkResponse> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    stream.on("error", (error) => {
      failure = error;
    });
    stream.once("response", (headers) => {
      const status = headers[":status"] ?? 0;
      resolve({ status, headers, stream, read: (options) => readBody(stream, options) });
    });
    stream.once("close", () => {
      // Node counts what was written to streams that were given up as if it were still there, until nothing else fits.
      if (stream.rstCode === constants.NGHTTP2_ENHANCE_YOUR_CALM) session.destroy();
      reject(lostConnection(failure));
    });
  });
}

/** Asks again and again whether the other side is there, and ends the connection if it isn't. */
function keepAsking(session: ClientHttp2Session, pingMs: number): () => void {
  let isAnswered = true;
  const timer = setInterval(() => {
    if (!isAnswered) {
      // What is there already is read first: this process may have been busy.
      setImmediate(() => !isAnswered && session.destroy());
      return;
    }
    isAnswered = false;
    try {
      session.ping(() => {
        isAnswered = true;
      });
    } catch {
      session.destroy();
    }
  }, pingMs);
  return () => clearInterval(timer);
}
