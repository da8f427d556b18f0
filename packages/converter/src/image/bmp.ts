/**
 * Images as Windows bitmaps: grey of 8 bits with a palette, colour of 24.
 *
 * @module
 */
import { decode, encode } from "fast-bmp";
import type { RasterImage } from "../raster-image.js";
import { assert8Bits, assertImage, assertSize, badImage } from "./check-image.js";

/**
 * Encodes an image.
 *
 * @throws {@link RangeError} if the image has 16 bits, for which BMP has no form, or not as many samples as it says
 */
export function encodeBmp(image: RasterImage): Uint8Array {
  assertImage(image);
  assert8Bits(image);
  const { rows: height, columns: width, channels, pixels: data } = image;
  return encode({ width, height, channels, bitsPerPixel: channels * 8, data });
}

/** The part of a header that is used: the file's (14 bytes) and BITMAPINFOHEADER (40), which longer ones begin with. */
const HEADER_BYTES = 54;
const FILE_HEADER_BYTES = 14;

/**
 * Decodes a bitmap of 8 bits, grey if its palette is, or of 24.
 *
 * @throws {@link ConverterError} `BAD_IMAGE` if the file is damaged, of another form (16 or 32 bits, compressed), or
 * has more than 2 ** 28 samples
 */
export function decodeBmp(bytes: Uint8Array): RasterImage {
  if (bytes.length < HEADER_BYTES || bytes[0] !== 0x42 || bytes[1] !== 0x4d) {
    throw badImage("the file is no BMP file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(14, true);
  const columns = view.getInt32(18, true);
  const height = view.getInt32(22, true);
  const bitsPerPixel = view.getUint16(28, true);
  const isPlain = headerBytes >= 40 && view.getUint32(30, true) === 0;
  if (!isPlain || (bitsPerPixel !== 8 && bitsPerPixel !== 24)) {
    throw badImage("only uncompressed BMP files of 8 or 24 bits can be read");
  }
  const rows = Math.abs(height);
  assertSize(rows, columns, bitsPerPixel / 8);
  const line = 4 * Math.ceil((columns * bitsPerPixel) / 32);
  if (view.getUint32(10, true) + rows * line > bytes.length)
    throw badImage("the BMP file is cut off");

  const palette =
    bitsPerPixel === 8 ? readPalette(bytes, view, FILE_HEADER_BYTES + headerBytes) : undefined;
  const samples = decodeBottomUp(bytes, rows);
  // A negative height says that the first line is the upper one.
  if (height < 0) flip(samples, rows);
  return palette === undefined
    ? { rows, columns, channels: 3, bits: 8, pixels: samples }
    : { rows, columns, bits: 8, ...applyPalette(samples, palette) };
}

/** fast-bmp 4.0.1 takes a negative height for a large one, and reads 12 bytes behind the header, there or not. */
function decodeBottomUp(bytes: Uint8Array, rows: number): Uint8Array {
  const copy = new Uint8Array(bytes.length + 12);
  copy.set(bytes);
  new DataView(copy.buffer).setInt32(22, rows, true);
  try {
    return decode(copy).data as Uint8Array;
  } catch {
    throw badImage("the BMP data is damaged");
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

/** The colours of a palette: blue, green, red and an unused byte of each. */
function readPalette(bytes: Uint8Array, view: DataView, from: number): Uint8Array {
  const count = view.getUint32(46, true) || 256;
  const palette = bytes.subarray(from, from + 4 * count);
  if (count > 256 || palette.length < 4 * count) throw badImage("the BMP palette is damaged");
  return palette;
}

function applyPalette(
  indices: Uint8Array,
  palette: Uint8Array,
): { readonly channels: 1 | 3; readonly pixels: Uint8Array } {
  const isGrey = palette.every((value, i) => i % 4 === 3 || value === palette[i - (i % 4)]);
  const channels = isGrey ? 1 : 3;
  const pixels = new Uint8Array(indices.length * channels);
  for (let i = 0; i < indices.length; i++) {
    const at = 4 * (indices[i] as number);
    if (at >= palette.length) throw badImage("the BMP palette lacks a colour");
    for (let channel = 0; channel < channels; channel++) {
      pixels[channels * i + channel] = palette[at + channels - 1 - channel] as number;
    }
  }
  return { channels, pixels };
}
