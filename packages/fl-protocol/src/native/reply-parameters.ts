/**
 * The parameters of a reply, as the program reads them.
 *
 * @module
 */
import type { Limits } from "../limits.js";
import type { ParameterSource } from "../parameter-source.js";
import { bodySource } from "./body.js";
import { badMessage } from "./frame.js";
import { createIncomingChunks, type IncomingChunks } from "./incoming-chunks.js";
import type { ReplyBody } from "./reply-frame.js";
import type { Room } from "./room.js";

/** A source, and where its chunks come in, if it has some. */
export interface ReplyParameters {
  readonly source: ParameterSource;
  readonly chunks: IncomingChunks | undefined;
}

/**
 * The head tells of all tensors; chunks are read only when the program reads.
 *
 * @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED`
 */
export async function parametersOf(
  { head, tailLength }: ReplyBody,
  limits: Required<Limits>,
  room: Room,
): Promise<ReplyParameters> {
  const chunks = tailLength === 0 ? undefined : createIncomingChunks(tailLength, room);
  let isHeadRead = false;
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield head;
    if (!isHeadRead) throw badMessage("what tells of the tensors is not whole");
    if (chunks !== undefined) yield* chunks.read();
  }
  const source = await bodySource(stream(), limits);
  isHeadRead = true;
  return { chunks, source };
}
