/**
 * An image as integers, before it becomes numbers to learn from.
 *
 * @module
 */
import { badData } from "./bad-data.js";

/** What a decoder gives: an image row by row, the channels of a pixel together. `RasterImage` of `@dsail/converter` is one. */
export interface DecodedImage {
  /** 1 or more. */
  readonly rows: number;
  /** 1 or more. */
  readonly columns: number;
  /** Grey, or RGB. */
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array | Uint16Array;
  /** The value of white, such as 4095 where 12 bits are used. Default: 255 of a `Uint8Array`, 65535 of a `Uint16Array`. */
  readonly max?: number;
}

/** The value of white. */
export function maxOf({ max, pixels }: DecodedImage): number {
  return max ?? (pixels.BYTES_PER_ELEMENT === 1 ? 255 : 65535);
}

/**
 * @param maxPixels - rows x columns at most
 * @throws {@link FlError} `LIMIT_EXCEEDED` if there are more; `BAD_DATA` if there is none
 */
export function assertPixelCount(rows: number, columns: number, maxPixels: number): void {
  if (!(Number.isInteger(rows) && rows >= 1 && Number.isInteger(columns) && columns >= 1)) {
    throw badData("an image has no pixels");
  }
  if (rows * columns > maxPixels) {
    throw badData(`an image has more than ${maxPixels} pixels`, "LIMIT_EXCEEDED");
  }
}

/** @throws {@link FlError} `BAD_DATA` if an image is not what it says of itself, `LIMIT_EXCEEDED` if it is too large */
export function assertDecodedImage(image: DecodedImage, maxPixels: number): void {
  const { rows, columns, channels, pixels } = image;
  assertPixelCount(rows, columns, maxPixels);
  if (channels !== 1 && channels !== 3) {
    throw badData(`an image has ${Number(channels)} channels, expected 1 or 3`);
  }
  if (!(pixels instanceof Uint8Array || pixels instanceof Uint16Array)) {
    throw badData("an image is no Uint8Array or Uint16Array");
  }
  if (pixels.length !== rows * columns * channels) {
    throw badData("an image has more or fewer samples than its size says");
  }
  const max = maxOf(image);
  if (!(Number.isFinite(max) && max > 0)) throw badData("max of an image is no number above 0");
}
