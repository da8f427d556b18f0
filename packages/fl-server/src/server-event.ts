/**
 * What happens in a run, for programs that embed a server, and for its log. Without values of tensors.
 *
 * @module
 */
import type { RoundRecord } from "./history.js";
import type { RunStatus } from "./run-result.js";

/** What was asked of a client. */
export type AskedKind = "getParameters" | "fit" | "evaluate";

/** Something that happened. */
export type ServerEvent =
  | { readonly kind: "listening"; readonly transport: string; readonly address: string }
  | { readonly kind: "clientConnected"; readonly clientId: string; readonly dialect: string }
  | { readonly kind: "clientGone"; readonly clientId: string; readonly reason: string }
  /** Somebody was turned away: a second client of one name, or what the transport refused. */
  | { readonly kind: "clientRefused"; readonly code: string; readonly message: string }
  /** Fewer clients than are needed; at once, and then every ten seconds. */
  | { readonly kind: "waitingForClients"; readonly have: number; readonly need: number }
  | { readonly kind: "resumed"; readonly round: number }
  /** Whose parameters the run begins with; undefined: they were given. */
  | { readonly kind: "initialized"; readonly clientId?: string; readonly tensors: number }
  | {
      readonly kind: "roundStarted";
      readonly round: number;
      readonly attempt: number;
      readonly clients: readonly string[];
    }
  | {
      readonly kind: "replyReceived";
      readonly asked: AskedKind;
      readonly round: number;
      readonly clientId: string;
      readonly numExamples?: number;
    }
  /** A client failed, or what it sent was refused. The round goes on. */
  | {
      readonly kind: "replyRefused";
      readonly asked: AskedKind;
      readonly round: number;
      readonly clientId: string;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly kind: "roundFailed";
      readonly round: number;
      readonly attempt: number;
      readonly code: string;
      readonly message: string;
      readonly isRetried: boolean;
    }
  | { readonly kind: "evaluationSkipped"; readonly round: number; readonly message: string }
  | { readonly kind: "roundFinished"; readonly record: RoundRecord; readonly milliseconds: number }
  | { readonly kind: "checkpointSaved"; readonly round: number }
  | { readonly kind: "modelSaved"; readonly round: number; readonly isBest: boolean }
  | {
      readonly kind: "finished";
      readonly status: RunStatus;
      readonly code?: string;
      readonly message?: string;
      readonly rounds: number;
    };

/** Where lines of a log go: pino, or what is like it. */
export interface Logger {
  readonly debug: (fields: object, message: string) => void;
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
}

/** Writes an event as a line. */
export function logEvent(log: Logger, { kind, ...fields }: ServerEvent): void {
  log[levelOf(kind, fields)](
    { event: kind, ...fields },
    textOf({ kind, ...fields } as ServerEvent),
  );
}

function levelOf(kind: ServerEvent["kind"], fields: object): keyof Logger {
  switch (kind) {
    case "replyReceived":
      return "debug";
    case "waitingForClients":
    case "clientRefused":
    case "replyRefused":
    case "roundFailed":
    case "evaluationSkipped":
      return "warn";
    case "finished":
      return "status" in fields && fields.status === "failed" ? "error" : "info";
    default:
      return "info";
  }
}

/** An event in words. */
function textOf(event: ServerEvent): string {
  switch (event.kind) {
    case "listening":
      return `${event.transport} listens on ${event.address}`;
    case "clientConnected":
      return `client ${event.clientId} is connected`;
    case "clientGone":
      return `client ${event.clientId} is gone: ${event.reason}`;
    case "clientRefused":
      return `a client was turned away: ${event.message}`;
    case "waitingForClients":
      return `waiting for clients: ${event.have} of ${event.need} are connected`;
    case "resumed":
      return `goes on after round ${event.round}`;
    case "initialized":
      return event.clientId === undefined
        ? "begins with the parameters that were given"
        : `begins with the parameters of client ${event.clientId}`;
    case "roundStarted":
      return `round ${event.round}: ${event.clients.length} clients train`;
    case "replyReceived":
      return `round ${event.round}: ${event.asked} of client ${event.clientId}`;
    case "replyRefused":
      return `round ${event.round}: ${event.asked} of client ${event.clientId} failed: ${event.message}`;
    case "roundFailed":
      return `round ${event.round} failed${event.isRetried ? ", and is tried again" : ""}: ${event.message}`;
    case "evaluationSkipped":
      return `round ${event.round}: no evaluation: ${event.message}`;
    case "roundFinished":
      return `round ${event.record.round} is done`;
    case "checkpointSaved":
      return `round ${event.round} is on the disk`;
    case "modelSaved":
      return `the model of round ${event.round} is saved${event.isBest ? ", the best so far" : ""}`;
    case "finished":
      return event.status === "completed"
        ? `completed ${event.rounds} rounds`
        : `${event.status} after ${event.rounds} rounds: ${event.message}`;
  }
}
