/**
 * Images of Windows bitmaps: 1 and 8 bits with a palette, 24, and 32 without its alpha; not compressed.
 *
 * @module
 */
import { decode } from "fast-bmp";
import { badData } from "./bad-data.js";
import { assertPixelCount, type DecodedImage } from "./decoded-image.js";

/** The file's header (14 bytes) and BITMAPINFOHEADER (40), which longer ones begin with. */
const FILE_HEADER_BYTES = 14;
const HEADER_BYTES = 54;
/** With the masks of red, green and blue. */
const PLAIN_HEADER_BYTES = 66;

const BI_RGB = 0;
const BI_BITFIELDS = 3;

/**
 * @param maxPixels - rows x columns at most
 * @throws {@link FlError} `BAD_DATA` if the file is damaged or of another form; `LIMIT_EXCEEDED`
 */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): DecodedImage {
  if (bytes.length < HEADER_BYTES) throw badData("a BMP file is cut off");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(14, true);
  const columns = view.getInt32(18, true);
  const height = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const isKnown = compression === BI_RGB || (bits === 32 && compression === BI_BITFIELDS);
  if (headerBytes < 40 || !isKnown || ![1, 8, 24, 32].includes(bits)) {
    throw badData("only BMP files of 1, 8, 24 or 32 bits that are not compressed can be read");
  }
  const rows = Math.abs(height);
  assertPixelCount(rows, columns, maxPixels);
  const start = view.getUint32(10, true);
  const length = rows * 4 * Math.ceil((columns * bits) / 32);
  if (start + length > bytes.length) throw badData("a BMP file is cut off");
  if (compression === BI_BITFIELDS) assertMasks(bytes, view);

  const samples = decodePlain(bytes.subarray(start, start + length), rows, columns, bits);
  // A negative height says that the first line is the upper one.
  if (height < 0) flip(samples, rows);
  const size = { rows, columns };
  if (bits === 24) return { ...size, channels: 3, pixels: samples };
  if (bits === 32) return { ...size, channels: 3, pixels: withoutAlpha(samples) };
  return { ...size, ...applyPalette(samples, readPalette(bytes, view, headerBytes, bits)) };
}

function assertMasks(bytes: Uint8Array, view: DataView): void {
  const isUsual =
    bytes.length >= PLAIN_HEADER_BYTES &&
    [0xff0000, 0xff00, 0xff].every((mask, i) => view.getUint32(54 + 4 * i, true) === mask);
  if (!isUsual) throw badData("a BMP file of 32 bits has other masks than usual");
}

/** fast-bmp 4.0.1 takes a negative height for a large one, and wants masks behind the header: a header as it likes. */
function decodePlain(lines: Uint8Array, rows: number, columns: number, bits: number): Uint8Array {
  const file = new Uint8Array(PLAIN_HEADER_BYTES + lines.length);
  file.set([0x42, 0x4d]);
  file.set(lines, PLAIN_HEADER_BYTES);
  const view = new DataView(file.buffer);
  const words = [
    ...[
      [10, PLAIN_HEADER_BYTES],
      [14, 40],
      [18, columns],
      [22, rows],
      [54, 0xff0000],
    ],
    ...[
      [58, 0xff00],
      [62, 0xff],
    ],
  ] as const;
  for (const [at, word] of words) view.setUint32(at, word, true);
  view.setUint16(28, bits, true);
  try {
    return decode(file).data as Uint8Array;
  } catch {
    throw badData("a BMP file is damaged");
  }
}

function flip(samples: Uint8Array, rows: number): void {
  const line = samples.length / rows;
  for (let upper = 0, lower = rows - 1; upper < lower; upper++, lower--) {
    const saved = samples.slice(upper * line, (upper + 1) * line);
    samples.copyWithin(upper * line, lower * line, (lower + 1) * line);
    samples.set(saved, lower * line);
  }
}

function withoutAlpha(samples: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((samples.length / 4) * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels[to] = samples[from]!;
    pixels[to + 1] = samples[from + 1]!;
    pixels[to + 2] = samples[from + 2]!;
  }
  return pixels;
}

/** Blue, green, red and an unused byte of each colour. */
function readPalette(
  bytes: Uint8Array,
  view: DataView,
  headerBytes: number,
  bits: number,
): Uint8Array {
  const count = view.getUint32(46, true) || 2 ** bits;
  const from = FILE_HEADER_BYTES + headerBytes;
  const palette = bytes.subarray(from, from + 4 * count);
  if (count > 256 || palette.length < 4 * count)
    throw badData("the palette of a BMP file is damaged");
  return palette;
}

function applyPalette(
  indices: Uint8Array,
  palette: Uint8Array,
): Pick<DecodedImage, "channels" | "pixels"> {
  const isGrey = palette.every((value, i) => i % 4 === 3 || value === palette[i - (i % 4)]);
  const channels = isGrey ? 1 : 3;
  const pixels = new Uint8Array(indices.length * channels);
  for (let i = 0; i < indices.length; i++) {
    const at = 4 * indices[i]!;
    if (at >= palette.length) throw badData("the palette of a BMP file lacks a colour");
    for (let channel = 0; channel < channels; channel++) {
      pixels[channels * i + channel] = palette[at + channels - 1 - channel]!;
    }
  }
  return { channels, pixels };
}
