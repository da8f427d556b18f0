/**
 * A certificate authority for one federation: whoever has a certificate of it may join, under the name that stands in it.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FlError } from "@dsail/fl-protocol";
import {
  type CertificateRecord,
  makeFolders,
  moveAside,
  pathsOf,
  type RevocationRecord,
  readIndex,
  readRevoked,
  withLock,
  writeIndex,
  writeNewFile,
  writeRevoked,
} from "./authority-folder.js";
import { assertAuthorityName, assertCertificateName, parseHost } from "./certificate-name.js";
import { decodePrivateKey, encodePrivateKey } from "./private-key.js";
import {
  type CertificateKind,
  type SignedPair,
  signAuthority,
  signCertificate,
  type Validity,
} from "./sign-certificate.js";

/** What an authority needs. */
export interface AuthorityOptions {
  /** Where it lies, or will lie. */
  readonly folder: string;
  /** Encrypts its key: 12 characters or more. Default: the key is protected by the rights of its file alone. */
  readonly passphrase?: string;
  /** The time. Default: now. */
  readonly now?: Date;
}

export interface CreateAuthorityOptions extends AuthorityOptions {
  /** For people. Default `D-SAIL federation`. */
  readonly name?: string;
  /** How long it is valid, days. Default 3650. */
  readonly days?: number;
}

export interface IssueOptions extends AuthorityOptions {
  /** Of a client: its id. 1 to 64 of letters, digits and `. _ @ -`. */
  readonly name: string;
  readonly kind: CertificateKind;
  /** Names and addresses under which a server is reached, one at least. Of a client there are none. */
  readonly hosts?: readonly string[];
  /** How long it is valid, days; never longer than the authority. Default 365. */
  readonly days?: number;
  /**
   * Issue one even if there is one that is valid, which stays so: its files become `NAME.SERIAL.crt` and `.key`. Default
   * false.
   */
  readonly replace?: boolean;
}

/** A certificate, and where it lies. */
export interface IssuedCertificate extends CertificateRecord {
  readonly certificatePath: string;
  readonly keyPath: string;
}

/** Whether a certificate can be used. */
export type CertificateState = "valid" | "not yet valid" | "expired" | "revoked";

export interface ListedCertificate extends CertificateRecord {
  readonly state: CertificateState;
}

const DAY_MS = 86_400_000;

/** Clocks differ: what is issued now must be valid on a machine that is behind. */
const BACKDATED_MS = 3_600_000;

/**
 * Creates an authority in a folder that has none.
 *
 * @throws {@link FlError} `BAD_CONFIG` for a name or passphrase that can't be, and if there is one; {@link RangeError} for
 *   days that are no number above 0
 */
export async function createCertificateAuthority(options: CreateAuthorityOptions): Promise<void> {
  const { folder, name = "D-SAIL federation", days = 3650, passphrase, now } = options;
  assertAuthorityName(name);
  const validity = validityOf(days, now);
  const { certificate, key } = await signAuthority(name, validity);
  const pem = encodePrivateKey(key, passphrase);
  await makeFolders(folder);
  await withLock(folder, async () => {
    const paths = pathsOf(folder);
    await writeNewFile(paths.key, pem, 0o600);
    await writeNewFile(paths.certificate, certificate, 0o644);
    await writeIndex(folder, []);
    await writeRevoked(folder, []);
  });
}

/**
 * Issues a certificate with a new key.
 *
 * @throws {@link FlError} `BAD_CONFIG` for names or hosts that can't be, a folder without authority, a passphrase that is
 *   wrong, and a name that has a valid certificate; {@link RangeError} for days that are no number above 0
 */
