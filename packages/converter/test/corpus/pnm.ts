/**
 * Portable anymaps, as dcmj2pnm writes them.
 *
 * @module
 */
import type { RasterImage } from "@dsail/converter/image";

/** Reads a binary PGM or PPM file of 8 bits. */
export function readPnm(bytes: Uint8Array): RasterImage {
  const header = /^P([56])\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+255\s/.exec(
    String.fromCharCode(...bytes.subarray(0, 512)),
  );
  if (header === null) throw new RangeError("bytes: expected a binary PNM file of 8 bits");
  const channels = header[1] === "6" ? 3 : 1;
  const columns = Number(header[2]);
  const rows = Number(header[3]);
  const from = header[0].length;
  const pixels = bytes.subarray(from, from + rows * columns * channels);
  return { rows, columns, channels, bits: 8, pixels };
}
