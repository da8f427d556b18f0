/**
 * A count of what has left, on disk: one line for each reply, there before it leaves.
 *
 * @module
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { FlError, type Instruction } from "@dsail/fl-protocol";
import { NOTHING_LEFT, type ReleaseCount, type ReleaseCounts } from "../release-counts.js";

const HEADER = JSON.stringify({ format: "dsail-fl-releases", version: 1 });

/** A count that is written to. */
export interface ReleaseCountsFile extends ReleaseCounts {
  readonly close: () => void;
}

/**
 * Opens a count to go on with it, or makes a new one, that its owner alone can read.
 *
 * A line that was cut off by a crash is taken away: nothing had left for it. Each line is synced before `add` returns.
 *
 * @throws {@link FlError} `BAD_CHECKPOINT` for a file that is no count, or broken; errors of the file system. `add` throws
 *   `BAD_CHECKPOINT` if another program wrote to the file, so that two clients can't each use up the whole of it.
 */
export function openReleaseCounts(
  path: string,
  { now = () => new Date() }: { readonly now?: () => Date } = {},
): ReleaseCountsFile {
  const descriptor = openOrCreate(path);
  try {
    let { counted, size } = readCounts(descriptor);
    return {
      count: () => counted,
      add: (kind) => {
        if (fstatSync(descriptor).size !== size) {
          throw new FlError("BAD_CHECKPOINT", "another program has written to the count");
        }
        const line = Buffer.from(`${JSON.stringify({ kind, time: now().toISOString() })}\n`);
        writeWhole(descriptor, line, size);
        fsyncSync(descriptor);
        size += line.length;
        counted = { ...counted, [kind]: counted[kind] + 1 };
      },
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function openOrCreate(path: string): number {
  try {
    const descriptor = openSync(path, "wx+", 0o600);
    writeWhole(descriptor, Buffer.from(`${HEADER}\n`), 0);
    fsyncSync(descriptor);
    syncFolder(dirname(path));
    return descriptor;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return openSync(path, "r+");
  }
}

function readCounts(descriptor: number): { readonly counted: ReleaseCount; readonly size: number } {
  let text = readFileSync(descriptor, "utf8");
  if (`${HEADER}\n`.startsWith(text)) {
    // A crash cut it off before it could count anything.
    text = `${HEADER}\n`;
    writeWhole(descriptor, Buffer.from(text), 0);
    fsyncSync(descriptor);
  }
  const end = text.lastIndexOf("\n") + 1;
  const [header, ...lines] = text.slice(0, end).split("\n").slice(0, -1);
  if (header !== HEADER) throw new FlError("BAD_CHECKPOINT", "the count has another beginning");
  const counted = { ...NOTHING_LEFT };
  for (const [i, line] of lines.entries()) counted[kindOf(line, i + 2)] += 1;
  const size = Buffer.byteLength(text.slice(0, end));
  if (end < text.length) {
    ftruncateSync(descriptor, size);
    fsyncSync(descriptor);
  }
  return { counted, size };
}

function kindOf(line: string, number: number): Instruction["kind"] {
  try {
    const { kind } = JSON.parse(line) as { readonly kind?: unknown };
    if (typeof kind === "string" && Object.hasOwn(NOTHING_LEFT, kind)) {
      return kind as Instruction["kind"];
    }
  } catch {}
  throw new FlError("BAD_CHECKPOINT", `line ${number} of the count is broken`);
}

function writeWhole(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
}

/** So that the file's name outlives a crash too. Windows can't sync folders, and has no need to. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
