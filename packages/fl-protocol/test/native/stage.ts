/**
 * A server, a line that can break, and a client, for one test.
 *
 * @module
 */
import type { ClientConnection, Instruction, ModelParameters, Reply } from "../../src/index.js";
import {
  type NativeServerOptions,
  nativeClientTransport,
  nativeServerTransport,
} from "../../src/native.js";
import { type BreakableLine, breakableLine } from "./proxy.js";

export type Handle = (instruction: Instruction) => Promise<Reply<ModelParameters>>;

/** What a test works with. */
export interface Stage {
  readonly address: string;
  readonly line: BreakableLine;
  readonly connection: ClientConnection;
  /** How the client's run ended. */
  readonly ended: Promise<unknown>;
  /** Ids of replies that were acknowledged. */
  readonly acknowledged: readonly string[];
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  readonly connected: readonly ClientConnection[];
  readonly closeServer: () => Promise<void>;
}

/** What is not as always. */
export interface StageOptions {
  readonly server?: Partial<NativeServerOptions>;
  readonly graceMs?: number;
}

/** Plays with a client that is connected over a line. */
export async function withClient(
  handle: Handle,
  play: (stage: Stage) => Promise<void>,
  { server = {}, graceMs = 10_000 }: StageOptions = {},
): Promise<void> {
  const connected: ClientConnection[] = [];
  const problems: { readonly code: string; readonly message: string }[] = [];
  const acknowledged: string[] = [];
  let onConnect = (): void => {};
  let onAccepted = (): void => {};
  const isConnected = Promise.all([
    new Promise<void>((resolve) => {
      onConnect = resolve;
    }),
    new Promise<void>((resolve) => {
      onAccepted = resolve;
    }),
  ]);
  const transport = nativeServerTransport({
    address: "127.0.0.1:0",
    insecure: true,
    graceMs,
    ...server,
  });
  const listening = await transport.listen({
    onConnect: (connection) => {
      connected.push(connection);
      onConnect();
    },
    onProblem: (problem) => problems.push(problem),
  });
  const line = await breakableLine(listening.address);
  const controller = new AbortController();
  const client = nativeClientTransport({
    address: line.address,
    insecure: true,
    clientId: "site",
    graceMs,
  });
  const ended = client.run(handle, {
    signal: controller.signal,
    onConnected: () => onAccepted(),
    onAcknowledged: (id) => acknowledged.push(id),
  });
  ended.catch(() => {});
  try {
    await Promise.race([isConnected, ended]);
    const { address, close } = listening;
    const connection = connected[0]!;
    await play({
      address,
      line,
      connection,
      ended,
      acknowledged,
      problems,
      connected,
      closeServer: close,
    });
  } finally {
    controller.abort();
    await ended.catch(() => {});
    await line.close();
    await listening.close();
  }
}

/** Parameters that don't compress. */
export function modelOf(megabytes: number, seed = 1): ModelParameters {
  const data = new Uint32Array((megabytes * 2 ** 20) / 4);
  let state = seed;
  for (let i = 0; i < data.length; i++) data[i] = state = Math.imul(state, 1664525) + 1013904223;
  return [{ name: "w", dtype: "uint32", shape: [data.length], data }];
}

/** An instruction to train. */
export function fit(id: string, parameters: ModelParameters): Instruction {
  return { kind: "fit", id, round: 1, parameters, config: {} };
}

export const ASK: Instruction = { kind: "getParameters", id: "1", round: 1, config: {} };

/** Waits until something is so. */
export async function eventually(isSo: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 15_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
