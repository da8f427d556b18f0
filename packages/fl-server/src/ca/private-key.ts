/**
 * Keys as they lie on the disk.
 *
 * @module
 */
import { createPrivateKey } from "node:crypto";
import { FlError } from "@dsail/fl-protocol";

/** OpenSSL derives the key of the cipher in 2048 steps: what can be guessed, is. */
const MIN_PASSPHRASE = 12;

/**
 * A key as PEM (PKCS#8), encrypted if there is a passphrase.
 *
 * @throws {@link FlError} `BAD_CONFIG` for a passphrase of fewer than 12 characters
 */
export function encodePrivateKey(pkcs8: Uint8Array, passphrase: string | undefined): string {
  if (passphrase !== undefined && passphrase.length < MIN_PASSPHRASE) {
    throw new FlError("BAD_CONFIG", `passphrase: expected ${MIN_PASSPHRASE} characters or more`);
  }
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  const form = { type: "pkcs8", format: "pem" } as const;
  return String(
    key.export(passphrase === undefined ? form : { ...form, cipher: "aes-256-cbc", passphrase }),
  );
}

/**
 * A key (PKCS#8, DER) from PEM.
 *
 * @throws {@link FlError} `BAD_CONFIG` if it can't be read, or not with this passphrase
 */
export function decodePrivateKey(pem: string, passphrase: string | undefined): Uint8Array {
  const isEncrypted = pem.includes("BEGIN ENCRYPTED PRIVATE KEY");
  if (isEncrypted && passphrase === undefined) {
    throw new FlError(
      "BAD_CONFIG",
      "the key of the authority is encrypted: a passphrase is needed",
    );
  }
  try {
    const key = createPrivateKey({
      key: pem,
      ...(isEncrypted && passphrase !== undefined && { passphrase }),
    });
    return new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
  } catch {
    // What OpenSSL says of it is left out: it may be about the passphrase.
    throw new FlError(
      "BAD_CONFIG",
      isEncrypted
        ? "the key of the authority can't be read with this passphrase"
        : "the key of the authority can't be read",
    );
  }
}
