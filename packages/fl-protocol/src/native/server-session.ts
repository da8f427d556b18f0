/**
 * A client, as the server knows it: across connections, until it leaves or isn't heard of for too long.
 *
 * @module
 */
import { FlError, type FlErrorCode, isFlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Instruction, Reply } from "../message.js";
import type { ParameterSource } from "../parameter-source.js";
import { assertWithinLimits } from "../resolve-limits.js";
import { scalarsOf } from "../scalars.js";
import type { ClientConnection, RequestOptions, SessionEnd } from "../transport.js";
import type { Broadcast, Broadcasts, BroadcastUse } from "./broadcast.js";
import { badMessage } from "./frame.js";
import type { HavingChunks, IncomingChunks } from "./incoming-chunks.js";
import { encodeDelivery, encodeRelease, type ParametersReference } from "./instruction-frame.js";
import { promiseOf } from "./promise-of.js";
import { decodeReply, type ReplyBody } from "./reply-frame.js";
import { parametersOf } from "./reply-parameters.js";
import type { Room } from "./room.js";
import { watchSilence } from "./silence.js";
import { INLINE_BYTES, maxFrameBytes } from "./wire.js";

/** What a session needs of its server. */
export interface SessionOptions {
  readonly clientId: string;
  readonly limits: Required<Limits>;
  readonly broadcasts: Broadcasts;
  readonly room: Room;
  /** Without contact for so long it ends, milliseconds. */
  readonly graceMs: number;
  /** Called when it ended. */
  readonly onEnd: () => void;
}

/** How far a reply has come. */
export type ReplyState =
  | { readonly state: "done" }
  | { readonly state: "late" }
  | ({ readonly state: "open" } & HavingChunks);

/** A session, as the requests of its client see it. */
export interface ServerSession {
  readonly connection: ClientConnection;
  /** The client was heard. */
  readonly heard: () => void;
  /** Waits for what the client is told next. `tell` is called once at most; undefined: nothing yet. */
  readonly poll: (after: number, tell: (frame: Buffer | undefined) => void) => void;
  /** Ends a wait, with nothing to tell. */
  readonly stopPoll: (tell: (frame: Buffer | undefined) => void) => void;
  /** The parameters of what the client is asked at present. */
  readonly broadcastOf: (id: string) => Broadcast | undefined;
  /** @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED` */
  readonly reply: (number: number, frame: Uint8Array) => Promise<ReplyState>;
  readonly replyState: (number: number) => ReplyState;
  /** Undefined if no chunk of it is wanted: {@link replyState} tells why. */
  readonly chunksOf: (number: number) => IncomingChunks | undefined;
  readonly commit: (number: number) => ReplyState;
  /** Whether it ended, but for what its client is still to be told. */
  readonly isEnded: () => boolean;
  readonly end: (reason: string) => void;
  /** Ends when the client was told that it may go, if it is told that. */
  readonly told: Promise<void>;
}

/** What the client is asked. */
interface Asked {
  readonly number: number;
  readonly kind: Instruction["kind"];
  readonly frame: Buffer;
  readonly use: BroadcastUse | undefined;
  /** When its reply came, until it is understood. */
  taking: Promise<void> | undefined;
  readonly settle: (answer: Reply<ParameterSource> | FlError) => void;
}

/** The last reply that came. */
interface Taken {
  readonly number: number;
  readonly chunks: IncomingChunks | undefined;
}

const [LONGEST_HEARTBEAT_MS, SHORTEST_HEARTBEAT_MS] = [10_000, 1000];

