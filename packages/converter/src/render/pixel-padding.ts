/**
 * Values that fill an image where nothing was measured (PS3.3 C.7.5.1.1.2, 2025b).
 *
 * @module
 */
import {
  type Dataset,
  findElement,
  readLittleEndianBytes,
  readNumbers,
  type TagNumber,
} from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";

/** Stored values, from the lowest to the highest, that are padding. */
export interface PixelPadding {
  readonly min: number;
  readonly max: number;
}

/** For each kind of pixels the value, and the other end of the range. */
const PADDING_TAGS: readonly (readonly [TagNumber, TagNumber])[] = [
  [Tag.PixelPaddingValue, Tag.PixelPaddingRangeLimit],
  [Tag.FloatPixelPaddingValue, Tag.FloatPixelPaddingRangeLimit],
  [Tag.DoubleFloatPixelPaddingValue, Tag.DoubleFloatPixelPaddingRangeLimit],
];

/** Reads which stored values are padding; undefined if none are. */
export function readPixelPadding(dataset: Dataset): PixelPadding | undefined {
  for (const [valueTag, limitTag] of PADDING_TAGS) {
    const value = storedValue(dataset, valueTag);
    if (value === undefined || Number.isNaN(value)) continue;
    // The limit may be above or below the value.
    const limit = storedValue(dataset, limitTag) ?? value;
    return { min: Math.min(value, limit), max: Math.max(value, limit) };
  }
  return undefined;
}

function storedValue(dataset: Dataset, tag: TagNumber): number | undefined {
  const vr = findElement(dataset, tag)?.vr;
  if (vr !== "US" && vr !== "SS") return readNumbers(dataset, tag)[0];
  const bytes = readLittleEndianBytes(dataset, tag);
  if (bytes === undefined || bytes.length < 2) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 2);
  // Signed as the pixels are: the VR in the file is often the wrong one of US and SS.
  const isSigned = readNumbers(dataset, Tag.PixelRepresentation)[0] === 1;
  return isSigned ? view.getInt16(0, true) : view.getUint16(0, true);
}
