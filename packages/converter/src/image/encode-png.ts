/**
 * Images as PNG (W3C PNG, third edition).
 *
 * Ours, since fast-png 8.0.0 writes no filters and takes no other deflate than its own: larger files, in more time
 * (`bench/png.ts`).
 *
 * @module
 */
import { zlibSync } from "fflate";
import type { RasterImage } from "../raster-image.js";
import { assertImage } from "./check-image.js";
import { joinPngChunks, pngChunk } from "./png-chunk.js";

/** How hard to compress: 0 not at all, 9 as well as possible. */
export type CompressionLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export interface EncodePngOptions {
  /** Default 3: above it files of medical images lose less than 1 % of their size. */
  readonly level?: CompressionLevel;
  /** Compresses into a zlib stream (RFC 1950). Default: fflate's; `deflateSync` of Node's zlib is twice as fast. */
  readonly deflate?: (
    bytes: Uint8Array,
    options: { readonly level: CompressionLevel },
  ) => Uint8Array;
}

/**
 * Encodes an image, grey or RGB, without loss.
 *
 * @throws {@link RangeError} if the image has not as many samples as it says
 */
export function encodePng(image: RasterImage, options: EncodePngOptions = {}): Uint8Array {
  return joinPngChunks([
    pngChunk("IHDR", pngHeader(image)),
    pngChunk("IDAT", pngPixels(image, options)),
    pngChunk("IEND", new Uint8Array()),
  ]);
}

/** 11.2.1: IHDR. @throws as {@link encodePng} */
export function pngHeader(image: RasterImage): Uint8Array {
  assertImage(image);
  const GREY = 0;
  const RGB = 2;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, image.columns);
  view.setUint32(4, image.rows);
  header[8] = image.bits;
  header[9] = image.channels === 1 ? GREY : RGB;
  return header;
}

/** 10: the filtered rows, compressed. */
export function pngPixels(
  image: RasterImage,
  { level = 3, deflate = zlibSync }: EncodePngOptions = {},
): Uint8Array {
  return deflate(filteredRows(image), { level });
}

/** 9.2: what a byte is more than the mean of those left of it and above. Of the fixed filters, the best for scans. */
function filteredRows({ rows, columns, channels, bits, pixels }: RasterImage): Uint8Array {
  const AVERAGE = 3;
  const pixelBytes = channels * (bits / 8);
  const rowBytes = columns * pixelBytes;
  const bytes = bigEndianBytes(pixels);
  const filtered = new Uint8Array(rows * (1 + rowBytes));
  let to = 0;
  for (let row = 0, at = 0; row < rows; row++) {
    filtered[to++] = AVERAGE;
    for (let i = 0; i < rowBytes; i++, at++) {
      const left = i < pixelBytes ? 0 : (bytes[at - pixelBytes] as number);
      const above = row === 0 ? 0 : (bytes[at - rowBytes] as number);
      filtered[to++] = (bytes[at] as number) - ((left + above) >> 1);
    }
  }
  return filtered;
}

/** 7.2: samples of 16 bits have the upper byte first. */
function bigEndianBytes(pixels: Uint8Array | Uint16Array): Uint8Array {
  if (pixels instanceof Uint8Array) return pixels;
  const bytes = new Uint8Array(2 * pixels.length);
  for (let i = 0, at = 0; i < pixels.length; i++) {
    const pixel = pixels[i] as number;
    bytes[at++] = pixel >>> 8;
    bytes[at++] = pixel;
  }
  return bytes;
}
