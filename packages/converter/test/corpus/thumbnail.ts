/**
 * Small images of large ones.
 *
 * @module
 */
import type { RasterImage } from "@dsail/converter/image";

/** The image so much smaller that neither side is longer than `size` pixels: of each block the mean. */
export function thumbnail(image: RasterImage, size: number): RasterImage {
  const { channels } = image;
  const block = Math.max(image.rows, image.columns) / size;
  if (block <= 1) return image;
  const rows = Math.max(Math.floor(image.rows / block), 1);
  const columns = Math.max(Math.floor(image.columns / block), 1);
  const pixels = new Uint8Array(rows * columns * channels);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = Math.floor(i / channels);
    const row = Math.floor(pixel / columns);
    pixels[i] = meanOf(image, row, pixel % columns, i % channels, block);
  }
  return { rows, columns, channels, bits: 8, pixels };
}

function meanOf(
  image: RasterImage,
  row: number,
  column: number,
  channel: number,
  block: number,
): number {
  const last = (from: number, length: number) => Math.min(Math.ceil((from + 1) * block), length);
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(row * block); y < last(row, image.rows); y++) {
    for (let x = Math.floor(column * block); x < last(column, image.columns); x++) {
      sum += image.pixels[(y * image.columns + x) * image.channels + channel] as number;
      count++;
    }
  }
  return Math.round(sum / count);
}
