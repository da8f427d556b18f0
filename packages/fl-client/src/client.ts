/**
 * A client of a federation: joins a server, answers it, comes back when the connection breaks, and ends in a state that has
 * a reason.
 *
 * @module
 */
import { type ClientTransport, type FlError, isFlError, type SessionEnd } from "@dsail/fl-protocol";
import { type Answers, createAnswers } from "./answers.js";
import { type BackOff, type BackOffOptions, createBackOff } from "./back-off.js";
import { type ClientEvent, type ClientResult, formatClientEvent } from "./client-event.js";
import { type Clock, systemClock } from "./clock.js";
import { createEgress, type EgressHook } from "./egress.js";
import { nameOf } from "./failure-reply.js";
import { checkServer } from "./policy/check-message.js";
import type { SitePolicy } from "./policy/site-policy.js";
import type { ReleaseCounts } from "./release-counts.js";
import type { Trainer } from "./trainer.js";

/** Who learns, for whom, and under which rules. */
export interface ClientOptions {
  readonly transport: ClientTransport;
  readonly trainer: Trainer;
  /** What the site lets leave. Default: everything. */
  readonly policy?: SitePolicy;
  /** Counts what leaves, for the policy. Default: a count that begins anew with each process. */
  readonly counts?: ReleaseCounts;
  /** The site's own steps at the gate, in order: noise, masks, budgets, an audit log. */
  readonly egress?: readonly EgressHook[];
  /** Ends the client when it aborts. */
  readonly signal?: AbortSignal;
  readonly backOff?: BackOffOptions;
  /** Called with all that happens. What it throws is ignored. */
  readonly onEvent?: (event: ClientEvent) => void;
  /** Called with a line for all that happens. What it throws is ignored. */
  readonly log?: (line: string) => void;
  /** Milliseconds that a trainer has to end, once nobody waits for it any more. Default 10,000. */
  readonly stopTimeoutMs?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** For the back-off, 0 to 1. Default `Math.random`: no secret depends on it. */
  readonly random?: () => number;
}

/** A client. */
export interface Client {
  /** Joins, and answers until there is no more to do. Never rejects; to be called once. */
  readonly run: () => Promise<ClientResult>;
  /** Ends it: `run` resolves soon. */
  readonly stop: () => void;
}

/** Errors of a session after which another one may go well. */
const WORTH_ANOTHER_TRY = ["DISCONNECTED", "TIMEOUT"];

/** The longest pause a server can ask for, a day. */
const MAX_PAUSE_SECONDS = 86_400;

type Outcome = Pick<ClientResult, "status" | "reason" | "code">;

/**
 * Creates a client.
 *
 * @throws {@link RangeError} for options out of their range
 */
export function createClient(options: ClientOptions): Client {
  const { transport, trainer, onEvent, log, clock = systemClock() } = options;
  const stopping = new AbortController();
  const signal =
    options.signal === undefined
      ? stopping.signal
      : AbortSignal.any([options.signal, stopping.signal]);
  const backOff = createBackOff(options.backOff ?? {}, options.random ?? Math.random);
  const egress = createEgress({
    ...(options.policy && { policy: options.policy }),
    ...(options.counts && { counts: options.counts }),
    ...(options.egress && { hooks: options.egress }),
  });

  function tell(event: ClientEvent): void {
    // A log that is full is no reason to stop training.
    try {
      onEvent?.(event);
    } catch {}
    try {
      log?.(formatClientEvent(event));
    } catch {}
  }

  const answers = createAnswers({ trainer, egress, tell, clock });
  let sessions = 0;
  let isStarted = false;

  async function run(): Promise<ClientResult> {
    if (isStarted) throw new TypeError("run: expected to be called once");
    isStarted = true;
    const { name, address } = transport;
    const refusal =
      options.policy && checkServer(options.policy.servers, { address, transport: name });
    const outcome: Outcome =
      refusal === undefined
        ? await runSessions({
            ...{ transport, answers, backOff, clock, signal, tell },
            onConnected: () => {
              sessions += 1;
            },
          })
        : { status: "refused", reason: `policy, servers: ${refusal.detail}`, code: "POLICY" };
    const isAtRest = await endWithin(answers, options.stopTimeoutMs ?? 10_000, clock);
    const result: ClientResult = {
      ...outcome,
      reason: isAtRest ? outcome.reason : `${outcome.reason}; the trainer did not end`,
      answered: answers.answered(),
      failed: answers.failed(),
      sessions,
    };
    tell({ type: "ended", result });
    return result;
  }

  return { run, stop: () => stopping.abort() };
}

