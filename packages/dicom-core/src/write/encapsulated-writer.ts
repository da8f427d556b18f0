/**
 * Writes compressed pixel data: an offset table, then fragments (PS3.5 A.4).
 *
 * @module
 */
import type { Encoding } from "../dataset.js";
import { DicomError } from "../errors.js";
import { ITEM, SEQUENCE_DELIMITATION, type TagNumber } from "../tag.js";
import type { ByteWriter } from "./byte-writer.js";
import type { EncapsulatedInit } from "./element-init.js";

const UNDEFINED_LENGTH = 0xffffffff;
const ITEM_HEADER_BYTES = 8;

/**
 * Writes the element.
 *
 * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX` if the encoding is not that of encapsulated transfer syntaxes
 */
export function writeEncapsulated(
  writer: ByteWriter,
  tag: TagNumber,
  { fragments, firstFragments = [] }: EncapsulatedInit,
  { explicitVR, littleEndian }: Encoding,
): void {
  if (!explicitVR || !littleEndian) {
    throw new DicomError(
      "UNSUPPORTED_TRANSFER_SYNTAX",
      "compressed pixel data is explicit VR little endian",
    );
  }
  writer.tag(tag);
  writer.append(OB);
  writer.uint16(0);
  writer.uint32(UNDEFINED_LENGTH);
  const offsets = offsetTable(fragments, firstFragments);
  writer.tag(ITEM);
  writer.uint32(4 * offsets.length);
  for (const offset of offsets) writer.uint32(offset);
  for (const fragment of fragments) {
    writer.tag(ITEM);
    writer.uint32(evenLength(fragment));
    writer.append(fragment);
    if (fragment.length % 2 === 1) writer.uint8(0);
  }
  writer.tag(SEQUENCE_DELIMITATION);
  writer.uint32(0);
}

const OB: Uint8Array = Uint8Array.of(0x4f, 0x42);

/** Where each frame begins, from the header of the first fragment. Too far for 32 bits: empty, as it may always be. */
function offsetTable(
  fragments: readonly Uint8Array[],
  firstFragments: readonly number[],
): readonly number[] {
  const starts: number[] = [];
  let at = 0;
  for (const fragment of fragments) {
    starts.push(at);
    at += ITEM_HEADER_BYTES + evenLength(fragment);
  }
  const offsets = firstFragments.map((index) => {
    const start = starts[index];
    if (start !== undefined) return start;
    throw new RangeError(`firstFragments: expected 0 to ${fragments.length - 1}, got ${index}`);
  });
  return offsets.some((offset) => offset >= UNDEFINED_LENGTH) ? [] : offsets;
}

function evenLength({ length }: Uint8Array): number {
  return length + (length % 2);
}
