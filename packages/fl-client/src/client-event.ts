/**
 * What a client tells the site while it runs. None of it goes to the server, and none of it holds a value of a tensor or a
 * metric.
 *
 * @module
 */
import type { FailureReply, FlErrorCode, Instruction } from "@dsail/fl-protocol";
import type { Refusal } from "./policy/site-policy.js";
import type { TrainerProgress } from "./trainer.js";

interface OfInstruction {
  readonly id: string;
  readonly kind: Instruction["kind"];
  readonly round: number | undefined;
}

/** Something that happened. */
export type ClientEvent =
  /** `attempt`: failures in a row before this one, from 0. */
  | { readonly type: "connecting"; readonly attempt: number }
  | { readonly type: "connected" }
  | (OfInstruction & { readonly type: "instruction" })
  /** An instruction that was had before: `isDone` if its reply was kept, else work on it goes on. */
  | (OfInstruction & { readonly type: "repeated"; readonly isDone: boolean })
  | (OfInstruction & TrainerProgress & { readonly type: "progress" })
  /** A reply leaves. `dropped`: names of scalars that the policy took off. */
  | (OfInstruction & {
      readonly type: "answered";
      readonly elapsedMs: number;
      readonly dropped: readonly string[];
    })
  /** The trainer, or what it gave back, failed: the server is told `failure`. */
  | (OfInstruction & {
      readonly type: "failed";
      readonly failure: FailureReply;
      /** What was thrown, in full: for a debugger, not for a log, since it may hold anything. */
      readonly error: unknown;
    })
  /** The policy or a hook refused: the server is told the rule's name. */
  | (OfInstruction & { readonly type: "refused"; readonly refusal: Refusal })
  | { readonly type: "acknowledged"; readonly id: string }
  /** No connection, or the server said to come back later. */
  | { readonly type: "waiting"; readonly delayMs: number; readonly reason: string }
  | { readonly type: "ended"; readonly result: ClientResult };

/** How a client ended. */
export interface ClientResult {
  readonly status: /** The server said that the run is over. */
    | "completed"
    /** By `stop()` or the signal. */
    | "stopped"
    /** The server does not let the client in, or the policy does not let it go there. */
    | "refused"
    /** The server was not there for longer than the client waits. */
    | "gave-up"
    /** Something that another try would not cure. */
    | "failed";
  /** For a person. */
  readonly reason: string;
  /** Of the last error; undefined if there was none, or one of the program. */
  readonly code: FlErrorCode | undefined;
  /** Instructions that were answered with a result. */
  readonly answered: number;
  /** Instructions that were answered with a failure, refusals included. */
  readonly failed: number;
  /** Times that a server accepted the client. */
  readonly sessions: number;
}

/** An event as one line of a log. */
export function formatClientEvent(event: ClientEvent): string {
  switch (event.type) {
    case "connecting":
      return event.attempt === 0 ? "connecting" : `connecting, after ${event.attempt} failures`;
    case "connected":
      return "connected";
    case "instruction":
      return `${what(event)}: begun`;
    case "repeated":
      return `${what(event)}: asked again, ${event.isDone ? "answered from memory" : "still at it"}`;
    case "progress": {
      const note = event.note === undefined ? "" : `, ${event.note}`;
      return `${what(event)}: ${Math.round(event.share * 100)} %${note}`;
    }
    case "answered": {
      const dropped = event.dropped.length === 0 ? "" : `, without ${event.dropped.join(", ")}`;
      return `${what(event)}: answered in ${(event.elapsedMs / 1000).toFixed(1)} s${dropped}`;
    }
    case "failed":
      return `${what(event)}: failed, ${event.failure.message}`;
    case "refused":
      return `${what(event)}: refused by ${event.refusal.rule}, ${event.refusal.detail}`;
    case "acknowledged":
      return `${event.id}: acknowledged`;
    case "waiting":
      return `waiting ${(event.delayMs / 1000).toFixed(1)} s: ${event.reason}`;
    case "ended":
      return `ended, ${event.result.status}: ${event.result.reason}`;
  }
}

function what({ kind, round, id }: OfInstruction): string {
  return round === undefined ? `${kind} ${id}` : `${kind} of round ${round}`;
}
