/**
 * What both sides of the native transport have agreed on.
 *
 * Over HTTP/2, all requests by the client:
 *
 *     POST   /v1/session                    hello: the version, and the client's id where there is no certificate
 *     DELETE /v1/session                    the client leaves
 *     GET    /v1/instruction?after=N        waits for a delivery of a higher number; 204 says that there is none yet
 *     POST   /v1/heartbeat                  the client is at work
 *     GET    /v1/parameters/ID              hashes of the chunks, whose own hash is ID
 *     GET    /v1/parameters/ID/chunks/N     a chunk, or by `range` the rest of one
 *     PUT    /v1/replies/D                  a reply to delivery D; says which chunks of its parameters are there
 *     PUT    /v1/replies/D/chunks/N         a chunk
 *     POST   /v1/replies/D/commit           all is sent
 *
 * A request can be sent again, whatever became of its answer: a delivery has one number, a reply that is there is told to be
 * there, and counts once.
 *
 * @module
 */
import type { Settings } from "node:http2";

/** Told in hello; others are refused. */
export const PROTOCOL_VERSION = 1;

/** Bytes of a chunk before it is compressed; the last one may have fewer. */
export const CHUNK_BYTES: number = 4 * 2 ** 20;

/** Parameters of so few bytes go along with the message itself. */
export const INLINE_BYTES: number = 64 * 2 ** 10;

/** SHA-256 of a chunk before it is compressed, hexadecimal. */
export const HASH_HEADER = "x-dsail-sha256";

/** `gzip`, or not there. */
export const ENCODING_HEADER = "content-encoding";

/** How many chunks parameters have. */
export function chunkCountOf(byteLength: number): number {
  return Math.ceil(byteLength / CHUNK_BYTES);
}

/** How many bytes a chunk has. */
export function chunkLengthOf(byteLength: number, index: number): number {
  return Math.min(CHUNK_BYTES, byteLength - index * CHUNK_BYTES);
}

/** What has to be told beside the bytes of the tensors: never more than the header of a safetensors file. */
const MAX_BODY_HEADER_BYTES = 100_000_008;

/** What parameters may have of bytes with all they need beside the tensors. */
export function maxBodyBytes({ maxMessageBytes }: { readonly maxMessageBytes: number }): number {
  return maxMessageBytes + Math.min(MAX_BODY_HEADER_BYTES, maxMessageBytes + 2 ** 16);
}

/** What a message may have without parameters that go apart: scalars, and what they take as JSON. */
export function maxFrameBytes({ maxMessageBytes }: { readonly maxMessageBytes: number }): number {
  return Math.min(maxMessageBytes, 2 ** 27) + 2 * INLINE_BYTES;
}

/** Bytes of one stream that may be on their way: what a line of 50 ms needs for 20 MB/s. */
const STREAM_WINDOW_BYTES = 2 ** 20;

/** Bytes of one connection that may be on their way, with streams that stand still. */
export const LOCAL_WINDOW_BYTES: number = 8 * 2 ** 20;

/** What Node allows a connection to hold, in MB: a few chunks. */
export const SESSION_MEMORY_MB = 64;

export const HTTP2_SETTINGS: Settings = {
  enablePush: false,
  initialWindowSize: STREAM_WINDOW_BYTES,
  maxConcurrentStreams: 16,
  maxHeaderListSize: 8192,
};

/** How many chunks are asked for, or sent, at once: enough that none is waited for. */
export const PARALLEL_CHUNKS = 3;
