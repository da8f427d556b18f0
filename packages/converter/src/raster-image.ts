/**
 * An image as files and screens have it.
 *
 * @module
 */

/** An image, row by row, the channels of a pixel together. */
export interface RasterImage {
  readonly rows: number;
  readonly columns: number;
  /** Grey, or RGB. */
  readonly channels: 1 | 3;
  /** Bits of a sample: 8 in a `Uint8Array`, 16 in a `Uint16Array`. */
  readonly bits: 8 | 16;
  readonly pixels: Uint8Array | Uint16Array;
}
