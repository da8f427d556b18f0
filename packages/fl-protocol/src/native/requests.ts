/**
 * What the server does with each request of a client that has a session.
 *
 * @module
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import { sha256 } from "./broadcast.js";
import { decompressed } from "./compress.js";
import { badMessage } from "./frame.js";
import { type ReadOptions, readBody, readBodyInto, writePieces } from "./http-stream.js";
import type { ChunkSlot } from "./incoming-chunks.js";
import { isHash } from "./instruction-frame.js";
import { refuse, respond, respondJson } from "./respond.js";
import type { ReplyState, ServerSession } from "./server-session.js";
import { chunkCountOf, ENCODING_HEADER, HASH_HEADER, maxFrameBytes } from "./wire.js";

/** One request. */
export interface ClientRequest {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly session: ServerSession;
}

/** What holds for all of them. */
export interface RequestRules {
  readonly limits: Required<Limits>;
  /** How long a client that waits is left without an answer, milliseconds. */
  readonly keepAliveMs: number;
  /** How long a body may stand still, milliseconds. */
  readonly bodyIdleMs: number;
}

type Handler = (
  request: ClientRequest,
  rules: RequestRules,
  parts: readonly string[],
) => Promise<void> | void;

const NUMBER = String.raw`(\d{1,15})`;

/** Method, path, and what is done. */
const ROUTES: readonly (readonly [string, RegExp, Handler])[] = [
  ["DELETE", /^\/v1\/session$/, leave],
  ["GET", new RegExp(String.raw`^/v1/instruction\?after=${NUMBER}$`), poll],
  ["POST", /^\/v1\/heartbeat$/, ({ stream }) => respond(stream, 204)],
  ["GET", /^\/v1\/parameters\/([\da-f]{64})$/, sendManifest],
  ["GET", new RegExp(`^/v1/parameters/([\\da-f]{64})/chunks/${NUMBER}$`), sendChunk],
  ["PUT", new RegExp(`^/v1/replies/${NUMBER}$`), takeReply],
  ["PUT", new RegExp(`^/v1/replies/${NUMBER}/chunks/${NUMBER}$`), takeChunk],
  ["POST", new RegExp(`^/v1/replies/${NUMBER}/commit$`), commit],
];

/** Does what a client asks for. @throws {@link FlError} that the client is to be told */
export async function serveRequest(request: ClientRequest, rules: RequestRules): Promise<void> {
  const { stream, headers, session } = request;
  const path = headers[":path"] as string | undefined;
  let isPath = false;
  for (const [method, pattern, handle] of ROUTES) {
    const match = pattern.exec(path ?? "");
    if (match === null) continue;
    isPath = true;
    if (headers[":method"] !== method) continue;
    // One that was let go hears of it where it waits, and may do nothing else.
    if (session.isEnded() && handle !== poll) return refuse(stream, 410, "DISCONNECTED");
    return await handle(request, rules, match.slice(1));
  }
  refuse(stream, isPath ? 405 : 404, "BAD_MESSAGE");
}

function leave({ stream, session }: ClientRequest): void {
  respond(stream, 204);
  session.end("the client left");
}

function poll(
  { stream, session }: ClientRequest,
  { keepAliveMs }: RequestRules,
  [after]: readonly string[],
): void {
  let timer: NodeJS.Timeout | undefined;
  let isTold = false;
  const tell = (frame: Buffer | undefined) => {
    clearTimeout(timer);
    if (isTold) return;
    isTold = true;
    if (frame !== undefined) respond(stream, 200, frame);
    else if (session.isEnded()) refuse(stream, 410, "DISCONNECTED");
    else respond(stream, 204);
  };
  timer = setTimeout(() => session.stopPoll(tell), keepAliveMs);
  stream.once("close", () => {
    clearTimeout(timer);
    session.stopPoll(tell);
  });
  session.poll(Number(after), tell);
}

function sendManifest(
  { stream, session }: ClientRequest,
  _: RequestRules,
  [id]: readonly string[],
) {
  const broadcast = session.broadcastOf(id!);
  if (broadcast === undefined) refuse(stream, 404, "LATE");
  else respond(stream, 200, broadcast.manifest);
}

