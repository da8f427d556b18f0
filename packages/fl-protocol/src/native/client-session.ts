/**
 * What a client does while it is connected: waits for instructions, and answers one after the other.
 *
 * @module
 */
import { FlError, isFlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Instruction, Reply } from "../message.js";
import { assertWithinLimits } from "../resolve-limits.js";
import type { ModelParameters } from "../tensor.js";
import type { ClientRunOptions, ClientTransport, SessionEnd } from "../transport.js";
import { bodyOf } from "./body.js";
import { fetchParameters, type KnownParameters } from "./download.js";
import { badMessage } from "./frame.js";
import { type Delivery, decodeServerWord, type ServerWord } from "./instruction-frame.js";
import type { Link } from "./link.js";
import { type Refused, replyHeader } from "./reply-frame.js";
import { encodeScalars } from "./scalars-json.js";
import { type OutgoingReply, outgoingReply, sendReply } from "./upload.js";
import { maxFrameBytes } from "./wire.js";

/** What a session needs of its client. */
export interface ClientSessionOptions {
  /** With a session. */
  readonly link: Link;
  readonly handle: Parameters<ClientTransport["run"]>[0];
  readonly limits: Required<Limits>;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly runOptions: ClientRunOptions;
}

/** A reply the server doesn't have yet, and what it is the answer to. */
interface KeptReply {
  readonly question: string;
  readonly reply: Reply<ModelParameters>;
}

/** Runs a session until the server ends it. @throws {@link FlError}, and what `handle` throws */
export async function runClientSession(options: ClientSessionOptions): Promise<SessionEnd> {
  const worker = createWorker(options);
  return await new Promise((resolve, reject) => {
    listen(options, worker.deliver).then(resolve, reject);
    worker.failed.catch(reject);
  });
}

/** Waits for one word of the server after the other. */
async function listen(
  { link, limits, signal }: ClientSessionOptions,
  deliver: (delivery: Delivery) => void,
): Promise<SessionEnd> {
  let after = 0;
  for (;;) {
    if (signal.aborted) throw new FlError("ABORTED", "the client was ended");
    const frame = await link.persist(async () => {
      const response = await link.ask({ method: "GET", path: `/v1/instruction?after=${after}` });
      if (response.status !== 200 && response.status !== 204) {
        throw badMessage(`an answer with status ${response.status}`);
      }
      return await response.read({ maxBytes: maxFrameBytes(limits) });
    });
    if (frame.length === 0) continue;
    const word: ServerWord = decodeServerWord(frame, limits);
    if (word.kind === "release") return word.end;
    after = word.delivery.number;
    deliver(word.delivery);
  }
}

function createWorker(options: ClientSessionOptions) {
  const { link, handle, limits, signal, runOptions } = options;
  /** The newest that is not begun; what came before it was given up by the server. */
  let next: Delivery | undefined;
  let wake = (): void => {};
  let kept: KeptReply | undefined;
  let known: KnownParameters | undefined;

  async function work(): Promise<never> {
    for (;;) {
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const delivery = next;
      next = undefined;
      if (delivery !== undefined) await answer(delivery);
    }
  }

  async function answer(delivery: Delivery): Promise<void> {
    const heartbeat = setInterval(() => {
      // What is wrong with the link is found out by those who need its answers.
      link.ask({ method: "POST", path: "/v1/heartbeat" }).catch(() => {});
    }, delivery.heartbeatMs);
    const stop = () => clearInterval(heartbeat);
    signal.addEventListener("abort", stop);
    try {
      const question = questionOf(delivery);
      if (kept?.question !== question) {
        kept = undefined;
        const instruction = await instructionOf(delivery);
        if (instruction === undefined) return;
        kept = { question, reply: await handle(instruction) };
      }
      await send(delivery, kept.reply);
    } finally {
      stop();
      signal.removeEventListener("abort", stop);
    }
  }

  /** The instruction with its parameters; undefined if the server gave it up meanwhile. */
  async function instructionOf(delivery: Delivery): Promise<Instruction | undefined> {
    const { instruction, parameters: reference } = delivery;
    if (reference === undefined) return instruction as Instruction;
    if (known?.id !== reference.id) known = undefined;
    try {
      const parameters = await fetchParameters(link, reference, known, limits);
      if (reference.inline === undefined) known = { id: reference.id, parameters };
      return { ...instruction, parameters } as Instruction;
    } catch (error) {
      if (!isFlError(error)) throw error;
      if (error.code === "TIMEOUT") return undefined;
      if (!isRefusable(error)) throw error;
      await sendReply(link, delivery.number, refusal(error));
      throw error;
    }
  }

  async function send(delivery: Delivery, reply: Reply<ModelParameters>): Promise<void> {
    const { kind, id } = delivery.instruction;
    let outgoing: OutgoingReply;
    let isSent = true;
    try {
      outgoing = outgoingOf(kind, reply);
    } catch (error) {
      if (!isFlError(error) || !isRefusable(error)) throw error;
      outgoing = refusal(error);
      isSent = false;
    }
    const isTaken = await sendReply(link, delivery.number, outgoing);
    if (!isTaken) return;
    kept = undefined;
    if (isSent) runOptions.onAcknowledged?.(id);
  }

  function outgoingOf(kind: Instruction["kind"], reply: Reply<ModelParameters>): OutgoingReply {
    const header = replyHeader(kind, reply, limits);
    const hasParameters = reply.kind === "fit" || reply.kind === "getParameters";
    if (hasParameters) assertWithinLimits(reply.parameters, limits);
    const outgoing = outgoingReply(header, hasParameters ? bodyOf(reply.parameters) : undefined);
    if (outgoing.frame.length > maxFrameBytes(limits)) {
      throw new FlError("LIMIT_EXCEEDED", `a reply of ${outgoing.frame.length} bytes`);
    }
    return outgoing;
  }

  const failed = work();
  failed.catch(() => {});
  return {
    failed,
    deliver: (delivery: Delivery) => {
      next = delivery;
      wake();
    },
  };
}

/** The same for an instruction that is sent again. */
function questionOf({ instruction, parameters }: Delivery): string {
  const { kind, id, round, config } = instruction;
  return JSON.stringify([kind, id, round, encodeScalars(config), parameters?.id]);
}

function isRefusable({ code }: FlError): boolean {
  return code === "LIMIT_EXCEEDED" || code === "BAD_MESSAGE" || code === "BAD_TENSOR";
}

/** Tells the server that there will be no answer. */
function refusal({ code, message }: FlError): OutgoingReply {
  const refused: Refused = { kind: "refused", code: code as Refused["code"], message };
  return outgoingReply(refused, undefined);
}
