/**
 * Encapsulated values taken apart (PS3.5 A.4): an item with the Basic Offset Table, then the fragments.
 *
 * @module
 */
import { type ByteRange, viewBytes } from "../byte-source.js";
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import { DicomError } from "../errors.js";
import { formatTag } from "../tag.js";

const ITEM_HEADER_BYTES = 8;

/** What an encapsulated value consists of. */
export interface EncapsulatedValue {
  /** Where each frame begins, in bytes from the header of the first fragment; empty if the file does not say. */
  readonly basicOffsetTable: readonly number[];
  /** The bytes of each fragment, without its header, in the data set's source. */
  readonly fragments: readonly ByteRange[];
}

/**
 * The fragments of an encapsulated value.
 *
 * @throws {@link DicomError} `BAD_VALUE` if the value is not encapsulated, `NOT_LOADED` if it was skipped
 */
export function readFragments(dataset: Dataset, element: DataElement): EncapsulatedValue {
  const { valueOffset, valueLength, tag, byteOffset } = element;
  if (!element.encapsulated) {
    throw new DicomError("BAD_VALUE", "the value is not encapsulated", {
      at: formatTag(tag),
      byteOffset,
    });
  }
  const bytes = viewBytes(dataset.source, valueOffset, valueLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { littleEndian } = dataset.encoding;
  const items: ByteRange[] = [];
  for (let at = 0; at + ITEM_HEADER_BYTES <= valueLength; ) {
    const start = at + ITEM_HEADER_BYTES;
    // Only the last fragment of a truncated file is cut off.
    const length = Math.min(view.getUint32(at + 4, littleEndian), valueLength - start);
    items.push({ byteOffset: valueOffset + start, length });
    at = start + length;
  }
  const [table, ...fragments] = items;
  const basicOffsetTable: number[] = [];
  if (table !== undefined) {
    const start = table.byteOffset - valueOffset;
    for (let at = 0; at + 4 <= table.length; at += 4) {
      basicOffsetTable.push(view.getUint32(start + at, littleEndian));
    }
  }
  return { basicOffsetTable, fragments };
}