interface Sessions {
  readonly transport: ClientTransport;
  readonly answers: Answers;
  readonly backOff: BackOff;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (event: ClientEvent) => void;
  readonly onConnected: () => void;
}

/** One session after the other, until one tells that it was the last. */
async function runSessions(given: Sessions): Promise<Outcome> {
  const { backOff, clock, signal, tell } = given;
  for (;;) {
    if (signal.aborted) return { status: "stopped", reason: "it was stopped", code: "ABORTED" };
    tell({ type: "connecting", attempt: backOff.attempts() });
    const end = await runSession(given);
    if (signal.aborted && !("reconnectAfterSeconds" in end)) continue;
    let waiting: { readonly delayMs: number; readonly reason: string };
    if ("reconnectAfterSeconds" in end) {
      const seconds = end.reconnectAfterSeconds;
      if (seconds === undefined) {
        return { status: "completed", reason: "the server ended the run", code: undefined };
      }
      backOff.reset();
      const delayMs = 1000 * Math.min(Math.max(seconds, 0), MAX_PAUSE_SECONDS);
      waiting = { delayMs, reason: "the server said to come back" };
    } else {
      const outcome = outcomeOf(end.error);
      if (outcome !== undefined) return outcome;
      const { code, message } = end.error as FlError;
      const next = backOff.next(clock.now());
      if ("gaveUp" in next) {
        return { status: "gave-up", reason: `${next.gaveUp}; the last: ${message}`, code };
      }
      waiting = { delayMs: next.delayMs, reason: message };
    }
    tell({ type: "waiting", ...waiting });
    await clock.sleep(waiting.delayMs, signal);
  }
}

async function runSession({
  transport,
  answers,
  backOff,
  signal,
  tell,
  onConnected,
}: Sessions): Promise<SessionEnd | { readonly error: unknown }> {
  try {
    return await transport.run(answers.answer, {
      signal,
      onConnected: () => {
        onConnected();
        tell({ type: "connected" });
      },
      // What shows that the server is well is that it takes replies; one that only accepts may drop each client at once.
      onAcknowledged: (id) => {
        backOff.reset();
        answers.acknowledge(id);
      },
    });
  } catch (error) {
    return { error };
  }
}

/** How the client ends for an error; undefined if another try is worth it. */
function outcomeOf(error: unknown): Outcome | undefined {
  if (!isFlError(error)) {
    return { status: "failed", reason: `the transport failed: ${nameOf(error)}`, code: undefined };
  }
  const { code, message: reason } = error;
  if (WORTH_ANOTHER_TRY.includes(code)) return undefined;
  if (code === "UNAUTHORIZED") return { status: "refused", reason, code };
  if (code === "ABORTED") return { status: "stopped", reason, code };
  return { status: "failed", reason, code };
}

/** Whether the trainer ended in time. */
async function endWithin(answers: Answers, ms: number, clock: Clock): Promise<boolean> {
  const isOver = new AbortController();
  const ended = answers.end().then(() => true);
  const late = clock.sleep(ms, isOver.signal).then(() => false);
  const isAtRest = await Promise.race([ended, late]);
  isOver.abort();
  return isAtRest;
}
