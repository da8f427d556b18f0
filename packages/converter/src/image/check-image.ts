/**
 * What encoders ask of an image, and what decoders of a file.
 *
 * @module
 */
import { ConverterError } from "../errors.js";
import type { RasterImage } from "../raster-image.js";

/** Samples that an image may have: 256 MiB of 8 bits. A larger one in a header is damage, or an attack. */
export const MAX_SAMPLES: number = 2 ** 28;

/** @throws {@link RangeError} if the pixels are not as many, or not as wide, as the image says */
export function assertImage({ rows, columns, channels, bits, pixels }: RasterImage): void {
  if (!(Number.isInteger(rows) && rows > 0 && Number.isInteger(columns) && columns > 0)) {
    throw new RangeError(`image: expected rows and columns of 1 or more, got ${rows}, ${columns}`);
  }
  const width = pixels instanceof Uint8Array ? 8 : 16;
  if (bits !== width) throw new RangeError(`image: expected pixels of ${bits} bits, got ${width}`);
  const length = rows * columns * channels;
  if (pixels.length !== length) {
    throw new RangeError(`image: expected ${length} samples, got ${pixels.length}`);
  }
}

/** @throws {@link RangeError} if an image has other than 8 bits */
export function assert8Bits({ bits }: RasterImage): void {
  if (bits !== 8) throw new RangeError(`image: expected 8 bits, got ${bits}`);
}

/** @throws {@link ConverterError} `BAD_IMAGE` if a header promises no image, or one too large */
export function assertSize(rows: number, columns: number, channels: number): void {
  if (rows < 1 || columns < 1) throw badImage("the image is empty");
  if (rows * columns * channels > MAX_SAMPLES) throw badImage("the image is too large");
}

/** Why a file is not read. The cause is not kept: a decoder's message may quote data. */
export function badImage(why: string): ConverterError {
  return new ConverterError("BAD_IMAGE", why);
}
