/**
 * Certificates for tests, of any validity and purpose.
 *
 * @module
 */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** As `tls.cert` and `tls.key`. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
  /** As Node tells it. */
  readonly serialNumber: string;
}

/** What a certificate is for. */
interface Wanted {
  readonly name: string;
  readonly kind: "server" | "client";
  /** Days from now. Default −1 to 30. */
  readonly from?: number;
  readonly to?: number;
}

/** An authority. */
export interface TestAuthority {
  readonly cert: string;
  readonly issue: (wanted: Wanted) => Promise<KeyPair>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

export async function testAuthority(name = "test"): Promise<TestAuthority> {
  const keys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [name] }],
      keys,
      signingAlgorithm: ALGORITHM,
      ...validity(-400, 400),
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      ],
    },
    webcrypto as typeof globalThis.crypto,
  );
  let serial = 16;
  return {
    cert: root.toString("pem"),
    issue: async (wanted) => {
      serial += 1;
      return await issued(root, keys.privateKey, wanted, serial);
    },
  };
}

async function issued(
  root: X509Certificate,
  signingKey: webcrypto.CryptoKey,
  { name, kind, from = -1, to = 30 }: Wanted,
  serial: number,
): Promise<KeyPair> {
  const keys = await newKeys();
  const usage = kind === "server" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth;
  const serialNumber = serial.toString(16).padStart(4, "0");
  const certificate = await X509CertificateGenerator.create(
    {
      subject: [{ CN: [name] }],
      issuer: root.subjectName,
      serialNumber,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: ALGORITHM,
      ...validity(from, to),
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([usage]),
        new SubjectAlternativeNameExtension([
          { type: "dns", value: "localhost" },
          { type: "ip", value: "127.0.0.1" },
        ]),
      ],
    },
    webcrypto as typeof globalThis.crypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const body = key.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    cert: certificate.toString("pem"),
    key: `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`,
    serialNumber: serialNumber.replace(/^0+/, "").toUpperCase(),
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
}

function validity(from: number, to: number): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(Date.now() + from * DAY_MS),
    notAfter: new Date(Date.now() + to * DAY_MS),
  };
}
