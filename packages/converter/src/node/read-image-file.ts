/**
 * Images on disk.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { decodeBmp } from "../image/bmp.js";
import { decodePng } from "../image/decode-png.js";
import type { RasterImage } from "../raster-image.js";

/** @throws {@link ConverterError} `BAD_IMAGE`; errors of the file system */
export async function readImageFile(path: string): Promise<RasterImage> {
  const bytes = new Uint8Array(await readFile(path));
  return /\.bmp$/i.test(path) ? decodeBmp(bytes) : decodePng(bytes);
}
