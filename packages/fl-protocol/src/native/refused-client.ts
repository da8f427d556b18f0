/**
 * What an answer of the server that is a refusal means to the client.
 *
 * @module
 */
import { FlError } from "../errors.js";
import type { LinkResponse } from "./exchange.js";
import { fieldsOf, parseJson } from "./frame.js";
import { type Clocks, isRefusalReason, unauthorized } from "./refusal.js";

const MAX_REFUSAL_BYTES = 4096;

const TEXTS: Readonly<Record<number, readonly ["BAD_MESSAGE" | "LIMIT_EXCEEDED", string]>> = {
  400: ["BAD_MESSAGE", "the server takes this client's message for none"],
  404: ["BAD_MESSAGE", "the server has no such path: it may speak another version"],
  405: ["BAD_MESSAGE", "the server has no such method: it may speak another version"],
  413: ["LIMIT_EXCEEDED", "a message of more bytes than the server allows"],
};

/** Why, for whoever runs the client. The words of the other side are not passed on. */
export async function refusedByServer(response: LinkResponse, now: Date): Promise<FlError> {
  const { status, headers } = response;
  const details = await detailsOf(response);
  if (status === 401) {
    const { reason, clocks } = details;
    if (!isRefusalReason(reason))
      return new FlError("UNAUTHORIZED", "the server refuses this client");
    const text = unauthorized(reason, clocksOf(clocks, headers.date, now)).message;
    return new FlError("UNAUTHORIZED", `the server refuses this client: ${text}`);
  }
  const known = TEXTS[status];
  if (known !== undefined) return new FlError(known[0], known[1]);
  if (status === 410) {
    const text = "the server does not know this session: it was restarted, or waited in vain";
    return new FlError("DISCONNECTED", text);
  }
  return new FlError("DISCONNECTED", `the server can't take this client now (${status})`);
}

async function detailsOf({ read }: LinkResponse): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body = await read({ maxBytes: MAX_REFUSAL_BYTES, idleMs: 5000 });
    return fieldsOf(fieldsOf(parseJson(body))["details"] ?? {});
  } catch {
    return {};
  }
}

/** The server tells when the certificate is valid, and its clock. Dates only: what isn't one is left out. */
function clocksOf(value: unknown, date: string | undefined, now: Date): Clocks {
  const client = now.toISOString();
  const iso = (text: unknown) => {
    const time = typeof text === "string" ? new Date(text) : new Date(Number.NaN);
    return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
  };
  if (typeof value !== "object" || value === null) {
    return { client, server: iso(date), validity: undefined };
  }
  const { server, validity } = value as { readonly server?: unknown; readonly validity?: unknown };
  const { notBefore, notAfter } = (validity ?? {}) as Readonly<Record<string, unknown>>;
  const [from, to] = [iso(notBefore), iso(notAfter)];
  return {
    client,
    server: iso(server) ?? iso(date),
    validity:
      from === undefined || to === undefined ? undefined : { notBefore: from, notAfter: to },
  };
}