export function createServerSession(options: SessionOptions): ServerSession {
  const { clientId, limits, broadcasts, room, graceMs, onEnd } = options;
  const fail = (code: FlErrorCode, message: string) => new FlError(code, message, { clientId });
  let heardAt = performance.now();
  let endedBecause: string | undefined;
  let farewell: Buffer | undefined;
  let lastNumber = 0;
  let isRequesting = false;
  let asked: Asked | undefined;
  let taken: Taken | undefined;
  let waiting:
    | { readonly after: number; readonly tell: (frame: Buffer | undefined) => void }
    | undefined;
  const closed = promiseOf<string>();
  const told = promiseOf<void>();
  const grace = watchSilence(
    graceMs,
    () => heardAt,
    () => true,
    () => end(`not heard of for ${graceMs} ms`),
  );

  function end(reason: string): void {
    if (endedBecause !== undefined) return;
    endedBecause = reason;
    grace.stop();
    const gone = fail("DISCONNECTED", `the client is gone: ${reason}`);
    asked?.settle(gone);
    taken?.chunks?.fail(gone);
    if (farewell === undefined) {
      waiting?.tell(undefined);
      told.resolve();
    }
    waiting = undefined;
    closed.resolve(reason);
    onEnd();
  }

  function release(sessionEnd: SessionEnd): void {
    if (endedBecause !== undefined) return;
    farewell = encodeRelease(sessionEnd);
    tellNext();
    end("released");
  }

  /** Answers the client that waits, if there is something to be told. */
  function tellNext(): void {
    if (waiting === undefined) return;
    const { after, tell } = waiting;
    const frame =
      farewell ?? (asked !== undefined && asked.number > after ? asked.frame : undefined);
    if (frame === undefined) return;
    waiting = undefined;
    tell(frame);
    if (frame === farewell) told.resolve();
  }

  async function request(
    instruction: Instruction,
    requestOptions: RequestOptions = {},
  ): Promise<Reply<ParameterSource>> {
    if (endedBecause !== undefined) {
      throw fail("DISCONNECTED", `the client is gone: ${endedBecause}`);
    }
    if (isRequesting) throw new TypeError("request: expected one at a time for each client");
    if (requestOptions.signal?.aborted === true) throw fail("ABORTED", "the request was given up");
    isRequesting = true;
    try {
      taken?.chunks?.drop(fail("ABORTED", "the next request gave up these parameters"));
      return await ask(instruction, requestOptions);
    } finally {
      isRequesting = false;
    }
  }

  async function ask(
    instruction: Instruction,
    { signal, timeoutMs }: RequestOptions,
  ): Promise<Reply<ParameterSource>> {
    const config = scalarsOf(instruction.config, limits);
    let use: BroadcastUse | undefined;
    let parameters: ParametersReference | undefined;
    if ("parameters" in instruction) {
      assertWithinLimits(instruction.parameters, limits);
      use = await broadcasts.use(instruction.parameters);
      parameters = referenceTo(use.broadcast);
    }
    const number = ++lastNumber;
    const heartbeatMs = Math.max(
      SHORTEST_HEARTBEAT_MS,
      Math.min(LONGEST_HEARTBEAT_MS, graceMs / 3, (timeoutMs ?? Infinity) / 3),
    );
    const { kind, id, round } = instruction;
    const header = { kind, id, ...(round !== undefined && { round }), config };
    const frame = encodeDelivery({
      number,
      heartbeatMs: Math.round(heartbeatMs),
      instruction: header,
      parameters,
    });
    try {
      if (frame.length > maxFrameBytes(limits)) {
        throw fail("LIMIT_EXCEEDED", `an instruction of ${frame.length} bytes`);
      }
      if (endedBecause !== undefined)
        throw fail("DISCONNECTED", `the client is gone: ${endedBecause}`);
      if (signal?.aborted === true) throw fail("ABORTED", "the request was given up");
    } catch (error) {
      use?.release();
      throw error;
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => own.settle(fail("ABORTED", "the request was given up"));
      const watch = watchSilence(
        timeoutMs,
        () => heardAt,
        () => asked === own || taken?.chunks?.isAwaited() === true,
        () => {
          const error = fail("TIMEOUT", `no sign of life in ${timeoutMs} ms`);
          if (asked === own) own.settle(error);
          else if (taken?.number === number) taken.chunks?.fail(error);
        },
      );
      const own: Asked = {
        number,
        kind,
        frame,
        use,
        taking: undefined,
        settle: (answer) => {
          if (asked !== own) return;
          asked = undefined;
          use?.release();
          signal?.removeEventListener("abort", onAbort);
          if (answer instanceof Error) {
            watch.stop();
            reject(answer);
            return;
          }
          const chunks = taken?.chunks;
          if (chunks === undefined) watch.stop();
          else void chunks.over.then(watch.stop);
          resolve(answer);
        },
      };
      asked = own;
      signal?.addEventListener("abort", onAbort, { once: true });
      tellNext();
    });
  }

  /** Takes what the client answered. */
  async function take(own: Asked, bytes: Uint8Array): Promise<void> {
    try {
      const { reply, body } = decodeReply(bytes, own.kind, limits);
      if (reply.kind === "refused") {
        taken = { number: own.number, chunks: undefined };
        own.settle(fail(reply.code, "the client could not answer: it is refused there"));
        return;
      }
      if (reply.kind !== "fit" && reply.kind !== "getParameters") {
        taken = { number: own.number, chunks: undefined };
        own.settle(reply);
        return;
      }
      const { chunks, source } = await parametersOf(body as ReplyBody, limits, room);
      if (asked !== own) {
        chunks?.drop(fail("ABORTED", "the request was given up"));
        return;
      }
      taken = { number: own.number, chunks };
      own.settle({ ...reply, parameters: source });
    } catch (error) {
      const refusal = isFlError(error) ? error : badMessage("it can't be read");
      own.settle(fail(refusal.code, refusal.message));
      throw refusal;
    }
  }

  const stateOf = (number: number): ReplyState => {
    if (taken?.number !== number || taken.chunks?.isLate() === true) return { state: "late" };
    const { chunks } = taken;
    if (chunks === undefined || chunks.isDone()) return { state: "done" };
    return { state: "open", ...chunks.having() };
  };

  return {
    connection: {
      clientId,
      dialect: "native",
      request,
      release: async ({ reconnectAfterSeconds } = {}) => release({ reconnectAfterSeconds }),
      closed: closed.promise,
    },
    heard: () => {
      heardAt = performance.now();
    },
    poll: (after, tell) => {
      waiting?.tell(undefined);
      waiting = { after, tell };
      tellNext();
    },
    stopPoll: (tell) => {
      if (waiting?.tell === tell) waiting = undefined;
      tell(undefined);
    },
    broadcastOf: (id) => (asked?.use?.broadcast.id === id ? asked.use.broadcast : undefined),
    reply: async (number, frame) => {
      const own = asked;
      if (own?.number === number) {
        own.taking ??= take(own, frame);
        await own.taking;
      }
      return stateOf(number);
    },
    replyState: stateOf,
    chunksOf: (number) => (taken?.number === number ? taken.chunks : undefined),
    commit: (number) => {
      const state = stateOf(number);
      if (state.state === "done") taken?.chunks?.commit();
      return state;
    },
    isEnded: () => endedBecause !== undefined,
    end,
    told: told.promise,
  };
}

function referenceTo({ id, body }: Broadcast): ParametersReference {
  const { byteLength } = body;
  const inline = byteLength <= INLINE_BYTES ? Buffer.concat(body.slices(0, byteLength)) : undefined;
  return { id, byteLength, inline };
}
