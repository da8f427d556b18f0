/**
 * Certificates (RFC 5280) of an authority of one level, with keys on the curve P-256.
 *
 * @module
 */
// The library asks for it to be there before.
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { HostName } from "./certificate-name.js";

/** What a certificate shows: that of a server, or of a client. One is not good for the other. */
export type CertificateKind = "server" | "client";

/** When a certificate is valid. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A certificate and its key, as they are written. */
export interface SignedPair extends Validity {
  /** PEM. */
  readonly certificate: string;
  /** PKCS#8, DER. */
  readonly key: Uint8Array;
  /** Hexadecimal, capitals, as Node tells it. */
  readonly serialNumber: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const crypto = webcrypto as typeof globalThis.crypto;

/** A new authority, which signs itself. */
export async function signAuthority(name: string, validity: Validity): Promise<SignedPair> {
  const keys = await newKeys();
  const serialNumber = newSerialNumber();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [name] }],
      serialNumber,
      keys,
      signingAlgorithm: ALGORITHM,
      ...validity,
      extensions: [
        // RFC 5280 4.2.1.9: it signs those of servers and clients, and no further authority.
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { ...(await pairOf(certificate, keys)), serialNumber };
}

/** What is to be signed. */
export interface SigningRequest extends Validity {
  readonly name: string;
  readonly kind: CertificateKind;
  /** Of a server. */
  readonly hosts: readonly HostName[];
}

/**
 * A new certificate of an authority.
 *
 * @param authority - its certificate, PEM
 * @param authorityKey - PKCS#8, DER
 */
export async function signCertificate(
  authority: string,
  authorityKey: Uint8Array,
  { name, kind, hosts, notBefore, notAfter }: SigningRequest,
): Promise<SignedPair> {
  const issuer = new X509Certificate(authority);
  const signingKey = await webcrypto.subtle.importKey("pkcs8", authorityKey, ALGORITHM, false, [
    "sign",
  ]);
  const keys = await newKeys();
  const serialNumber = newSerialNumber();
  const usage = kind === "server" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  const certificate = await X509CertificateGenerator.create(
    {
      subject: [{ CN: [name] }],
      issuer: issuer.subjectName,
      serialNumber,
      notBefore,
      notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([usage]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
        ...(hosts.length > 0 ? [new SubjectAlternativeNameExtension([...hosts])] : []),
      ],
    },
    crypto,
  );
  return { ...(await pairOf(certificate, keys)), serialNumber };
}

/** RFC 5280 4.1.2.2: positive, at most 20 bytes, and not to be guessed. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  // Neither negative, nor with a zero before that others leave out.
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString("hex").toUpperCase();
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  return keys as webcrypto.CryptoKeyPair;
}

async function pairOf(certificate: X509Certificate, { privateKey }: webcrypto.CryptoKeyPair) {
  const key = new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", privateKey));
  const { notBefore, notAfter } = certificate;
  return { certificate: `${certificate.toString("pem").trim()}\n`, key, notBefore, notAfter };
}
