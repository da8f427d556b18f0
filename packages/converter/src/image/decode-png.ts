/**
 * Images of PNG files (W3C PNG, third edition).
 *
 * @module
 */
import { type DecodedPng, decode } from "fast-png";
import type { RasterImage } from "../raster-image.js";
import { assertSize, badImage } from "./check-image.js";
import { joinPngChunks, readPngChunks } from "./png-chunk.js";
import { PngColor, type PngHeader, readPngHeader } from "./png-header.js";

/**
 * Decodes a PNG file: of several frames, the first. Grey of fewer than 8 bits is spread from 0 to 255, a palette
 * becomes RGB, and alpha goes if every pixel is opaque.
 *
 * @throws {@link ConverterError} `BAD_IMAGE` if the file is damaged, has pixels that are not opaque, or more than
 * 2 ** 28 samples, or is interlaced and of fewer than 8 bits
 */
export function decodePng(bytes: Uint8Array): RasterImage {
  const header = readPngHeader(bytes);
  const channels = CHANNELS[header.color] ?? 4;
  assertSize(header.rows, header.columns, channels);
  // fast-png 8.0.0 takes each pixel of these for a byte.
  if (header.isInterlaced && header.depth < 8) {
    throw badImage("an interlaced PNG file of fewer than 8 bits cannot be read");
  }
  const chunks = readPngChunks(bytes).filter(({ type }) => PIXEL_CHUNKS.has(type));
  const dataBytes = chunks.reduce(
    (sum, { type, data }) => sum + (type === "IDAT" ? data.length : 0),
    0,
  );
  // Deflate makes nothing larger by more than a few bytes in a thousand: more is there to exhaust memory.
  const line = Math.ceil((header.columns * channels * header.depth) / 8) + 1;
  if (dataBytes > 1.1 * header.rows * line + 0x10000) throw badImage("the PNG data is too long");
  let decoded: DecodedPng;
  try {
    decoded = decode(joinPngChunks(chunks.map((chunk) => chunk.bytes)), { checkCrc: true });
  } catch {
    throw badImage("the PNG data is damaged");
  }
  return toRaster(decoded, header);
}

/** The chunks that say which colour each pixel has. Of the others some are compressed, and could be bombs. */
const PIXEL_CHUNKS: ReadonlySet<string> = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

/** Samples of a pixel, by colour type. */
const CHANNELS: Readonly<Record<number, number>> = {
  [PngColor.GREY]: 1,
  [PngColor.RGB]: 3,
  [PngColor.INDEXED]: 1,
  [PngColor.GREY_ALPHA]: 2,
  [PngColor.RGB_ALPHA]: 4,
};

function toRaster(decoded: DecodedPng, { rows, columns, color, depth }: PngHeader): RasterImage {
  const data = decoded.data as Uint8Array | Uint16Array;
  const size = { rows, columns, bits: depth === 16 ? 16 : 8 } as const;
  if (color === PngColor.INDEXED) {
    const indices = unpack(data, rows, columns, depth);
    return { ...size, channels: 3, pixels: colorsOf(indices, decoded.palette ?? []) };
  }
  if (color === PngColor.GREY_ALPHA) {
    return { ...size, channels: 1, pixels: withoutAlpha(data, 1, 2 ** depth - 1) };
  }
  if (color === PngColor.RGB_ALPHA) {
    return { ...size, channels: 3, pixels: withoutAlpha(data, 3, 2 ** depth - 1) };
  }
  const channels = color === PngColor.RGB ? 3 : 1;
  const samples = depth < 8 ? unpack(data, rows, columns, depth) : data;
  if (decoded.transparency !== undefined) assertNone(samples, channels, decoded.transparency);
  if (depth < 8) {
    // 13.12: the greatest sample is white. The factor is an integer: 255, 85 or 17.
    const factor = 255 / (2 ** depth - 1);
    for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] as number) * factor;
  }
  return { ...size, channels, pixels: samples };
}

/** Samples of fewer than 8 bits, the first in the highest bits, each line from a byte of its own (7.2). */
function unpack(
  data: Uint8Array | Uint16Array,
  rows: number,
  columns: number,
  depth: number,
): Uint8Array {
  const line = Math.ceil((columns * depth) / 8);
  const mask = 2 ** depth - 1;
  const samples = new Uint8Array(rows * columns);
  for (let row = 0, to = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const bit = column * depth;
      const byte = data[row * line + (bit >> 3)] as number;
      samples[to++] = (byte >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return samples;
}

function colorsOf(indices: Uint8Array, palette: NonNullable<DecodedPng["palette"]>): Uint8Array {
  const pixels = new Uint8Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const entry = palette[indices[i] as number];
    if (entry === undefined) throw badImage("the PNG palette lacks a colour");
    const [red = 0, green = 0, blue = 0, alpha = 255] = entry;
    if (alpha !== 255) throw notOpaque();
    pixels[3 * i] = red;
    pixels[3 * i + 1] = green;
    pixels[3 * i + 2] = blue;
  }
  return pixels;
}

function withoutAlpha(
  data: Uint8Array | Uint16Array,
  channels: number,
  opaque: number,
): Uint8Array | Uint16Array {
  const length = (data.length / (channels + 1)) * channels;
  const pixels = data instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
  for (let from = 0, to = 0; to < length; from++) {
    for (let channel = 0; channel < channels; channel++) pixels[to++] = data[from++] as number;
    if (data[from] !== opaque) throw notOpaque();
  }
  return pixels;
}

/** 11.3.1.1: pixels of one colour are transparent, all others opaque. */
function assertNone(
  samples: Uint8Array | Uint16Array,
  channels: number,
  transparent: Uint16Array,
): void {
  for (let i = 0; i < samples.length; i += channels) {
    let same = 0;
    while (same < channels && samples[i + same] === transparent[same]) same++;
    if (same === channels) throw notOpaque();
  }
}

function notOpaque(): Error {
  return badImage("the PNG file has pixels that are not opaque");
}
