/**
 * What a status of gRPC means to a client.
 *
 * @module
 */
import { type StatusObject, status } from "@grpc/grpc-js";
import { FlError, type FlErrorCode } from "../errors.js";
import type { Limits } from "../limits.js";

const CODES: Readonly<Partial<Record<status, FlErrorCode>>> = {
  [status.UNAUTHENTICATED]: "UNAUTHORIZED",
  [status.PERMISSION_DENIED]: "UNAUTHORIZED",
  [status.INVALID_ARGUMENT]: "BAD_MESSAGE",
  [status.RESOURCE_EXHAUSTED]: "LIMIT_EXCEEDED",
  [status.UNIMPLEMENTED]: "NOT_IMPLEMENTED",
};

/** What Node and OpenSSL say of a certificate, in the words grpc-js passes on. */
const ABOUT_CERTIFICATES = /certificate|ERR_TLS|altname|unable to get .*issuer|unknown ca/i;

/**
 * Why the stream ended, though the server did not let the client go. The words of the other side are in its `cause` only.
 */
export function sessionError(
  end: StatusObject,
  signal: AbortSignal | undefined,
  { maxMessageBytes }: Required<Limits>,
): FlError {
  if (signal?.aborted) return new FlError("ABORTED", "ended by the caller");
  const cause = new Error(end.details);
  if (end.code === status.UNAVAILABLE && ABOUT_CERTIFICATES.test(end.details)) {
    // Another try would end the same way.
    return new FlError("UNAUTHORIZED", "the certificates of server or client are refused", {
      cause,
    });
  }
  const code = CODES[end.code] ?? "DISCONNECTED";
  return new FlError(
    code,
    TEXTS[code]?.(maxMessageBytes) ?? `the stream ended (${status[end.code]})`,
    {
      cause,
    },
  );
}

const TEXTS: Readonly<Partial<Record<FlErrorCode, (maxMessageBytes: number) => string>>> = {
  UNAUTHORIZED: () => "the server turned this client away",
  LIMIT_EXCEEDED: (max) => `a message of more than the ${max} bytes allowed here, or by the server`,
  NOT_IMPLEMENTED: () => "the server speaks another dialect, or is none of Flower's",
};
