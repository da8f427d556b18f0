/**
 * Many images on one sheet.
 *
 * @module
 */
import type { RasterImage } from "../raster-image.js";
import { assert8Bits, assertImage, MAX_SAMPLES } from "./check-image.js";
import { toRgb } from "./to-rgb.js";

export interface MontageOptions {
  /** Images in a row. Default: as many as make the sheet about as wide in images as it is high. */
  readonly columns?: number;
  /** Pixels between two images. Default 2. */
  readonly gap?: number;
  /** Grey of what no image covers, 0 to 255. Default 0. */
  readonly background?: number;
}

/**
 * Lays images side by side, row by row. All have cells of one size, in the middle of which they lie; with one in
 * colour the sheet is in colour.
 *
 * @param images - at least one, of 8 bits
 * @throws {@link RangeError} if there is no image, one has 16 bits, an option is outside its range, or the sheet would
 * have more than 2 ** 28 samples
 */
export function montage(images: readonly RasterImage[], options: MontageOptions = {}): RasterImage {
  const across = options.columns ?? Math.ceil(Math.sqrt(images.length));
  const { gap = 2, background = 0 } = options;
  if (images.length === 0) throw new RangeError("images: expected at least one, got none");
  assertInteger("columns", across, 1);
  assertInteger("gap", gap, 0);
  assertInteger("background", background, 0, 255);
  for (const image of images) {
    assertImage(image);
    assert8Bits(image);
  }
  const channels = images.some((image) => image.channels === 3) ? 3 : 1;
  const cellRows = Math.max(...images.map((image) => image.rows));
  const cellColumns = Math.max(...images.map((image) => image.columns));
  const used = Math.min(across, images.length);
  const columns = used * (cellColumns + gap) - gap;
  const rows = Math.ceil(images.length / used) * (cellRows + gap) - gap;
  if (rows * columns * channels > MAX_SAMPLES) {
    throw new RangeError(`images: expected a sheet of ${MAX_SAMPLES} samples at most, got more`);
  }
  const pixels = new Uint8Array(rows * columns * channels).fill(background);
  for (const [index, image] of images.entries()) {
    const { pixels: from, ...size } = channels === 3 ? toRgb(image) : image;
    const top = Math.floor(index / used) * (cellRows + gap) + ((cellRows - size.rows) >> 1);
    const left = (index % used) * (cellColumns + gap) + ((cellColumns - size.columns) >> 1);
    const line = size.columns * channels;
    for (let row = 0; row < size.rows; row++) {
      const to = ((top + row) * columns + left) * channels;
      pixels.set(from.subarray(row * line, (row + 1) * line), to);
    }
  }
  return { rows, columns, channels, bits: 8, pixels };
}

function assertInteger(name: string, value: number, min: number, max = 0xffff): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name}: expected an integer of ${min} to ${max}, got ${value}`);
}
