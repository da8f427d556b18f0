/**
 * What the header of a PNG file says (W3C PNG, third edition, 11.2.1).
 *
 * @module
 */
import { badImage } from "./check-image.js";
import { PNG_SIGNATURE } from "./png-chunk.js";

/** How pixels are coded (11.2.1, table 11). */
export const PngColor = { GREY: 0, RGB: 2, INDEXED: 3, GREY_ALPHA: 4, RGB_ALPHA: 6 } as const;

/** The bit depths of each colour type (11.2.1, table 11). */
const DEPTHS: ReadonlyMap<number, readonly number[]> = new Map([
  [PngColor.GREY, [1, 2, 4, 8, 16]],
  [PngColor.RGB, [8, 16]],
  [PngColor.INDEXED, [1, 2, 4, 8]],
  [PngColor.GREY_ALPHA, [8, 16]],
  [PngColor.RGB_ALPHA, [8, 16]],
]);

export interface PngHeader {
  readonly rows: number;
  readonly columns: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** One of {@link PngColor}. */
  readonly color: number;
  readonly isInterlaced: boolean;
}

/** "IHDR". The first chunk is always this one (5.6). */
const HEADER_TYPE = 0x49484452;
/** The signature, and the first chunk. */
const HEADER_BYTES = 33;

/** @throws {@link ConverterError} `BAD_IMAGE` if this is no PNG file, or its header is not one that can be */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const isPng = bytes.length >= HEADER_BYTES && PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);
  if (!isPng) throw badImage("the file is no PNG file");
  const chunk = new DataView(bytes.buffer, bytes.byteOffset + PNG_SIGNATURE.length, 25);
  if (chunk.getUint32(4) !== HEADER_TYPE) throw badImage("the PNG header is damaged");
  const view = new DataView(chunk.buffer, chunk.byteOffset + 8, 13);
  const depth = view.getUint8(8);
  const color = view.getUint8(9);
  const interlace = view.getUint8(12);
  const isKnown = view.getUint8(10) === 0 && view.getUint8(11) === 0 && interlace <= 1;
  if (!isKnown || !DEPTHS.get(color)?.includes(depth)) throw badImage("the PNG header is damaged");
  const isInterlaced = interlace === 1;
  return { rows: view.getUint32(4), columns: view.getUint32(0), depth, color, isInterlaced };
}
