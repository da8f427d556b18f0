/**
 * Certificates for tests, made on the spot: X.509 v3 (RFC 5280) with ECDSA over P-256, as little of it as TLS needs.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** PEM. */
interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** One that signs others. */
export interface Authority extends Certificate {
  /** For a server at localhost and 127.0.0.1, or a client of that name. */
  readonly issue: (commonName: string) => Certificate;
}

export function createAuthority(name = "Test authority"): Authority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own = certificate(name, name, keys.publicKey, keys.privateKey, [
    extension("551d13", der(0x30, Buffer.from([0x01, 0x01, 0xff])), true), // basicConstraints: CA
  ]);
  return {
    ...pem(own, keys.privateKey),
    issue: (commonName) => {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const names = der(
        0x30,
        der(0x82, Buffer.from("localhost")),
        der(0x87, Buffer.from([127, 0, 0, 1])),
      );
      const subjectAltName = extension("551d11", names);
      return pem(
        certificate(commonName, name, publicKey, keys.privateKey, [subjectAltName]),
        privateKey,
      );
    },
  };
}

let serial = 1;

function certificate(
  subject: string,
  issuer: string,
  publicKey: KeyObject,
  issuerKey: KeyObject,
  extensions: readonly Buffer[],
): Buffer {
  const ecdsaWithSha256 = der(0x30, oid("2a8648ce3d040302"));
  const day = 24 * 60 * 60 * 1000;
  const signed = der(
    0x30,
    der(0xa0, integer(2)), // v3
    integer(serial++),
    ecdsaWithSha256,
    nameOf(issuer),
    der(0x30, time(Date.now() - day), time(Date.now() + day)),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", signed, issuerKey)]);
  return der(0x30, signed, ecdsaWithSha256, der(0x03, signature));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const size = body.length;
  const [high, low] = [size >> 8, size & 0xff];
  // The shortest form there is: grpc's BoringSSL takes no other.
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, low] : [0x82, high, low];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const nameOf = (commonName: string): Buffer =>
  der(0x30, der(0x31, der(0x30, oid("550403"), der(0x0c, Buffer.from(commonName)))));
const time = (ms: number): Buffer =>
  der(
    0x17,
    Buffer.from(
      `${new Date(ms)
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, "")
        .slice(2)}`,
    ),
  );

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [Buffer.from([0x01, 0x01, 0xff])] : [];
  return der(0x30, oid(id), ...critical, der(0x04, value));
}

function pem(cert: Buffer, key: KeyObject): Certificate {
  const lines = cert.toString("base64").replaceAll(/(.{64})/g, "$1\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
