/**
 * Grey as RGB.
 *
 * @module
 */
import type { RasterImage } from "../raster-image.js";

/** The image with three channels. */
export function toRgb(image: RasterImage): RasterImage {
  if (image.channels === 3) return image;
  const { pixels: grey } = image;
  const count = grey.length * 3;
  const pixels = image.bits === 8 ? new Uint8Array(count) : new Uint16Array(count);
  for (let i = 0; i < grey.length; i++) pixels.fill(grey[i] as number, 3 * i, 3 * i + 3);
  return { ...image, channels: 3, pixels };
}
