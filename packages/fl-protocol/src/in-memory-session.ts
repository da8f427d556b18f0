/**
 * A client that is connected to a server in the same process.
 *
 * @module
 */
import { FlError, isFlError } from "./errors.js";
import type { Limits } from "./limits.js";
import type { Instruction, Reply } from "./message.js";
import type { ParameterChunk, ParameterSource } from "./parameter-source.js";
import { assertWithinLimits } from "./resolve-limits.js";
import { scalarsOf } from "./scalars.js";
import { readableOnce, sourceOf } from "./source-of.js";
import type { ModelParameters } from "./tensor.js";
import type {
  ClientConnection,
  ClientRunOptions,
  ClientTransport,
  RequestOptions,
  SessionEnd,
} from "./transport.js";

type Handle = Parameters<ClientTransport["run"]>[0];

/** The longest that Node's timers wait, 25 days; what is longer they take for nothing. */
const MAX_TIMER = 2 ** 31 - 1;

/** Both ends of it. */
export interface InMemorySession {
  readonly connection: ClientConnection;
  /** What the client waits for. */
  readonly ended: Promise<SessionEnd>;
  /** Ends it, once: the client's `run` with this result or error. */
  readonly end: (reason: string, result: SessionEnd | Error) => void;
}

/** An instruction that waits for its answer. */
interface Asked {
  readonly instruction: Instruction;
  readonly settle: (answer: Reply<ParameterSource> | FlError) => void;
}

export function createInMemorySession(
  clientId: string,
  limits: Required<Limits>,
  handle: Handle,
  { onAcknowledged }: ClientRunOptions,
): InMemorySession {
  const fail = (code: "DISCONNECTED" | "TIMEOUT" | "ABORTED" | "BAD_MESSAGE", message: string) =>
    new FlError(code, message, { clientId });
  let endedBecause: string | undefined;
  let asked: Asked | undefined;
  /** Made here, where no reply is in scope: what holds it holds none in memory. */
  const nothing = (): void => {};
  /** Gives up what wasn't read of the last answer. */
  let giveUpReply = nothing;
  /** Until the client has dealt with everything it was asked, also what nobody waits for any more. */
  let busy: Promise<void> = Promise.resolve();
  let closedWith!: (reason: string) => void;
  const closed = new Promise<string>((resolve) => {
    closedWith = resolve;
  });
  let runWith!: (result: SessionEnd | Promise<never>) => void;
  const ended = new Promise<SessionEnd>((resolve) => {
    runWith = resolve;
  });

  function end(reason: string, result: SessionEnd | Error): void {
    if (endedBecause !== undefined) return;
    endedBecause = reason;
    asked?.settle(fail("DISCONNECTED", `the client is gone: ${reason}`));
    runWith(result instanceof Error ? Promise.reject(result) : result);
    closedWith(reason);
  }

  /** The client's turn: answers, unless nobody waits any more when it gets to it. */
  async function answer(own: Asked): Promise<void> {
    if (asked !== own) return;
    let isAnswered = false;
    try {
      const reply = await handle(own.instruction);
      isAnswered = true;
      if (asked === own) own.settle(arrived(own.instruction, reply));
    } catch (error) {
      // A reply that can't be sent is the server's to know. That `handle` rejects is an error of the program.
      if (isAnswered && isFlError(error)) own.settle(error);
      else end("it failed", error instanceof Error ? error : new Error("handle rejected"));
    }
  }

  /** What the server gets of a reply. */
  function arrived(asked: Instruction, reply: Reply<ModelParameters>): Reply<ParameterSource> {
    if (reply.kind !== asked.kind && reply.kind !== "failure") {
      throw fail("BAD_MESSAGE", `a reply of kind ${reply.kind} to ${asked.kind}`);
    }
    const acknowledge = () => {
      if (endedBecause === undefined) onAcknowledged?.(asked.id);
    };
    switch (reply.kind) {
      case "getParameters":
        return { ...reply, parameters: sourceOfReply(reply.parameters, acknowledge) };
      case "fit": {
        const metrics = scalarsOf(reply.metrics, limits);
        return { ...reply, metrics, parameters: sourceOfReply(reply.parameters, acknowledge) };
      }
      default:
        queueMicrotask(acknowledge);
        if (reply.kind === "failure") return { ...reply };
        if (reply.kind === "evaluate") {
          return { ...reply, metrics: scalarsOf(reply.metrics, limits) };
        }
        return { ...reply, properties: scalarsOf(reply.properties, limits) };
    }
  }

  function sourceOfReply(parameters: ModelParameters, acknowledge: () => void): ParameterSource {
    const source = sourceOf(parameters);
    assertWithinLimits(source.specs, limits);
    let isOver = false;
    const finish = () => {
      if (!isOver) acknowledge();
      isOver = true;
      if (giveUpReply === finish) giveUpReply = nothing;
    };
    giveUpReply = finish;
    return readableOnce(source.specs, async function* (): AsyncGenerator<ParameterChunk> {
      const assertThere = () => {
        if (endedBecause !== undefined) throw fail("DISCONNECTED", "the client is gone");
        if (isOver) throw fail("ABORTED", "the next request gave up these parameters");
      };
      try {
        assertThere();
        for await (const chunk of source.chunks()) {
          assertThere();
          // A copy: neither side can write into the other's memory.
          yield { ...chunk, bytes: new Uint8Array(chunk.bytes) };
        }
      } finally {
        finish();
      }
    });
  }

  async function request(
    instruction: Instruction,
    { signal, timeoutMs }: RequestOptions = {},
  ): Promise<Reply<ParameterSource>> {
    if (endedBecause !== undefined) {
      throw fail("DISCONNECTED", `the client is gone: ${endedBecause}`);
    }
    if (asked !== undefined) throw new TypeError("request: expected one at a time for each client");
    if (signal?.aborted === true) throw fail("ABORTED", "the request was given up");
    const config = scalarsOf(instruction.config, limits);
    if ("parameters" in instruction) assertWithinLimits(instruction.parameters, limits);
    giveUpReply();
    let timer: NodeJS.Timeout | undefined;
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const settle: Asked["settle"] = (answer) => {
          if (asked === own) asked = undefined;
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        };
        const own: Asked = { instruction: { ...instruction, config }, settle };
        asked = own;
        onAbort = () => settle(fail("ABORTED", "the request was given up"));
        signal?.addEventListener("abort", onAbort, { once: true });
        if (timeoutMs !== undefined) {
          const late = () => settle(fail("TIMEOUT", `no answer in ${timeoutMs} ms`));
          timer = setTimeout(late, Math.min(timeoutMs, MAX_TIMER));
        }
        busy = busy.then(() => answer(own));
      });
    } finally {
      clearTimeout(timer);
      if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
    }
  }

  const connection: ClientConnection = {
    clientId,
    dialect: "memory",
    request,
    release: async ({ reconnectAfterSeconds } = {}) => end("released", { reconnectAfterSeconds }),
    closed,
  };
  return { connection, ended, end };
}
