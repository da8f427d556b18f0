/**
 * A client that says what it likes.
 *
 * @module
 */
import {
  type ClientHttp2Session,
  type ClientSessionOptions,
  connect,
  constants,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";

/** An answer, and what it says if it is JSON. */
interface RawAnswer {
  readonly status: number | undefined;
  readonly body: Buffer;
  readonly json: unknown;
  /** The code the stream was closed with, 0 if there was nothing wrong. */
  readonly rstCode: number;
}

export interface RawClient {
  readonly session: ClientHttp2Session;
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<RawAnswer>;
  /** Says hello, and gives the headers that show the session. */
  readonly hello: (clientId?: string) => Promise<{ readonly authorization: string }>;
  readonly close: () => void;
}

interface AskOptions {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
  /** Leaves the body open. */
  readonly isUnfinished?: boolean;
}

export async function rawClient(
  address: string,
  options: ClientSessionOptions | SecureClientSessionOptions = {},
): Promise<RawClient> {
  const scheme = "ca" in options ? "https" : "http";
  const session = connect(`${scheme}://${address}`, { maxSessionMemory: 64, ...options });
  session.on("error", () => {});
  const ask: RawClient["ask"] = (method, path, { headers = {}, body, isUnfinished } = {}) =>
    new Promise((resolve, reject) => {
      const stream = session.request(
        {
          ":method": method,
          ":path": path,
          ...(body !== undefined && { "content-length": body.length }),
          ...headers,
        },
        { endStream: body === undefined },
      );
      const parts: Buffer[] = [];
      let status: number | undefined;
      stream.on("error", () => {});
      stream.on("response", (got) => {
        status = got[":status"];
      });
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        if (!stream.writableFinished) stream.close(constants.NGHTTP2_CANCEL);
      });
      stream.on("close", () => {
        const all = Buffer.concat(parts);
        let json: unknown;
        try {
          json = JSON.parse(all.toString());
        } catch {
          json = undefined;
        }
        const rstCode = stream.rstCode ?? -1;
        if (status === undefined && session.destroyed && rstCode === 0) reject(new Error("cut"));
        else resolve({ status, body: all, json, rstCode });
      });
      if (isUnfinished === true) stream.write(body ?? "");
      else if (body !== undefined) stream.end(body);
    });
  return {
    session,
    ask,
    hello: async (clientId) => {
      const body = Buffer.from(JSON.stringify({ version: 1, clientId }));
      const { status, json } = await ask("POST", "/v1/session", { body });
      if (status !== 200) throw new Error(`hello: ${status}`);
      return { authorization: `Bearer ${(json as { readonly token: string }).token}` };
    },
    close: () => session.destroy(),
  };
}
