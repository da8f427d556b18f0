/**
 * Who is at the other end of a connection, by its certificate.
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { isClientId } from "../client-id.js";
import { type Clocks, type RefusalReason, reasonOfCode, validityOf } from "./refusal.js";

/** A client before it has a session. */
export interface Peer {
  /** The common name of its certificate; undefined without TLS. */
  readonly clientId: string | undefined;
  /** Hexadecimal, without colons. */
  readonly serialNumber: string | undefined;
  /** SHA-256 of the certificate: a session is of one. Empty without TLS. */
  readonly fingerprint: string;
  /** Why it may not join. */
  readonly refusal: Refusal | undefined;
}

/** Why a client may not join, and what both should know of it. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly clocks: Clocks | undefined;
}

/** Who may join. */
export interface Admission {
  /** The clients that may join. Default: all with a certificate of `tls.ca`. */
  readonly allowedClients?: readonly string[];
  /**
   * Whether a certificate is revoked, by its serial number (hexadecimal, capitals). Asked with every request, and thus a
   * client that is connected ends with the next one, in half a minute at most.
   */
  readonly isRevoked?: (serialNumber: string) => boolean;
}

const WITHOUT_TLS: Peer = {
  clientId: undefined,
  serialNumber: undefined,
  fingerprint: "",
  refusal: undefined,
};

/** Who connected. */
export function peerOf(socket: Socket): Peer {
  if (!(socket instanceof TLSSocket)) return WITHOUT_TLS;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { ...WITHOUT_TLS, refusal: refusal("NO_CERTIFICATE") };
  const { serialNumber, fingerprint256: fingerprint } = certificate;
  const clientId = commonNameOf(certificate);
  const known = { clientId, serialNumber, fingerprint };
  if (!socket.authorized) {
    const { authorizationError } = socket as { readonly authorizationError?: unknown };
    const code =
      authorizationError instanceof Error ? authorizationError.message : authorizationError;
    const reason = reasonOfCode(String(code)) ?? "BROKEN_CERTIFICATE";
    return { ...known, refusal: refusal(reason, certificate) };
  }
  if (clientId === undefined) return { ...known, refusal: refusal("NO_NAME") };
  return { ...known, refusal: undefined };
}

/** Whether a client may do anything, now. */
export function refusalOf(
  { refusal: known, serialNumber }: Peer,
  clientId: string,
  { allowedClients, isRevoked }: Admission,
): Refusal | undefined {
  if (known !== undefined) return known;
  if (serialNumber !== undefined && isRevoked?.(serialNumber) === true) return refusal("REVOKED");
  if (allowedClients !== undefined && !allowedClients.includes(clientId)) {
    return refusal("NOT_ALLOWED");
  }
  return undefined;
}

function refusal(reason: RefusalReason, certificate?: X509Certificate): Refusal {
  const clocks = certificate && {
    server: new Date().toISOString(),
    client: undefined,
    validity: validityOf(certificate),
  };
  return { reason, clocks };
}

/** The one common name, if it can be an id. */
function commonNameOf(certificate: X509Certificate): string | undefined {
  const name: unknown = certificate.toLegacyObject().subject?.CN;
  return typeof name === "string" && isClientId(name) ? name : undefined;
}
