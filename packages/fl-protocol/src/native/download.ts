/**
 * Parameters of an instruction, as the client gets them: chunk by chunk, and after a lost connection from the byte where it
 * was.
 *
 * @module
 */
import { collectParameters } from "../collect-parameters.js";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { ModelParameters } from "../tensor.js";
import { bodyOf, bodySource } from "./body.js";
import { manifestOf, sha256 } from "./broadcast.js";
import { decompressed } from "./compress.js";
import type { LinkResponse } from "./exchange.js";
import { badMessage, fieldsOf, parseJson } from "./frame.js";
import { lostConnection, readPieces } from "./http-stream.js";
import { isHash, type ParametersReference } from "./instruction-frame.js";
import type { Link } from "./link.js";
import {
  CHUNK_BYTES,
  chunkCountOf,
  chunkLengthOf,
  ENCODING_HEADER,
  maxBodyBytes,
  PARALLEL_CHUNKS,
} from "./wire.js";

/** Parameters that came before, and what they were called. */
export interface KnownParameters {
  readonly id: string;
  readonly parameters: ModelParameters;
}

/**
 * Fetches parameters, unless they are known.
 *
 * @throws {@link FlError} `TIMEOUT` if the server doesn't want an answer any more; `LIMIT_EXCEEDED`, `BAD_MESSAGE`, and
 *   what the link throws
 */
export async function fetchParameters(
  link: Link,
  reference: ParametersReference,
  known: KnownParameters | undefined,
  limits: Required<Limits>,
): Promise<ModelParameters> {
  const { id, byteLength, inline } = reference;
  if (byteLength > maxBodyBytes(limits)) {
    throw new FlError("LIMIT_EXCEEDED", `parameters of ${byteLength} bytes are more than allowed`);
  }
  if (known?.id === id && (await isUnchanged(known))) return known.parameters;
  const chunks = inline === undefined ? fetchChunks(link, reference) : once(inline);
  return await collectParameters(await bodySource(chunks, limits), limits);
}

/** Whether whoever trained with them left them as they were. */
async function isUnchanged({ id, parameters }: KnownParameters): Promise<boolean> {
  return sha256([await manifestOf(bodyOf(parameters))]) === id;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The chunks in their order, a few of them ahead. */
async function* fetchChunks(
  link: Link,
  { id, byteLength }: ParametersReference,
): AsyncGenerator<Uint8Array> {
  const hashes = await fetchManifest(link, id, byteLength);
  const free: Uint8Array[] = [];
  const ahead: Promise<Uint8Array>[] = [];
  let next = 0;
  let isGivenUp = false;
  const fetchNext = () => {
    const index = next++;
    const memory = free.pop() ?? Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, byteLength));
    const chunk = fetchChunk({
      link,
      path: `/v1/parameters/${id}/chunks/${index}`,
      hash: hashes[index]!,
      memory: memory.subarray(0, chunkLengthOf(byteLength, index)),
      isGivenUp: () => isGivenUp,
    });
    // Looked at in its turn.
    chunk.catch(() => {});
    ahead.push(chunk);
  };
  try {
    for (let i = 0; i < hashes.length; i++) {
      while (ahead.length < PARALLEL_CHUNKS && next < hashes.length) fetchNext();
      const chunk = await ahead.shift()!;
      yield chunk;
      free.push(new Uint8Array(chunk.buffer));
    }
  } finally {
    isGivenUp = true;
  }
}

/** The hashes of the chunks. */
async function fetchManifest(
  link: Link,
  id: string,
  byteLength: number,
): Promise<readonly string[]> {
  const count = chunkCountOf(byteLength);
  const bytes = await link.persist(async () => {
    const response = await link.ask({ method: "GET", path: `/v1/parameters/${id}` });
    if (response.status !== 200) throw notWanted(response);
    // 64 digits, two quotes and a comma for each; and what stands around them.
    return await response.read({ maxBytes: 67 * count + 100 });
  });
  if (sha256([bytes]) !== id) throw badMessage("hashes of other parameters");
  const { byteLength: length, chunks } = fieldsOf(parseJson(bytes));
  if (length !== byteLength || !Array.isArray(chunks) || chunks.length !== count) {
    throw badMessage("hashes of parameters of another length");
  }
  if (!chunks.every(isHash)) throw badMessage("hashes that are none");
  return chunks;
}

interface ChunkRequest {
  readonly link: Link;
  readonly path: string;
  readonly hash: string;
  /** As long as the chunk. */
  readonly memory: Uint8Array;
  readonly isGivenUp: () => boolean;
}

/** How often a chunk may come with another hash. */
const MAX_WRONG = 3;

async function fetchChunk(request: ChunkRequest): Promise<Uint8Array> {
  const { link, path, hash, memory, isGivenUp } = request;
  /** What came so far: of the chunk, or of what it is compressed to. */
  const part = { length: 0, isCompressed: false };
  let wrong = 0;
  return await link.persist(async () => {
    if (isGivenUp()) throw late();
    const headers = part.length > 0 ? { range: `bytes=${part.length}-` } : {};
    const response = await link.ask({ method: "GET", path, headers });
    await readOn(response, memory, part);
    const bytes = part.isCompressed
      ? await decompressed(memory.subarray(0, part.length), memory.length)
      : memory;
    const isWhole = part.isCompressed || part.length === memory.length;
    if (isWhole && sha256([bytes]) === hash) {
      if (bytes !== memory) memory.set(bytes);
      return memory;
    }
    part.length = 0;
    wrong += 1;
    if (wrong >= MAX_WRONG) throw badMessage("a chunk of parameters has another hash");
    throw lostConnection();
  });
}

async function readOn(
  response: LinkResponse,
  memory: Uint8Array,
  part: { length: number; isCompressed: boolean },
): Promise<void> {
  const { status, headers, stream } = response;
  if (status !== 200 && status !== 206) throw notWanted(response);
  const isCompressed = headers[ENCODING_HEADER] === "gzip";
  if (status === 200) part.length = 0;
  else if (isCompressed !== part.isCompressed) {
    // The rest of something else: from the beginning, then.
    part.length = 0;
    stream.close();
    throw lostConnection();
  }
  part.isCompressed = isCompressed;
  const begin = part.length;
  await readPieces(stream, { maxBytes: memory.length - begin }, (piece, at) => {
    memory.set(piece, begin + at);
    part.length = begin + at + piece.length;
  });
}

/** The answer to a question for parameters that are not asked about any more. */
function notWanted({ stream, status }: LinkResponse): FlError {
  stream.close();
  return status === 404 ? late() : badMessage(`an answer with status ${status}`);
}

function late(): FlError {
  return new FlError("TIMEOUT", "the server does not wait for an answer any more");
}
