/**
 * The folder of an authority: its certificate and key, what it issued, and what is revoked.
 *
 *     ca.crt  ca.key  index.json  revoked.json  issued/NAME.crt  issued/NAME.key
 *
 * @module
 */
import { mkdir, open, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FlError } from "@dsail/fl-protocol";
import { replaceFile } from "../write-file.js";
import type { CertificateKind } from "./sign-certificate.js";

/** A certificate that was issued. */
export interface CertificateRecord {
  /** Hexadecimal, capitals. */
  readonly serialNumber: string;
  readonly name: string;
  readonly kind: CertificateKind;
  /** Of a server. */
  readonly hosts: readonly string[];
  /** ISO 8601. */
  readonly notBefore: string;
  /** ISO 8601. */
  readonly notAfter: string;
}

/** A certificate that must not be trusted any more. */
export interface RevocationRecord {
  /** Hexadecimal, capitals. */
  readonly serialNumber: string;
  readonly name: string;
  /** ISO 8601. */
  readonly revokedAt: string;
}

/** Where everything lies. */
export interface AuthorityPaths {
  readonly certificate: string;
  readonly key: string;
  readonly index: string;
  readonly revoked: string;
  readonly issued: string;
}

export function pathsOf(folder: string): AuthorityPaths {
  return {
    certificate: join(folder, "ca.crt"),
    key: join(folder, "ca.key"),
    index: join(folder, "index.json"),
    revoked: join(folder, "revoked.json"),
    issued: join(folder, "issued"),
  };
}

/**
 * Does something to a folder while nobody else does.
 *
 * @throws {@link FlError} `BAD_CONFIG` if somebody else is at it
 */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, ".lock");
  try {
    await (await open(lock, "wx", 0o600)).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const text = "another command is at work here; if there is none, delete .lock in the folder";
    throw new FlError("BAD_CONFIG", text, { cause: error });
  }
  try {
    return await work();
  } finally {
    await unlink(lock);
  }
}

/** Makes the folders, for this user only. */
export async function makeFolders(folder: string): Promise<void> {
  await mkdir(pathsOf(folder).issued, { recursive: true, mode: 0o700 });
}

/**
 * Writes a file that is not there yet.
 *
 * @throws {@link FlError} `BAD_CONFIG` if it is
 */
export async function writeNewFile(path: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx", mode, flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new FlError("BAD_CONFIG", "a file is there already, and is not overwritten", {
      cause: error,
    });
  }
}

/** Puts a file out of the way, if it is there. */
export async function moveAside(path: string, to: string): Promise<void> {
  try {
    await rename(path, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** What was issued, in its order. @throws {@link FlError} `BAD_CONFIG` if the folder is no authority's */
export async function readIndex(folder: string): Promise<readonly CertificateRecord[]> {
  const { certificates } = await readRecords(pathsOf(folder).index);
  return certificates as readonly CertificateRecord[];
}

export async function writeIndex(
  folder: string,
  certificates: readonly CertificateRecord[],
): Promise<void> {
  await writeRecords(pathsOf(folder).index, { certificates });
}

/** @throws {@link FlError} `BAD_CONFIG` */
export async function readRevoked(folder: string): Promise<readonly RevocationRecord[]> {
  const { revoked } = await readRecords(pathsOf(folder).revoked);
  return revoked as readonly RevocationRecord[];
}

export async function writeRevoked(
  folder: string,
  revoked: readonly RevocationRecord[],
): Promise<void> {
  await writeRecords(pathsOf(folder).revoked, { revoked });
}

async function readRecords(path: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new FlError("BAD_CONFIG", "the folder is not that of an authority: begin with ca init");
  }
  return parseRecords(text);
}

/** @throws {@link FlError} `BAD_CONFIG` */
export function parseRecords(text: string): Readonly<Record<string, readonly unknown[]>> {
  try {
    const records = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const lists = Object.entries(records).filter(([key]) => key !== "version");
    const areRecords = lists.every(
      ([, list]) => Array.isArray(list) && list.every((r) => typeof r?.serialNumber === "string"),
    );
    if (records["version"] === 1 && lists.length === 1 && areRecords) {
      return records as Readonly<Record<string, readonly unknown[]>>;
    }
  } catch {
    // Told below.
  }
  throw new FlError("BAD_CONFIG", "index.json or revoked.json of the authority is broken");
}

async function writeRecords(path: string, records: object): Promise<void> {
  const text = `${JSON.stringify({ version: 1, ...records }, null, 2)}\n`;
  await replaceFile(path, [new TextEncoder().encode(text)]);
}
