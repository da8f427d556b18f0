/**
 * What certificates may be called: names that are ids of clients, names of files, and nothing else.
 *
 * @module
 */
import { isIP } from "node:net";
import { FlError } from "@dsail/fl-protocol";

/** As the ids of clients, without the colon that no file of Windows can have; no name of a file that is hidden. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62}[A-Za-z0-9_@-])?$/;

const HOST =
  /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** A name of an authority, for people. */
const TITLE = /^[\p{L}\p{N}][\p{L}\p{N} .,'()&_-]{0,63}$/u;

/** @throws {@link FlError} `BAD_CONFIG` */
export function assertCertificateName(name: string): void {
  if (NAME.test(name)) return;
  throw new FlError(
    "BAD_CONFIG",
    "name: expected 1 to 64 of letters, digits and . _ @ -, with a letter or digit first",
  );
}

/** @throws {@link FlError} `BAD_CONFIG` */
export function assertAuthorityName(name: string): void {
  if (TITLE.test(name)) return;
  throw new FlError("BAD_CONFIG", "name: expected 1 to 64 letters, digits and spaces");
}

/** A name of a host, or its address. */
export interface HostName {
  readonly type: "dns" | "ip";
  readonly value: string;
}

/** @throws {@link FlError} `BAD_CONFIG` */
export function parseHost(host: string): HostName {
  if (isIP(host) !== 0) return { type: "ip", value: host };
  if (host.length <= 253 && HOST.test(host)) return { type: "dns", value: host.toLowerCase() };
  throw new FlError("BAD_CONFIG", "host: expected a name or an address, without a port");
}
