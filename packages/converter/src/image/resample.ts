/**
 * Images whose pixels are not square, made to look right on screens, whose pixels are.
 *
 * @module
 */
import type { RasterImage } from "../raster-image.js";
import { assertImage, MAX_SAMPLES } from "./check-image.js";

/** Height and width of a pixel, in one unit, whichever it is. Both above 0. */
export interface PixelAspect {
  readonly vertical: number;
  readonly horizontal: number;
}

/**
 * Enlarges an image in the direction in which its pixels are longer, so that they become square; the other direction
 * stays as it is. A new pixel is the mean of the old ones that it covers, by area, rounded: no value is made up, and
 * none is lost. DCMTK scales so, too.
 *
 * @returns the image itself if its size would not change
 * @throws {@link RangeError} if the aspect is none, or the result would have more than 2 ** 28 samples
 */
export function resampleToSquarePixels(
  image: RasterImage,
  { vertical, horizontal }: PixelAspect,
): RasterImage {
  assertImage(image);
  const ratio = vertical / horizontal;
  if (!(vertical > 0 && horizontal > 0 && ratio > 0 && Number.isFinite(ratio))) {
    throw new RangeError(`aspect: expected two lengths above 0, got ${vertical}, ${horizontal}`);
  }
  const rows = Math.round(image.rows * Math.max(ratio, 1));
  const columns = Math.round(image.columns * Math.max(1 / ratio, 1));
  if (rows === image.rows && columns === image.columns) return image;
  if (rows * columns * image.channels > MAX_SAMPLES) {
    throw new RangeError(`aspect: expected a result of ${MAX_SAMPLES} samples at most, got more`);
  }
  const { channels } = image;
  return ratio > 1
    ? { ...image, rows, pixels: stretch(image, rows, 1, image.columns * channels) }
    : { ...image, columns, pixels: stretch(image, columns, image.rows, channels) };
}

/**
 * Enlarges one direction of samples that lie as `[outer][length][inner]`.
 *
 * @param newLength - not less than the old one, so that a new sample covers two old ones at most
 */
function stretch(
  { pixels: from, bits }: RasterImage,
  newLength: number,
  outer: number,
  inner: number,
): Uint8Array | Uint16Array {
  const oldLength = from.length / (outer * inner);
  const count = outer * newLength * inner;
  const pixels = bits === 8 ? new Uint8Array(count) : new Uint16Array(count);
  const step = oldLength / newLength;
  for (let part = 0; part < outer; part++) {
    for (let to = 0; to < newLength; to++) {
      const first = Math.floor(to * step);
      const second = Math.min(first + 1, oldLength - 1);
      const share = Math.max((to + 1) * step - (first + 1), 0) / step;
      const a = (part * oldLength + first) * inner;
      const b = (part * oldLength + second) * inner;
      const target = (part * newLength + to) * inner;
      for (let i = 0; i < inner; i++) {
        const value = (from[a + i] as number) * (1 - share) + (from[b + i] as number) * share;
        pixels[target + i] = Math.round(value);
      }
    }
  }
  return pixels;
}
