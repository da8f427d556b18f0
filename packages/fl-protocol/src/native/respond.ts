/**
 * Answers of the server.
 *
 * @module
 */
import { constants, type ServerHttp2Stream } from "node:http2";

/** What a client is told that can't have what it asked for. */
interface RefusalBody {
  readonly code: string;
  /** More than the code, for those who may not join. */
  readonly details?: unknown;
}

export function respond(stream: ServerHttp2Stream, status: number, body?: Uint8Array): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  const length = body?.length ?? 0;
  stream.respond({ ":status": status, "content-length": length }, { endStream: length === 0 });
  if (length > 0) stream.end(body);
  stopReading(stream);
}

export function respondJson(stream: ServerHttp2Stream, status: number, value: unknown): void {
  respond(stream, status, Buffer.from(JSON.stringify(value)));
}

export function refuse(
  stream: ServerHttp2Stream,
  status: number,
  code: string,
  details?: unknown,
): void {
  const body: RefusalBody = { code, details };
  respondJson(stream, status, body);
}

/** How long a client may take to stop sending what isn't wanted. */
const STOP_MS = 2000;

/**
 * What the client still sends is not read. It stops by itself when it has the answer; to close the stream here, at once,
 * could take the answer from it.
 */
function stopReading(stream: ServerHttp2Stream): void {
  if (stream.endAfterHeaders || stream.readableEnded) {
    stream.resume();
    return;
  }
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), STOP_MS);
  stream.once("close", () => clearTimeout(timer));
}
