/**
 * The client of the native transport: it alone connects, on one port, and is reachable for nobody.
 *
 * @module
 */
import { assertSecure, type Insecure, parseAddress } from "../address.js";
import { isClientId } from "../client-id.js";
import { FlError, isFlError } from "../errors.js";
import type { Limits } from "../limits.js";
import { limitsOf } from "../resolve-limits.js";
import type { ClientTransport } from "../transport.js";
import { sleep } from "./backoff.js";
import { runClientSession } from "./client-session.js";
import { badMessage, countOf, fieldsOf, parseJson } from "./frame.js";
import { createLink, type Link } from "./link.js";
import { clientTlsOptions, type NativeClientTls } from "./security.js";
import { PROTOCOL_VERSION } from "./wire.js";

/** Where and how to connect. */
export interface NativeClientOptions {
  /** `HOST:PORT` of the server. The host has to be one of the names of its certificate. */
  readonly address: string;
  /** Of each message. */
  readonly limits?: Limits;
  /** Certificates. There is no default: either this, or `insecure`. */
  readonly tls?: NativeClientTls;
  /** Without TLS: `true` for a loopback address, `"any-address"` for every other. Default false. */
  readonly insecure?: Insecure;
  /**
   * What the client calls itself where there is no certificate to tell: 1 to 64 of letters, digits, `.`, `_`, `:`, `@`,
   * `-`.
   */
  readonly clientId?: string;
  /** Milliseconds that the server may be out of reach before the session counts as lost. Default 60,000. */
  readonly graceMs?: number;
}

/** How often the client asks whether the server is there. */
const PING_MS = 15_000;

/** How long a client that leaves tries to say so. */
const GOODBYE_MS = 1000;

const MAX_HELLO_BYTES = 4096;

/**
 * Connects to a {@link nativeServerTransport}. A connection that is lost is made again, and what was under way goes on: an
 * instruction is handled once, and its reply sent until the server has it.
 *
 * A client that computes for longer than the server's `graceMs` without a pause for the event loop counts as gone.
 *
 * @throws {@link FlError} `BAD_CONFIG` for neither or both of `tls` and `insecure`, `insecure` without `clientId`, an address
 *   that is none, and what is no certificate
 */
export function nativeClientTransport(options: NativeClientOptions): ClientTransport {
  const { tls, insecure = false, clientId } = options;
  const limits = limitsOf(options.limits);
  const address = parseAddress(options.address);
  assertSecure(address, tls !== undefined, insecure, "tls: { rootCertificates, cert, key }");
  const secure = tls && clientTlsOptions(tls);
  if (tls === undefined && (clientId === undefined || !isClientId(clientId))) {
    throw new FlError(
      "BAD_CONFIG",
      "insecure needs a clientId: 1 to 64 letters, digits or . _ : @ -",
    );
  }
  if (tls !== undefined && clientId !== undefined) {
    throw new FlError("BAD_CONFIG", "clientId is for insecure: with tls the certificate tells it");
  }
  return {
    name: "native",
    address: options.address,
    run: async (handle, runOptions = {}) => {
      const { signal, onConnected } = runOptions;
      const aborted = () => new FlError("ABORTED", "the client was ended");
      if (signal?.aborted === true) throw aborted();
      const over = new AbortController();
      let rejectAborted!: (error: FlError) => void;
      const abortion = new Promise<never>((_, reject) => {
        rejectAborted = reject;
      });
      abortion.catch(() => {});
      const onAbort = () => rejectAborted(aborted());
      signal?.addEventListener("abort", onAbort, { once: true });
      const link = createLink({
        address,
        tls: secure,
        graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
        pingMs: PING_MS,
        random: Math.random,
        signal: over.signal,
      });
      let hasSession = false;
      try {
        await Promise.race([hello(link, clientId), abortion]);
        hasSession = true;
        onConnected?.();
        const session = runClientSession({ link, handle, limits, signal: over.signal, runOptions });
        const end = await Promise.race([session, abortion]);
        hasSession = false;
        return end;
      } finally {
        signal?.removeEventListener("abort", onAbort);
        if (hasSession) await leave(link);
        over.abort();
        link.close();
      }
    },
  };
}

const DEFAULT_GRACE_MS = 60_000;

/** Asks to be let in. */
async function hello(link: Link, clientId: string | undefined): Promise<void> {
  const body = Buffer.from(JSON.stringify({ version: PROTOCOL_VERSION, clientId }));
  const response = await link.ask({ method: "POST", path: "/v1/session", body: [body] });
  const answer = fieldsOf(parseJson(await response.read({ maxBytes: MAX_HELLO_BYTES })));
  if (response.status === 409) {
    throw new FlError("DISCONNECTED", "a client of this name is connected");
  }
  const { token, version } = answer;
  if (response.status !== 200 || typeof token !== "string") throw badMessage("no session");
  if (countOf(version, "version") !== PROTOCOL_VERSION) throw badMessage("another version");
  link.setToken(token);
}

/** Tells the server, if it can be told, that nobody will come back. */
async function leave(link: Link): Promise<void> {
  const patience = new AbortController();
  const goodbye = link.ask({ method: "DELETE", path: "/v1/session" }).catch((error: unknown) => {
    if (!isFlError(error)) throw error;
  });
  await Promise.race([goodbye, sleep(GOODBYE_MS, patience.signal)]);
  patience.abort();
}
