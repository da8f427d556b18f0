/**
 * The part of a PNG file (W3C PNG, third edition) that is needed for its pixels.
 *
 * @module
 */
import { inflateSync } from "node:zlib";
import { badData } from "./bad-data.js";

/** What the first chunk says (11.2.1). */
export interface PngHeader {
  readonly rows: number;
  readonly columns: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly color: number;
  readonly isInterlaced: boolean;
}

const SIGNATURE_BYTES = 8;
const IHDR = 0x49484452;
const IDAT = 0x49444154;
const IEND = 0x49454e44;
const PLTE = 0x504c5445;
const TRNS = 0x74524e53;

/** Samples of a pixel, by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Of deflate (RFC 1951): 258 bytes of two bits. */
const MOST_DEFLATED = 1032;
/** What may be inflated without a look at it first. */
const HARMLESS_BYTES = 2 ** 28;

/** @throws {@link FlError} `BAD_DATA` */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(8) !== 13 || view.getUint32(12) !== IHDR) {
    throw badData("a PNG file is damaged");
  }
  const [depth, color] = [bytes[24]!, bytes[25]!];
  if (SAMPLES[color] === undefined) throw badData("a PNG file is damaged");
  return {
    rows: view.getUint32(20),
    columns: view.getUint32(16),
    ...{ depth, color, isInterlaced: bytes[28] !== 0 },
  };
}

/**
 * A file of only those chunks that say which colour each pixel has: of the others some are compressed, and could be bombs.
 *
 * @throws {@link FlError} `BAD_DATA` if the file is cut off, or holds far more than its pixels
 */
export function onlyPixelChunks(bytes: Uint8Array, header: PngHeader): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Uint8Array[] = [bytes.subarray(0, SIGNATURE_BYTES)];
  const data: Uint8Array[] = [];
  let at = SIGNATURE_BYTES;
  for (let type = 0; type !== IEND; ) {
    if (at + 12 > bytes.length) throw badData("a PNG file is cut off");
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) throw badData("a PNG file is cut off");
    type = view.getUint32(at + 4);
    if ([IHDR, PLTE, TRNS, IDAT, IEND].includes(type)) chunks.push(bytes.subarray(at, end));
    if (type === IDAT) data.push(bytes.subarray(at + 8, end - 4));
    at = end;
  }
  assertNoBomb(data, header);
  return join(chunks);
}

function assertNoBomb(data: readonly Uint8Array[], header: PngHeader): void {
  const { rows, columns, depth, color } = header;
  const deflated = data.reduce((sum, { length }) => sum + length, 0);
  if (deflated === 0) throw badData("a PNG file has no pixels");
  // Interlaced there are up to as many bytes of filters again.
  const expected =
    2 * rows * (Math.ceil((columns * (SAMPLES[color] ?? 4) * depth) / 8) + 1) + 0x10000;
  // Deflate makes nothing larger by more than a few bytes in a thousand.
  if (deflated > 1.1 * expected) throw badData("a PNG file has more data than pixels");
  if (deflated * MOST_DEFLATED <= Math.max(expected, HARMLESS_BYTES)) return;
  try {
    inflateSync(join(data), { maxOutputLength: expected });
  } catch {
    throw badData("a PNG file is damaged, or has more data than pixels");
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
