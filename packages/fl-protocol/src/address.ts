/**
 * Addresses of servers, and whether one may do without TLS there.
 *
 * @module
 */
import { isIP } from "node:net";
import { FlError } from "./errors.js";

/** One certificate, a chain of them, or a key. */
export type Pem = string | Uint8Array;

/** Whether to do without TLS: not, only between programs of one machine, or anywhere. */
export type Insecure = boolean | "any-address";

/** The parts of an address. */
export interface HostAndPort {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * The parts of `host:port`.
 *
 * @throws {@link FlError} `BAD_CONFIG`
 */
export function parseAddress(address: string): HostAndPort {
  const match = /^(?:\[([\da-fA-F:.%\w]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(address);
  const [, inBrackets, plain, port] = match ?? [];
  const host = inBrackets ?? plain;
  if (host === undefined || Number(port) > 65535) {
    throw new FlError("BAD_CONFIG", "address: expected HOST:PORT, as in 0.0.0.0:8443 or [::]:8443");
  }
  return { host, port: Number(port) };
}

/** `host:port`, with brackets where they are needed. */
export function formatAddress({ host, port }: HostAndPort): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Whether TLS is used as the options say.
 *
 * @param how - what to set for TLS
 * @throws {@link FlError} `BAD_CONFIG` for neither or both of `tls` and `insecure`, and for `insecure: true` with an address
 *   that other machines reach
 */
export function assertSecure(
  { host }: HostAndPort,
  hasTls: boolean,
  insecure: Insecure,
  how: string,
): void {
  if (hasTls) {
    if (insecure === false) return;
    throw new FlError("BAD_CONFIG", "tls and insecure contradict each other");
  }
  if (insecure === "any-address" || (insecure === true && isLoopback(host))) return;
  const instead = isLoopback(host)
    ? "insecure: true, for programs of this machine only"
    : 'insecure: "any-address", if the network is protected otherwise';
  throw new FlError(
    "BAD_CONFIG",
    `without TLS anybody can read and join: set ${how}, or ${instead}`,
  );
}

/** Whether only programs of this machine reach it. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
