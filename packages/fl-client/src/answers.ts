/**
 * Answers to instructions: one at a time, each once. What was asked before, of a session that broke off, is not done again:
 * work on it goes on, and its reply is kept until the server has it. One reply is kept, the last.
 *
 * @module
 */
import type { Instruction, ModelParameters, Reply } from "@dsail/fl-protocol";
import { answerWithTrainer } from "./answer-with-trainer.js";
import type { ClientEvent } from "./client-event.js";
import type { Clock } from "./clock.js";
import type { Departure, Egress } from "./egress.js";
import { failureOf } from "./failure-reply.js";
import type { Trainer } from "./trainer.js";

/** Of what answers are made. */
export interface AnswersOptions {
  readonly trainer: Trainer;
  readonly egress: Egress;
  readonly tell: (event: ClientEvent) => void;
  readonly clock: Clock;
}

/** A client's answers. */
export interface Answers {
  /** Never rejects. */
  readonly answer: (instruction: Instruction) => Promise<Reply<ModelParameters>>;
  /** The server has the reply: it is kept no longer. */
  readonly acknowledge: (id: string) => void;
  /** Ends what is going on: resolves when the trainer has. */
  readonly end: () => Promise<void>;
  readonly answered: () => number;
  readonly failed: () => number;
}

/** An instruction, and its reply, which may be yet to come. */
interface Work {
  readonly id: string;
  readonly kind: Instruction["kind"];
  readonly controller: AbortController;
  reply: Promise<Reply<ModelParameters>>;
  isDone: boolean;
}

export function createAnswers({ trainer, egress, tell, clock }: AnswersOptions): Answers {
  let current: Work | undefined;
  let [answered, failed] = [0, 0];

  async function depart(instruction: Instruction, { controller }: Work): Promise<Departure> {
    const refusal = egress.admit(instruction);
    if (refusal !== undefined) return egress.refuse(instruction, refusal);
    const { id, kind, round } = instruction;
    let reply: Reply<ModelParameters>;
    try {
      reply = await answerWithTrainer(trainer, instruction, {
        signal: controller.signal,
        round,
        onProgress: ({ share, note }) =>
          tell({
            type: "progress",
            id,
            kind,
            round,
            share,
            ...(note === undefined ? {} : { note }),
          }),
      });
    } catch (error) {
      reply = failureOf(error);
      tell({ type: "failed", id, kind, round, failure: reply, error });
    }
    return egress.release({ instruction, reply });
  }

  async function work(instruction: Instruction, own: Work): Promise<Reply<ModelParameters>> {
    const { id, kind, round } = instruction;
    const began = clock.now();
    tell({ type: "instruction", id, kind, round });
    const { reply, refusal, dropped } = await depart(instruction, own);
    own.isDone = true;
    if (refusal !== undefined) tell({ type: "refused", id, kind, round, refusal });
    if (reply.kind === "failure") failed += 1;
    else {
      answered += 1;
      tell({ type: "answered", id, kind, round, elapsedMs: clock.now() - began, dropped });
    }
    return reply;
  }

  /** When work that nobody waits for has ended. Holds nothing of it. */
  function ended(work: Work | undefined): Promise<void> {
    if (work === undefined) return Promise.resolve();
    work.controller.abort();
    return work.reply.then(() => undefined);
  }

  return {
    answer: (instruction) => {
      const { id, kind, round } = instruction;
      if (current?.id === id && current.kind === kind) {
        tell({ type: "repeated", id, kind, round, isDone: current.isDone });
        return current.reply;
      }
      const before = ended(current);
      const own: Work = {
        id,
        kind,
        controller: new AbortController(),
        isDone: false,
        reply: before.then(() => work(instruction, own)),
      };
      current = own;
      return own.reply;
    },
    acknowledge: (id) => {
      if (current?.id !== id || !current.isDone) return;
      current = undefined;
      tell({ type: "acknowledged", id });
    },
    end: () => ended(current),
    answered: () => answered,
    failed: () => failed,
  };
}
