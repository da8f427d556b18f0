/**
 * Images of PNG files (W3C PNG, third edition). Of several frames it is the first; 16 bits stay 16 bits.
 *
 * @module
 */
import { type DecodedPng, decode } from "fast-png";
import { badData } from "./bad-data.js";
import { assertPixelCount, type DecodedImage } from "./decoded-image.js";
import { onlyPixelChunks, type PngHeader, readPngHeader } from "./png-chunks.js";

type Samples = Uint8Array | Uint16Array;

/**
 * Grey of fewer than 8 bits is spread from 0 to 255, a palette becomes RGB, and alpha is dropped, as Pillow's
 * `convert("RGB")` drops it.
 *
 * @param maxPixels - rows x columns at most
 * @throws {@link FlError} `BAD_DATA` if the file is damaged, or is interlaced and of fewer than 8 bits; `LIMIT_EXCEEDED`
 */
export function decodePng(bytes: Uint8Array, maxPixels: number): DecodedImage {
  const header = readPngHeader(bytes);
  assertPixelCount(header.rows, header.columns, maxPixels);
  // fast-png 8.0.0 takes each pixel of these for a byte.
  if (header.isInterlaced && header.depth < 8) {
    throw badData("an interlaced PNG file of fewer than 8 bits cannot be read");
  }
  const pixelChunks = onlyPixelChunks(bytes, header);
  let decoded: DecodedPng;
  try {
    decoded = decode(pixelChunks, { checkCrc: true });
  } catch {
    throw badData("a PNG file is damaged");
  }
  return imageOf(decoded, header);
}

function imageOf(decoded: DecodedPng, header: PngHeader): DecodedImage {
  const { rows, columns, color, depth } = header;
  const data = decoded.data as Samples;
  const samples = depth < 8 ? unpack(data, header) : data;
  const size = { rows, columns };
  switch (color) {
    case 3:
      return { ...size, channels: 3, pixels: colorsOf(samples, decoded.palette ?? []) };
    case 4:
      return { ...size, channels: 1, pixels: withoutAlpha(samples, 1) };
    case 6:
      return { ...size, channels: 3, pixels: withoutAlpha(samples, 3) };
    default: {
      // 13.12: the greatest sample is white. The factor is an integer: 255, 85 or 17.
      if (depth < 8) for (let i = 0; i < samples.length; i++) samples[i]! *= 255 / (2 ** depth - 1);
      return { ...size, channels: color === 2 ? 3 : 1, pixels: samples };
    }
  }
}

/** Samples of fewer than 8 bits, the first in the highest bits, each line from a byte of its own (7.2). */
function unpack(data: Samples, { rows, columns, depth }: PngHeader): Uint8Array {
  const line = Math.ceil((columns * depth) / 8);
  const mask = 2 ** depth - 1;
  const samples = new Uint8Array(rows * columns);
  for (let row = 0, to = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const bit = column * depth;
      samples[to++] = (data[row * line + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return samples;
}

function colorsOf(indices: Samples, palette: NonNullable<DecodedPng["palette"]>): Uint8Array {
  const pixels = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const entry = palette[indices[i]!];
    if (entry === undefined) throw badData("the palette of a PNG file lacks a colour");
    for (let channel = 0; channel < 3; channel++) pixels[3 * i + channel] = entry[channel]!;
  }
  return pixels;
}

function withoutAlpha(samples: Samples, channels: number): Samples {
  const length = (samples.length / (channels + 1)) * channels;
  const pixels = samples instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
  for (let from = 0, to = 0; to < length; from++) {
    for (let channel = 0; channel < channels; channel++) pixels[to++] = samples[from++]!;
  }
  return pixels;
}
