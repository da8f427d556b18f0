/**
 * A reply, as the client sends it: what the server has already is not sent again.
 *
 * @module
 */
import { type Body, chunkOf, tailOf } from "./body.js";
import { sentChunk, sha256 } from "./broadcast.js";
import type { LinkRequest } from "./exchange.js";
import { badMessage, countOf, fieldsOf, parseJson } from "./frame.js";
import type { Link } from "./link.js";
import { encodeReply } from "./reply-frame.js";
import type { ReplyState } from "./server-session.js";
import {
  chunkCountOf,
  ENCODING_HEADER,
  HASH_HEADER,
  INLINE_BYTES,
  PARALLEL_CHUNKS,
} from "./wire.js";

/** A reply that is ready to be sent. */
export interface OutgoingReply {
  readonly frame: Buffer;
  /** What goes in chunks. */
  readonly tail: Body | undefined;
}

/** A reply, and its parameters if it has some: few of them go along. */
export function outgoingReply(header: object, body: Body | undefined): OutgoingReply {
  if (body === undefined) return { frame: encodeReply(header), tail: undefined };
  const { byteLength, headLength, slices } = body;
  const isSmall = byteLength <= INLINE_BYTES;
  const head = Buffer.concat(slices(0, isSmall ? byteLength : headLength));
  const tail = isSmall ? undefined : tailOf(body);
  return { frame: encodeReply(header, { head, tailLength: tail?.byteLength ?? 0 }), tail };
}

/**
 * Sends a reply, over as many connections as it takes.
 *
 * @returns whether the server took it; if not, it doesn't wait for it any more
 * @throws what the link throws
 */
export async function sendReply(
  link: Link,
  delivery: number,
  { frame, tail }: OutgoingReply,
): Promise<boolean> {
  const path = `/v1/replies/${delivery}`;
  return await link.persist(async () => {
    let state = await askState(link, { method: "PUT", path, body: [frame] });
    while (state.state === "open") {
      if (tail === undefined) throw badMessage("the server wants chunks where there are none");
      await sendChunks(link, path, tail, state);
      state = await askState(link, { method: "POST", path: `${path}/commit` });
    }
    return state.state === "done";
  });
}

/** Sends what is missing, a few chunks at a time and in their order. */
async function sendChunks(
  link: Link,
  path: string,
  tail: Body,
  { next, also }: Extract<ReplyState, { readonly state: "open" }>,
): Promise<void> {
  const has = new Set(also);
  const count = chunkCountOf(tail.byteLength);
  let index = next;
  let isOver = false;
  const sendNext = async () => {
    try {
      while (index < count && !isOver) {
        const own = index++;
        if (has.has(own)) continue;
        const state = await sendOne(link, `${path}/chunks/${own}`, tail, own);
        if (state.state !== "open") isOver = true;
      }
    } catch (error) {
      isOver = true;
      throw error;
    }
  };
  // All have to end, so that none is in the way of the next try.
  const ends = await Promise.allSettled(Array.from({ length: PARALLEL_CHUNKS }, sendNext));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

async function sendOne(link: Link, path: string, tail: Body, index: number): Promise<ReplyState> {
  const hash = sha256(chunkOf(tail, index));
  const { slices, isCompressed } = await sentChunk(tail, index);
  const headers = { [HASH_HEADER]: hash, ...(isCompressed && { [ENCODING_HEADER]: "gzip" }) };
  return await askState(link, { method: "PUT", path, headers, body: slices });
}

const MAX_STATE_BYTES = 4096;

async function askState(link: Link, request: LinkRequest): Promise<ReplyState> {
  const response = await link.ask(request);
  const fields = fieldsOf(parseJson(await response.read({ maxBytes: MAX_STATE_BYTES })));
  const { state } = fields;
  if (state === "done" || state === "late") return { state };
  const { next, also } = fields;
  if (state !== "open" || !Array.isArray(also)) throw badMessage("what it says of a reply");
  return { state, next: countOf(next, "next"), also: also.map((i) => countOf(i, "also")) };
}
