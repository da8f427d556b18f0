/**
 * Samples as native Pixel Data.
 *
 * @module
 */
import { nativePixelData } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import type { ElementChange } from "./elements.js";

/**
 * The samples of all frames, little endian; of one bit, packed (PS3.5 8.1.1).
 *
 * @param frames - samples as wide as they are allocated; of one bit, in bytes
 * @throws {@link DicomError} `LIMIT_EXCEEDED` beyond 4 GiB
 */
export function pixelDataOf(
  frames: readonly (Uint8Array | Uint16Array)[],
  bitsAllocated: 1 | 8 | 16,
): ElementChange {
  const value = nativePixelData(
    frames.map((samples) => ({ samples })),
    { bitsAllocated },
  );
  return { tag: Tag.PixelData, vr: bitsAllocated === 16 ? "OW" : "OB", value };
}
