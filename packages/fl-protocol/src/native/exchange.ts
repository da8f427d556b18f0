/**
 * One request of the client, and its answer.
 *
 * @module
 */
import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import type { ReadOptions } from "./http-stream.js";

/** What is asked. */
export interface LinkRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: readonly Uint8Array[];
}

/** What is answered. A body that isn't read has to be given up by closing the stream. */
export interface LinkResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly stream: ClientHttp2Stream;
  readonly read: (options: ReadOptions) => Promise<Buffer>;
}
