/**
 * Why a client is not let in, told apart so that the right person can put it right.
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import { FlError } from "../errors.js";

/** Why. */
export type RefusalReason =
  | "NO_CERTIFICATE"
  | "NOT_YET_VALID"
  | "EXPIRED"
  | "UNKNOWN_CA"
  | "WRONG_PURPOSE"
  | "BROKEN_CERTIFICATE"
  | "REVOKED"
  | "NOT_ALLOWED"
  | "NO_NAME"
  | "NO_SESSION";

/** Texts, after "the certificate" or as they stand. */
const TEXTS: Readonly<Record<RefusalReason, string>> = {
  NO_CERTIFICATE: "no certificate was shown",
  NOT_YET_VALID: "the certificate is not valid yet",
  EXPIRED: "the certificate has expired",
  UNKNOWN_CA: "the certificate is of an authority that is not trusted here",
  WRONG_PURPOSE:
    "the certificate is not for this purpose: a server's and a client's are not the same",
  BROKEN_CERTIFICATE: "the certificate is broken",
  REVOKED: "the certificate is revoked",
  NOT_ALLOWED: "this client is not on the list of those who may join",
  NO_NAME: "the certificate has no common name that can be a client's id",
  NO_SESSION: "the session is another client's",
};

/** The codes of OpenSSL, as Node tells them. */
const REASONS: ReadonlyMap<string, RefusalReason> = new Map([
  ["CERT_NOT_YET_VALID", "NOT_YET_VALID"],
  ["CERT_HAS_EXPIRED", "EXPIRED"],
  ["UNABLE_TO_GET_ISSUER_CERT", "UNKNOWN_CA"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UNKNOWN_CA"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNKNOWN_CA"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "UNKNOWN_CA"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "UNKNOWN_CA"],
  ["CERT_UNTRUSTED", "UNKNOWN_CA"],
  ["CERT_SIGNATURE_FAILURE", "UNKNOWN_CA"],
  ["INVALID_PURPOSE", "WRONG_PURPOSE"],
  ["CERT_REVOKED", "REVOKED"],
]);

/** What OpenSSL found wrong with a certificate; undefined if that is no word of its. */
export function reasonOfCode(code: string | undefined): RefusalReason | undefined {
  if (code === undefined) return undefined;
  const isAboutCertificates = /CERT|CHAIN|CA$|SIGNATURE|PURPOSE|PATH_LENGTH/.test(code);
  return REASONS.get(code) ?? (isAboutCertificates ? "BROKEN_CERTIFICATE" : undefined);
}

export function isRefusalReason(value: unknown): value is RefusalReason {
  return typeof value === "string" && Object.hasOwn(TEXTS, value);
}

/** Whether the clocks of the two machines can be the reason. */
export function isAboutTime(reason: RefusalReason): boolean {
  return reason === "NOT_YET_VALID" || reason === "EXPIRED";
}

/** When a certificate is valid. */
export interface Validity {
  readonly notBefore: string;
  readonly notAfter: string;
}

export function validityOf(certificate: X509Certificate): Validity {
  const iso = (text: string) => new Date(text).toISOString();
  return { notBefore: iso(certificate.validFrom), notAfter: iso(certificate.validTo) };
}

/** What is known of both clocks, as dates of ISO 8601. */
export interface Clocks {
  readonly server: string | undefined;
  readonly client: string | undefined;
  readonly validity: Validity | undefined;
}

/** The text for a reason, with clocks where they can be at fault. */
export function refusalText(reason: RefusalReason, clocks?: Clocks): string {
  if (clocks === undefined || !isAboutTime(reason)) return TEXTS[reason];
  const { server, client, validity } = clocks;
  const facts = [
    validity && `it is valid from ${validity.notBefore} to ${validity.notAfter}`,
    server && `the server's clock says ${server}`,
    client && `the client's clock says ${client}`,
  ].filter((fact) => fact !== undefined && fact !== "");
  const advice =
    reason === "EXPIRED" ? "issue a new one, or set the clock that is wrong" : "check the clocks";
  return `${TEXTS[reason]}: ${[...facts, advice].join("; ")}`;
}

export function unauthorized(
  reason: RefusalReason,
  clocks?: Clocks,
  options?: ErrorOptions,
): FlError {
  return new FlError("UNAUTHORIZED", refusalText(reason, clocks), options);
}
