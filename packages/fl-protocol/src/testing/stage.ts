/**
 * A server and its clients for one case of the contract: everything that is begun is ended, and nothing waits for ever.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Limits } from "../limits.js";
import type { Instruction, Reply } from "../message.js";
import type { ModelParameters } from "../tensor.js";
import type {
  ClientConnection,
  ClientTransport,
  Listening,
  ServerTransport,
  SessionEnd,
} from "../transport.js";

/** The two sides of a transport, made for one case. */
export interface TransportPair {
  readonly server: ServerTransport;
  /**
   * The side of a client.
   *
   * @param address - of the server, as it said when it began to listen
   */
  readonly client: (clientId: string, address: string) => ClientTransport;
  /** Frees what both sides hold; the server is closed before. */
  readonly close: () => Promise<void>;
}

/** Makes the two sides, with these limits on both. */
export type MakeTransportPair = (options: { readonly limits: Limits }) => Promise<TransportPair>;

export type Handle = (instruction: Instruction) => Promise<Reply<ModelParameters>>;

/** A client that is connected. */
interface Joined {
  readonly connection: ClientConnection;
  /** How its `run` ended. */
  readonly ended: Promise<SessionEnd>;
  /** Ends it as if its process had been stopped. */
  readonly stop: () => void;
  /** The ids that were acknowledged so far. */
  readonly acknowledged: readonly string[];
}

/** What a case has to work with. */
export interface Stage {
  readonly listening: Listening;
  /** Connects a client, and waits until the server knows it. */
  readonly join: (clientId: string, handle: Handle) => Promise<Joined>;
  /** The side of a client that isn't connected. */
  readonly client: (clientId: string) => ClientTransport;
}

/**
 * Longer than any step takes on a busy machine, also of 20 MB; a case that waits longer has failed. Shorter than a test is
 * given, so that what is told is what it waited for.
 */
const PATIENCE_MS = 8_000;

/** Runs a case. */
export async function onStage(
  make: MakeTransportPair,
  play: (stage: Stage) => Promise<void>,
  limits: Limits = {},
): Promise<void> {
  const pair = await make({ limits });
  const connected: ClientConnection[] = [];
  let onConnect = (): void => {};
  const listening = await pair.server.listen({
    onConnect: (connection) => {
      connected.push(connection);
      onConnect();
    },
  });
  const stops: (() => void)[] = [];
  const runs: Promise<unknown>[] = [];
  const client = (clientId: string) => pair.client(clientId, listening.address);

  async function join(clientId: string, handle: Handle): Promise<Joined> {
    const controller = new AbortController();
    const stop = () => controller.abort();
    const acknowledged: string[] = [];
    const known = connected.length;
    const isKnown = new Promise<void>((resolve) => {
      onConnect = resolve;
    });
    let isAccepted = false;
    const ended = client(clientId).run(handle, {
      signal: controller.signal,
      onConnected: () => {
        isAccepted = true;
      },
      onAcknowledged: (id) => acknowledged.push(id),
    });
    stops.push(stop);
    runs.push(ended.catch(() => {}));
    await within(Promise.race([isKnown, ended]), `client ${clientId} to be connected`);
    await eventually(() => isAccepted, "onConnected to be called");
    const connection = connected[known];
    assert.ok(connection, "the client's run ended before the server knew it");
    return { connection, ended, stop, acknowledged };
  }

  try {
    await play({ listening, join, client });
  } finally {
    await within(listening.close(), "the server to close");
    for (const stop of stops) stop();
    await within(Promise.all(runs), "the clients to end");
    await within(pair.close(), "the transport to close");
  }
}

/** What a promise gives, if it does so in time. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something is so. */
export async function eventually(isSo: () => boolean, what: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    assert.ok(performance.now() < end, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Asserts that a promise rejects with an `FlError` of one of these codes. */
export async function assertRefused(
  promise: Promise<unknown>,
  ...codes: readonly string[]
): Promise<void> {
  const outcome = promise.then(
    () => undefined,
    (error: unknown) => error as { readonly name?: unknown; readonly code?: unknown },
  );
  const error = await within(outcome, `an error ${codes.join(" or ")}`);
  assert.ok(error, `expected an error ${codes.join(" or ")}`);
  assert.ok(
    error.name === "FlError" && codes.includes(String(error.code)),
    `expected an FlError ${codes.join(" or ")}, got ${String(error.name)} ${String(error.code)}`,
  );
}
