/**
 * Asks clients all at once, and gives their answers in the order of their ids. One that fails is a failure of its own: the
 * others go on.
 *
 * @module
 */
import {
  type ClientConnection,
  FlError,
  type Instruction,
  isFlError,
  type ParameterSource,
  type Reply,
} from "@dsail/fl-protocol";
import type { ClientRegistry } from "./clients.js";
import type { AskedKind, ServerEvent } from "./server-event.js";
import type { ClientFailure } from "./strategy.js";

/** What is needed to ask. */
export interface AskOptions {
  readonly registry: ClientRegistry;
  readonly round: number;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
  readonly tell: (event: ServerEvent) => void;
}

/** What became of a client. */
type Outcome<T> =
  | { readonly clientId: string; readonly value: T }
  | { readonly clientId: string; readonly failure: ClientFailure };

/** The answers of several clients. */
export interface Answers<T> {
  /** One after the other by client id, each as soon as it is known. */
  readonly inOrder: () => AsyncGenerator<Outcome<T>>;
  /** All of them, when none is waited for any more. */
  readonly settled: () => Promise<readonly Outcome<T>[]>;
}

/**
 * Asks each client.
 *
 * @param ask - what is asked of one, and made of its answer; throws for one that fails
 */
export function askClients<T extends { readonly numExamples?: number }>(
  asked: AskedKind,
  clientIds: readonly string[],
  ask: (connection: ClientConnection) => Promise<T>,
  { registry, round, tell }: AskOptions,
): Answers<T> {
  async function outcomeOf(clientId: string): Promise<Outcome<T>> {
    try {
      const connection = registry.get(clientId);
      if (connection === undefined) throw new FlError("DISCONNECTED", "the client is not there");
      const value = await ask(connection);
      const { numExamples } = value;
      const examples = { ...(numExamples !== undefined && { numExamples }) };
      tell({ kind: "replyReceived", asked, round, clientId, ...examples });
      return { clientId, value };
    } catch (error) {
      const failure = failureOf(clientId, error);
      tell({ kind: "replyRefused", asked, round, ...failure });
      return { clientId, failure };
    }
  }
  const sorted = clientIds.toSorted();
  const outcomes = new Map(sorted.map((clientId) => [clientId, outcomeOf(clientId)]));
  return {
    inOrder: async function* () {
      for (const clientId of sorted) {
        yield await outcomes.get(clientId)!;
        // Whoever holds the answers should not hold what is used up.
        outcomes.delete(clientId);
      }
    },
    settled: () => Promise.all(outcomes.values()),
  };
}

/**
 * One request and its answer.
 *
 * @throws {@link FlError} what the transport throws; the code of a reply that is a failure
 */
export async function request<K extends Instruction["kind"]>(
  connection: ClientConnection,
  instruction: Instruction & { readonly kind: K },
  { signal, timeoutMs, round }: Pick<AskOptions, "signal" | "timeoutMs" | "round">,
): Promise<Reply<ParameterSource> & { readonly kind: K }> {
  const { clientId } = connection;
  const limit = { ...(timeoutMs !== undefined && { timeoutMs }) };
  const reply = await connection.request(instruction, { signal, ...limit });
  if (reply.kind === "failure") {
    throw new FlError(reply.code, `the client says: ${inOneLine(reply.message)}`, {
      clientId,
      round,
    });
  }
  if (reply.kind !== instruction.kind) {
    throw new FlError("BAD_MESSAGE", `an answer to ${reply.kind}`, { clientId, round });
  }
  return reply as Reply<ParameterSource> & { readonly kind: K };
}

function failureOf(clientId: string, error: unknown): ClientFailure {
  if (isFlError(error)) return { clientId, code: error.code, message: error.message };
  // What others throw may quote anything.
  const name = error instanceof Error ? error.name : typeof error;
  return { clientId, code: "FAILED", message: `an unexpected ${name}` };
}

/** A client's own words, for a log: no line of its own, and not too long. */
function inOneLine(text: string): string {
  const printable = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return printable.length > 200 ? `${printable.slice(0, 200)}…` : printable;
}
