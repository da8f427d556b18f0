/**
 * Images as PNG (W3C PNG, third edition).
 *
 * @module
 */
import { encode } from "fast-png";
import type { RasterImage } from "../raster-image.js";
import { assertImage } from "./check-image.js";

/** How hard to compress: 0 not at all, 9 as well as possible. */
export type CompressionLevel = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export interface EncodePngOptions {
  /** Default 3: above it files of medical images lose less than 1 % of their size. */
  readonly level?: CompressionLevel;
}

/**
 * Encodes an image, grey or RGB, without loss.
 *
 * @throws {@link RangeError} if the image has not as many samples as it says
 */
export function encodePng(image: RasterImage, { level = 3 }: EncodePngOptions = {}): Uint8Array {
  assertImage(image);
  const { rows: height, columns: width, channels, bits: depth, pixels: data } = image;
  return encode({ width, height, channels, depth, data }, { zlib: { level } });
}