export async function issueCertificate(options: IssueOptions): Promise<IssuedCertificate> {
  const { folder, name, kind, days = 365, passphrase, replace = false } = options;
  const now = options.now ?? new Date();
  assertCertificateName(name);
  const hosts = (options.hosts ?? []).map(parseHost);
  if ((kind === "server") !== hosts.length > 0) {
    const what = kind === "server" ? "a server needs one or more" : "a client has none";
    throw new FlError("BAD_CONFIG", `hosts: ${what}`);
  }
  const validity = validityOf(days, now);
  const paths = pathsOf(folder);
  await readIndex(folder);
  return await withLock(folder, async () => {
    const index = await readIndex(folder);
    const authority = await readFile(paths.certificate, "utf8");
    const key = decodePrivateKey(await readFile(paths.key, "utf8"), passphrase);
    const before = await listCertificates(folder, now);
    const current = before.filter((known) => isSameFile(known.name, name));
    if (!replace && current.some(({ state }) => state === "valid" || state === "not yet valid")) {
      const text = "there is a valid certificate of this name: revoke it, or replace it";
      throw new FlError("BAD_CONFIG", text);
    }
    const signed = await signCertificate(authority, key, { name, kind, hosts, ...validity });
    const record = recordOf(signed, { name, kind, hosts: hosts.map(({ value }) => value) });
    // First what allows to revoke it.
    await writeIndex(folder, [...index, record]);
    const [certificatePath, keyPath] = [`${name}.crt`, `${name}.key`].map((file) =>
      join(paths.issued, file),
    ) as [string, string];
    const last = current.at(-1);
    if (last !== undefined) {
      const aside = join(paths.issued, `${last.name}.${last.serialNumber}`);
      await moveAside(join(paths.issued, `${last.name}.crt`), `${aside}.crt`);
      await moveAside(join(paths.issued, `${last.name}.key`), `${aside}.key`);
    }
    await writeNewFile(keyPath, encodePrivateKey(signed.key, undefined), 0o600);
    await writeNewFile(certificatePath, signed.certificate, 0o644);
    return { ...record, certificatePath, keyPath };
  });
}

/**
 * Revokes the certificates of a name. Servers that read `revoked.json` take notice by themselves.
 *
 * @returns those that were revoked now
 * @throws {@link FlError} `BAD_CONFIG` if there is none that could be
 */
export async function revokeCertificate(
  options: Pick<AuthorityOptions, "folder" | "now"> & { readonly name: string },
): Promise<readonly RevocationRecord[]> {
  const { folder, name, now = new Date() } = options;
  assertCertificateName(name);
  await readIndex(folder);
  return await withLock(folder, async () => {
    const revoked = await readRevoked(folder);
    const known = new Set(revoked.map(({ serialNumber }) => serialNumber));
    const added = (await readIndex(folder))
      .filter((record) => record.name === name && !known.has(record.serialNumber))
      .map(({ serialNumber }) => ({ serialNumber, name, revokedAt: now.toISOString() }));
    if (added.length === 0) {
      throw new FlError("BAD_CONFIG", "there is no certificate of this name to revoke");
    }
    await writeRevoked(folder, [...revoked, ...added]);
    return added;
  });
}

/** All that was issued, in its order. @throws {@link FlError} `BAD_CONFIG` if the folder is no authority's */
export async function listCertificates(
  folder: string,
  now: Date = new Date(),
): Promise<readonly ListedCertificate[]> {
  const index = await readIndex(folder);
  const revoked = new Set((await readRevoked(folder)).map(({ serialNumber }) => serialNumber));
  return index.map((record) => ({ ...record, state: stateOf(record, revoked, now) }));
}

function stateOf(
  { serialNumber, notBefore, notAfter }: CertificateRecord,
  revoked: ReadonlySet<string>,
  now: Date,
): CertificateState {
  if (revoked.has(serialNumber)) return "revoked";
  if (now < new Date(notBefore)) return "not yet valid";
  return now > new Date(notAfter) ? "expired" : "valid";
}

function validityOf(days: number, now: Date = new Date()): Validity {
  if (!(days > 0 && days <= 36_500)) {
    throw new RangeError(`days: expected more than 0 and at most 36500, got ${days}`);
  }
  return {
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
  };
}

function recordOf(
  { serialNumber, notBefore, notAfter }: SignedPair,
  { name, kind, hosts }: Pick<CertificateRecord, "name" | "kind" | "hosts">,
): CertificateRecord {
  return {
    serialNumber,
    name,
    kind,
    hosts,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  };
}

/** Not every file system tells capitals apart. */
function isSameFile(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
