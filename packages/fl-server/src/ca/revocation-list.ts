/**
 * Which certificates are revoked, as it stands in a file now.
 *
 * @module
 */
import { readFileSync, statSync } from "node:fs";
import { FlError } from "@dsail/fl-protocol";
import { parseRecords } from "./authority-folder.js";

/** How long what was read counts as new, milliseconds: asked with every request of every client. */
const FRESH_MS = 1000;

/**
 * Tells of a serial number (hexadecimal, capitals) whether it is in the file, which is read again when it has changed. What
 * was revoked stays so while the file can't be read.
 *
 * @param path - of `revoked.json`
 * @param clock - milliseconds, that only go forward
 * @throws {@link FlError} `BAD_CONFIG` if it can't be read at first
 */
export function createRevocationList(
  path: string,
  clock: () => number = () => performance.now(),
): (serialNumber: string) => boolean {
  let seen = "";
  let revoked: ReadonlySet<string> = new Set();
  let lookedAt = clock();

  function look(): void {
    const { mtimeMs, size, ino } = statSync(path);
    const version = `${mtimeMs} ${size} ${ino}`;
    if (version === seen) return;
    const { revoked: records } = parseRecords(readFileSync(path, "utf8"));
    if (records === undefined) throw new FlError("BAD_CONFIG", "a list of something else");
    revoked = new Set(records.map((r) => (r as { readonly serialNumber: string }).serialNumber));
    seen = version;
  }

  try {
    look();
  } catch (error) {
    throw new FlError("BAD_CONFIG", "the list of what is revoked can't be read", { cause: error });
  }
  return (serialNumber) => {
    const now = clock();
    if (now - lookedAt >= FRESH_MS) {
      lookedAt = now;
      try {
        look();
      } catch {
        // What is known is known.
      }
    }
    return revoked.has(serialNumber.toUpperCase());
  };
}
