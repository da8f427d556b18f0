/**
 * TLS as Flower has it (the server shows a certificate, the client none), client certificates beyond it, and no way to do
 * without either by forgetting an option.
 *
 * @module
 */
import { createSecureContext } from "node:tls";
import { ChannelCredentials, ServerCredentials } from "@grpc/grpc-js";
import { assertSecure, type HostAndPort, type Insecure, type Pem } from "../address.js";
import { FlError } from "../errors.js";

/** How the server shows who it is, and whether clients have to. */
export interface FlowerServerTls {
  /** The server's certificate, and those between it and the root. */
  readonly cert: Pem;
  readonly key: Pem;
  /** Roots for the certificates of clients. */
  readonly ca?: Pem;
  /**
   * Whether clients need a certificate of one of `ca`. Their id is then its common name. Flower's own clients have none.
   * Default false.
   */
  readonly requireClientCertificate?: boolean;
}

/** Which servers the client trusts, and how it shows who it is. */
export interface FlowerClientTls {
  /** Default: those Node trusts. */
  readonly rootCertificates?: Pem;
  readonly cert?: Pem;
  readonly key?: Pem;
}

/** Credentials for a server. @throws {@link FlError} `BAD_CONFIG` */
export function serverCredentials(
  address: HostAndPort,
  tls: FlowerServerTls | undefined,
  insecure: Insecure,
): ServerCredentials {
  assertSecure(address, tls !== undefined, insecure, "tls: { cert, key }");
  if (tls === undefined) {
    return ServerCredentials.createInsecure();
  }
  const { cert, key, ca, requireClientCertificate = false } = tls;
  if (requireClientCertificate && ca === undefined) {
    // Without it Node would take a certificate of any authority of the web.
    throw new FlError(
      "BAD_CONFIG",
      "tls.requireClientCertificate needs tls.ca, whose clients may join",
    );
  }
  return building(() => {
    // grpc-js would find out no sooner than when it listens.
    createSecureContext({ cert: buffer(cert), key: buffer(key), ...(ca && { ca: buffer(ca) }) });
    return ServerCredentials.createSsl(
      ca === undefined ? null : buffer(ca),
      [{ private_key: buffer(key), cert_chain: buffer(cert) }],
      requireClientCertificate,
    );
  });
}

/** Credentials for a client. @throws {@link FlError} `BAD_CONFIG` */
export function clientCredentials(
  address: HostAndPort,
  tls: FlowerClientTls | undefined,
  insecure: Insecure,
): ChannelCredentials {
  assertSecure(address, tls !== undefined, insecure, "tls: {} or tls: { rootCertificates }");
  if (tls === undefined) {
    return ChannelCredentials.createInsecure();
  }
  const { rootCertificates, cert, key } = tls;
  if ((cert === undefined) !== (key === undefined)) {
    throw new FlError("BAD_CONFIG", "tls.cert and tls.key go together");
  }
  const bufferOrNull = (pem: Pem | undefined) => (pem === undefined ? null : buffer(pem));
  return building(() =>
    ChannelCredentials.createSsl(
      bufferOrNull(rootCertificates),
      bufferOrNull(key),
      bufferOrNull(cert),
    ),
  );
}

function buffer(pem: Pem): Buffer {
  return typeof pem === "string"
    ? Buffer.from(pem)
    : Buffer.from(pem.buffer, pem.byteOffset, pem.byteLength);
}

/** What Node says of a certificate it can't read, without what it read. */
function building<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw new FlError("BAD_CONFIG", "a certificate or key of tls is not readable PEM", {
      cause: error,
    });
  }
}
