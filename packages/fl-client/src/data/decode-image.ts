/**
 * Images of files, of whatever format their bytes are.
 *
 * @module
 */
import { badData } from "./bad-data.js";
import { decodeBmp } from "./decode-bmp.js";
import { createJpegDecoder } from "./decode-jpeg.js";
import { decodePng } from "./decode-png.js";
import { assertDecodedImage, type DecodedImage } from "./decoded-image.js";
import { isJpeg, readImageHeader } from "./image-header.js";

/**
 * Decodes the bytes of a file, which it may keep. For DICOM, such as `openImages` of `@dsail/converter/render` has them: this
 * package knows no DICOM.
 */
export type DecodeImage = (bytes: Uint8Array) => DecodedImage | Promise<DecodedImage>;

/** Decodes PNG, BMP and JPEG, or what `decode` does, whose errors are not told any further: they may quote the file. */
export function createImageDecoder(
  maxPixels: number,
  decode?: DecodeImage,
): (bytes: Uint8Array) => Promise<DecodedImage> {
  if (decode !== undefined) return (bytes) => decodeBy(decode, bytes, maxPixels);
  const decodeJpeg = createJpegDecoder();
  return async (bytes) => {
    switch (readImageHeader(bytes)?.format) {
      case "png":
        return decodePng(bytes, maxPixels);
      case "bmp":
        return decodeBmp(bytes, maxPixels);
      case "jpeg":
        return decodeJpeg(bytes, maxPixels);
      default:
        throw badData(
          isJpeg(bytes) ? "a JPEG file is damaged" : "an image is no PNG, BMP or JPEG file",
        );
    }
  };
}

async function decodeBy(
  decode: DecodeImage,
  bytes: Uint8Array,
  maxPixels: number,
): Promise<DecodedImage> {
  let image: DecodedImage;
  try {
    image = await decode(bytes);
  } catch {
    throw badData("an image cannot be decoded");
  }
  assertDecodedImage(image, maxPixels);
  return image;
}
