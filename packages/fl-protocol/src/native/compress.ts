/**
 * Compression of chunks where it pays: weights seldom shrink, sparse updates and masks do.
 *
 * @module
 */
import { promisify } from "node:util";
import { gunzip, gzip, gzipSync } from "node:zlib";
import { badMessage } from "./frame.js";

const gzipLater = promisify(gzip);
const gunzipLater = promisify(gunzip);

/** Only what becomes smaller than this part of itself is sent compressed. */
const WORTHWHILE = 0.9;

/** Enough to tell, and done in a millisecond. */
const SAMPLE_BYTES = 16 * 2 ** 10;

/** A chunk, compressed, if a sample of it and then all of it becomes much smaller. */
export async function compressed(slices: readonly Uint8Array[]): Promise<Buffer | undefined> {
  const length = slices.reduce((sum, slice) => sum + slice.length, 0);
  if (length < 1024 || !isWorthwhile(sampleOf(slices, length))) return undefined;
  const bytes = await gzipLater(slices.length === 1 ? slices[0]! : Buffer.concat(slices), {
    level: 1,
  });
  return bytes.length < WORTHWHILE * length ? bytes : undefined;
}

/**
 * A chunk as it was. No more memory is taken than it may have.
 *
 * @throws {@link FlError} `BAD_MESSAGE` if it isn't of `length` bytes
 */
export async function decompressed(bytes: Uint8Array, length: number): Promise<Uint8Array> {
  try {
    const all = await gunzipLater(bytes, { maxOutputLength: length });
    if (all.length === length) return all;
  } catch {
    // Told below.
  }
  throw badMessage("a chunk that isn't compressed as it says");
}

function isWorthwhile(sample: Uint8Array): boolean {
  return gzipSync(sample, { level: 1 }).length < WORTHWHILE * sample.length;
}

/** From the middle: the beginning may be the header. */
function sampleOf(slices: readonly Uint8Array[], length: number): Uint8Array {
  let skip = Math.max(0, Math.floor((length - SAMPLE_BYTES) / 2));
  const sample: Uint8Array[] = [];
  let missing = SAMPLE_BYTES;
  for (const slice of slices) {
    if (skip >= slice.length) {
      skip -= slice.length;
      continue;
    }
    const part = slice.subarray(skip, skip + missing);
    skip = 0;
    sample.push(part);
    missing -= part.length;
    if (missing === 0) break;
  }
  return Buffer.concat(sample);
}