async function sendChunk(
  { stream, headers, session }: ClientRequest,
  _: RequestRules,
  [id, number]: readonly string[],
): Promise<void> {
  const broadcast = session.broadcastOf(id!);
  if (broadcast === undefined) return refuse(stream, 404, "LATE");
  const index = Number(number);
  if (index >= chunkCountOf(broadcast.body.byteLength)) throw badMessage("there is no such chunk");
  const { slices, byteLength, isCompressed } = await broadcast.chunk(index);
  const begin = beginOf(headers.range);
  if (begin > byteLength) throw badMessage("a range beyond the chunk");
  if (stream.destroyed) return;
  stream.respond({
    ":status": begin > 0 ? 206 : 200,
    "content-length": byteLength - begin,
    ...(isCompressed && { [ENCODING_HEADER]: "gzip" }),
  });
  await writePieces(stream, skipped(slices, begin));
}

/** Where a range that goes to the end begins. */
function beginOf(range: string | undefined): number {
  if (range === undefined) return 0;
  const [, begin] = /^bytes=(\d{1,15})-$/.exec(range) ?? [];
  if (begin === undefined) throw badMessage("a range of another kind");
  return Number(begin);
}

function skipped(slices: readonly Uint8Array[], begin: number): readonly Uint8Array[] {
  let left = begin;
  return slices.flatMap((slice) => {
    const rest = slice.subarray(Math.min(left, slice.length));
    left -= slice.length - rest.length;
    return rest.length > 0 ? [rest] : [];
  });
}

async function takeReply(
  { stream, headers, session }: ClientRequest,
  rules: RequestRules,
  [number]: readonly string[],
): Promise<void> {
  const maxBytes = maxFrameBytes(rules.limits);
  lengthOf(headers, maxBytes);
  const frame = await readBody(stream, { maxBytes, ...reading(session, rules) });
  respondState(stream, await session.reply(Number(number), frame));
}

async function takeChunk(
  { stream, headers, session }: ClientRequest,
  rules: RequestRules,
  [reply, chunk]: readonly string[],
): Promise<void> {
  const number = Number(reply);
  const index = Number(chunk);
  const chunks = session.chunksOf(number);
  const tell = () => respondState(stream, session.replyState(number));
  if (chunks === undefined) return tell();
  const hash = headers[HASH_HEADER];
  if (!isHash(hash)) throw badMessage("a chunk without a hash");
  if (index >= chunks.count) throw badMessage("a chunk after the last one");
  const gone = new AbortController();
  stream.once("close", () => gone.abort());
  const slot = await chunks.admit(index, gone.signal, () => stream.close());
  if (slot === undefined) return tell();
  try {
    await fill(slot, { stream, headers, session }, rules, hash);
  } catch (error) {
    slot.abandon();
    throw error;
  }
  slot.fill();
  tell();
}

async function fill(
  { buffer }: ChunkSlot,
  { stream, headers, session }: ClientRequest,
  rules: RequestRules,
  hash: string,
): Promise<void> {
  const isCompressed = headers[ENCODING_HEADER] === "gzip";
  const length = lengthOf(headers, buffer.length);
  if (isCompressed) {
    const bytes = await readBody(stream, { maxBytes: length, ...reading(session, rules) });
    buffer.set(await decompressed(bytes, buffer.length));
  } else {
    const got = await readBodyInto(stream, buffer, reading(session, rules));
    if (got !== buffer.length) throw badMessage("a chunk of another length");
  }
  if (sha256([buffer]) !== hash) throw new FlError("BAD_MESSAGE", "a chunk of another hash");
}

function commit({ stream, session }: ClientRequest, _: RequestRules, [number]: readonly string[]) {
  respondState(stream, session.commit(Number(number)));
}

function respondState(stream: ServerHttp2Stream, state: ReplyState): void {
  respondJson(stream, state.state === "late" ? 409 : 200, state);
}

/** How long a body says it is. @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED` */
function lengthOf(headers: IncomingHttpHeaders, maxBytes: number): number {
  const { "content-length": text } = headers;
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw badMessage("a body of no known length");
  if (Number(text) > maxBytes) {
    throw new FlError("LIMIT_EXCEEDED", `a body of more than the ${maxBytes} bytes allowed`);
  }
  return Number(text);
}

function reading(
  { heard }: ServerSession,
  { bodyIdleMs }: RequestRules,
): Omit<ReadOptions, "maxBytes"> {
  return { idleMs: bodyIdleMs, onBytes: heard };
}
