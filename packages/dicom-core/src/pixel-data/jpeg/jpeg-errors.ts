/**
 * What is wrong with a JPEG.
 *
 * @module
 */
import { DicomError } from "../../errors.js";

const PIXEL_DATA = "(7FE0,0010)";

/** A frame that contradicts ITU-T T.81, or ends too early. */
export function damaged(why: string): DicomError {
  return new DicomError("BAD_VALUE", `a JPEG frame ${why}`, { at: PIXEL_DATA });
}

/** A frame of a kind that is not sequential DCT with Huffman coding. */
export function unsupportedJpeg(kind: string): DicomError {
  return new DicomError(
    "UNSUPPORTED_TRANSFER_SYNTAX",
    `${kind} is not decoded here: only sequential DCT with Huffman coding`,
    { at: PIXEL_DATA },
  );
}

/** A frame that would take more memory than any image is worth. */
export function tooLarge(limit: number): DicomError {
  return new DicomError("LIMIT_EXCEEDED", `a JPEG frame of more than ${limit} samples`, {
    at: PIXEL_DATA,
  });
}
