/**
 * Images of JPEG files of 8 bits (ITU-T T.81), baseline and progressive, by libjpeg-turbo compiled to WebAssembly.
 *
 * @module
 */
/// <reference path="./packages.d.ts" />
import type { JpegModule } from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import { badData } from "./bad-data.js";
import { assertPixelCount, type DecodedImage } from "./decoded-image.js";
import { jpegSegments, readImageHeader } from "./image-header.js";

/** Decodes a file. */
export type JpegDecoder = (bytes: Uint8Array, maxPixels: number) => Promise<DecodedImage>;

/**
 * A decoder, whose codec is loaded with the first file. It throws {@link FlError} `BAD_DATA` for a file that is damaged, cut
 * off, or of four components, and `LIMIT_EXCEEDED`. Pictures lie as they are stored: EXIF's orientation is not looked at, nor does
 * Pillow.
 */
export function createJpegDecoder(): JpegDecoder {
  let codec: Promise<JpegModule> | undefined;
  return async (bytes, maxPixels) => {
    const { rows = 0, columns = 0 } = readImageHeader(bytes) ?? {};
    assertPixelCount(rows, columns, maxPixels);
    assertEnd(bytes);
    codec ??= load();
    const loading = codec;
    const module = await loading;
    try {
      return decode(module, bytes, rows, columns);
    } catch {
      // Its memory may be anything now: the next file gets a new one.
      if (codec === loading) codec = undefined;
      throw badData("a JPEG file is damaged, or of a form that cannot be read");
    }
  };
}

async function load(): Promise<JpegModule> {
  const { default: create } = await import("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs");
  // What it prints is swallowed: it may quote the file.
  return create({ print: () => undefined, printErr: () => undefined });
}

/** libjpeg fills in grey what is missing. In a scan, 0xff is followed by 0 or a marker (B.1.1.5): the end is no chance. */
function assertEnd(bytes: Uint8Array): void {
  let scan: number | undefined;
  for (const { marker, at } of jpegSegments(bytes)) if (marker === 0xda) scan = at;
  if (scan === undefined) throw badData("a JPEG file has no pixels");
  for (let i = bytes.length - 2; i > scan; i--) {
    if (bytes[i] === 0xff && bytes[i + 1] === 0xd9) return;
  }
  throw badData("a JPEG file is cut off");
}

function decode(
  { JPEGDecoder }: JpegModule,
  bytes: Uint8Array,
  rows: number,
  columns: number,
): DecodedImage {
  const decoder = new JPEGDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { width, height, componentCount: channels } = decoder.getFrameInfo();
    const pixels = new Uint8Array(decoder.getDecodedBuffer());
    const isAsSaid = width === columns && height === rows;
    if (
      !isAsSaid ||
      (channels !== 1 && channels !== 3) ||
      pixels.length !== rows * columns * channels
    ) {
      throw badData("a JPEG file is of another form");
    }
    return { rows, columns, channels, pixels };
  } finally {
    decoder.delete();
  }
}
