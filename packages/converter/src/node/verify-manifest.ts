/**
 * Whether a data set on disk is what its manifest says.
 *
 * @module
 */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestEntry } from "../manifest.js";
import { codeOf, withoutPath } from "./file-system-error.js";
import { listFiles } from "./list-files.js";
import { isManifestName, readManifest } from "./manifest-files.js";
import { digestOf } from "./transfer-file.js";

/** What is wrong with a file: it is not there, has other bytes, or is not in the manifest. */
export type ManifestProblem = "missing" | "changed" | "extra";

export interface VerifyManifestOptions {
  /** Stops between two files. */
  readonly signal?: AbortSignal;
  /** After each file of the manifest. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Of each file that is not as it should be; its path is relative to the folder, with `/`. */
  readonly onProblem?: (path: string, problem: ManifestProblem) => void;
}

/** How many files there are of each kind. */
export interface Verification {
  /** Whether nothing is missing, changed, extra or unverified. */
  readonly ok: boolean;
  /** In the manifest. */
  readonly files: number;
  readonly missing: number;
  readonly changed: number;
  /** Not in the manifest. Hidden files, links and manifests are not counted. */
  readonly extra: number;
  /** There, but of which the manifest has no digest. */
  readonly unverified: number;
}

/**
 * Compares a folder with its `manifest.json`: every file has to be there with the bytes of which the manifest has the SHA-256, and no
 * other.
 *
 * It tells damage and mistakes, not an attacker, who would change the manifest too.
 *
 * @throws {@link ConverterError} `BAD_MANIFEST`; `BAD_INPUT` if there is no manifest, or something cannot be read; the signal's reason
 */
export async function verifyManifest(
  folder: string,
  { signal, onProgress, onProblem }: VerifyManifestOptions = {},
): Promise<Verification> {
  const { entries } = await readManifest(folder);
  const { paths } = await listFiles(folder);
  const counts = { missing: 0, changed: 0, extra: 0, unverified: 0 };
  const tell = (path: string, problem: ManifestProblem) => {
    counts[problem] += 1;
    onProblem?.(path, problem);
  };
  for (const [i, { path, sha256 }] of entries.entries()) {
    signal?.throwIfAborted();
    const digest = await digestIfThere(join(folder, path));
    if (digest === undefined) tell(path, "missing");
    else if (sha256 === undefined) counts.unverified += 1;
    else if (digest !== sha256) tell(path, "changed");
    onProgress?.(i + 1, entries.length);
  }
  const known = new Set(entries.map(({ path }) => path));
  for (const path of paths) {
    if (!known.has(path) && !isManifestOf(path, entries)) tell(path, "extra");
  }
  const ok = Object.values(counts).every((count) => count === 0);
  return { ok, files: entries.length, ...counts };
}

async function digestIfThere(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isFile() ? await digestOf(path) : undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw withoutPath("a file cannot be read", error);
  }
}

/** The folder's own manifests, and those of its sites. */
function isManifestOf(path: string, entries: readonly ManifestEntry[]): boolean {
  if (!isManifestName(path)) return false;
  const [site, ...rest] = path.split("/");
  return rest.length === 0 || (rest.length === 1 && entries.some((entry) => entry.site === site));
}
