/**
 * Images for the tests of this folder.
 *
 * @module
 */
import fc from "fast-check";
import type { RasterImage } from "../src/raster-image.js";

interface Kind {
  readonly channels: 1 | 3;
  readonly bits: 8 | 16;
}

/** An image of these rows of samples. */
export function imageOf(
  { channels, bits }: Kind,
  ...rows: readonly (readonly number[])[]
): RasterImage {
  const samples = rows.flat();
  const pixels = bits === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples);
  return { rows: rows.length, columns: (rows[0]?.length ?? 0) / channels, channels, bits, pixels };
}

/** A grey image of 8 bits. */
export function greyOf(...rows: readonly (readonly number[])[]): RasterImage {
  return imageOf({ channels: 1, bits: 8 }, ...rows);
}

/** Any small image of these kinds. */
export function arbitraryImage(
  channels: readonly (1 | 3)[] = [1, 3],
  bits: readonly (8 | 16)[] = [8, 16],
): fc.Arbitrary<RasterImage> {
  const side = fc.integer({ min: 1, max: 9 });
  return fc
    .record({
      rows: side,
      columns: side,
      channels: fc.constantFrom(...channels),
      bits: fc.constantFrom(...bits),
    })
    .chain((kind) => arbitraryPixels(kind).map((pixels) => ({ ...kind, pixels })));
}

/** Any pixels of an image of this size. */
export function arbitraryPixels(
  kind: Omit<RasterImage, "pixels">,
): fc.Arbitrary<Uint8Array | Uint16Array> {
  const length = kind.rows * kind.columns * kind.channels;
  const of = { minLength: length, maxLength: length };
  return kind.bits === 8 ? fc.uint8Array(of) : fc.uint16Array(of);
}
