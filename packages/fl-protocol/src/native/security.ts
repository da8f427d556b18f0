/**
 * TLS of the native transport: both sides show a certificate.
 *
 * @module
 */
import { constants, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { Pem } from "../address.js";
import { FlError } from "../errors.js";

/** How the server shows who it is, and whose clients may join. */
export interface NativeServerTls {
  /** The server's certificate, and those between it and the root. */
  readonly cert: Pem;
  readonly key: Pem;
  /** Roots for the certificates of clients, whose common names are the clients' ids. */
  readonly ca: Pem;
}

/** Which servers the client trusts, and how it shows who it is. */
export interface NativeClientTls {
  /** Default: those Node trusts. */
  readonly rootCertificates?: Pem;
  /** The client's certificate, and those between it and the root. Its common name is the client's id. */
  readonly cert: Pem;
  readonly key: Pem;
}

/** What Node takes. @throws {@link FlError} `BAD_CONFIG` for what can't be read */
export function serverTlsOptions({ cert, key, ca }: NativeServerTls): SecureContextOptions {
  return checked({ cert: pem(cert), key: pem(key), ca: pem(ca) });
}

/** What Node takes. @throws {@link FlError} `BAD_CONFIG` for what can't be read */
export function clientTlsOptions(tls: NativeClientTls): SecureContextOptions {
  const { rootCertificates, cert, key } = tls;
  return checked({
    cert: pem(cert),
    key: pem(key),
    ...(rootCertificates !== undefined && { ca: pem(rootCertificates) }),
  });
}

function checked(options: SecureContextOptions): SecureContextOptions {
  const all: SecureContextOptions = {
    ...options,
    minVersion: "TLSv1.3",
    // A session that is resumed shows no certificate anew.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  try {
    createSecureContext(all);
    // Roots that are none would otherwise be found out by the first who is refused.
    if (options.ca !== undefined) new X509Certificate(options.ca as string | Buffer);
  } catch (error) {
    // Of the cause only what Node says, which is nothing of the key.
    throw new FlError(
      "BAD_CONFIG",
      "a certificate or key of tls is not readable PEM, or not a pair",
      {
        cause: error,
      },
    );
  }
  return all;
}

function pem(text: Pem): string | Buffer {
  return typeof text === "string" ? text : Buffer.from(text.buffer, text.byteOffset, text.length);
}
