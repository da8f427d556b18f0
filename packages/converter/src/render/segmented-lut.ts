/**
 * Segmented palettes: a table as runs, ramps and repeats of earlier segments (PS3.3 C.7.9.2, 2025b).
 *
 * @module
 */
import type { TagNumber } from "@dsail/dicom-core";
import { badTable, type LutDescriptor, wordsOf } from "./lut-descriptor.js";

const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

/**
 * The entries of a segmented table.
 *
 * @param bytes - in little endian; bytes if entries have 8 bits, else words
 * @throws {@link DicomError} `BAD_VALUE` if the segments cannot be followed, or give another number of entries than
 * the descriptor says
 */
export function expandSegments(
  bytes: Uint8Array,
  { length, bits }: LutDescriptor,
  tag: TagNumber,
): Uint16Array {
  const unitBytes = bits <= 8 ? 1 : 2;
  const units = unitBytes === 1 ? bytes : wordsOf(bytes);
  const entries = new Uint16Array(length);
  let filled = 0;

  const unit = (at: number): number => {
    const value = units[at];
    if (value === undefined) throw badTable(tag, "data");
    return value;
  };
  const push = (value: number): void => {
    // Also what keeps a hostile table from growing without end.
    if (filled === length) throw badTable(tag, "data");
    entries[filled++] = value;
  };

  /** Expands the segment at `at`. Returns where the next one begins. */
  const expand = (at: number, isRepeated: boolean): number => {
    const opcode = unit(at);
    const count = unit(at + 1);
    // An empty segment could be repeated without ever filling the table.
    if (count === 0) throw badTable(tag, "data");
    if (opcode === DISCRETE) {
      for (let i = 0; i < count; i++) push(unit(at + 2 + i));
      return at + 2 + count;
    }
    // The others go on from an entry, so cannot be first (C.7.9.2.2, C.7.9.2.3).
    if (filled === 0) throw badTable(tag, "data");
    if (opcode === LINEAR) {
      const from = entries[filled - 1] as number;
      const to = unit(at + 2);
      for (let i = 1; i <= count; i++) push(Math.round(from + ((to - from) * i) / count));
      return at + 3;
    }
    // C.7.9.2.3: an indirect segment does not refer to another.
    if (opcode !== INDIRECT || isRepeated) throw badTable(tag, "data");
    // A byte offset of 32 bits, its least significant part first.
    const byteOffset =
      unitBytes === 2
        ? unit(at + 2) + unit(at + 3) * 0x10000
        : unit(at + 2) + unit(at + 3) * 0x100 + unit(at + 4) * 0x10000 + unit(at + 5) * 0x1000000;
    let next = byteOffset / unitBytes;
    for (let i = 0; i < count; i++) next = expand(next, true);
    return at + 2 + 4 / unitBytes;
  };

  // One unit behind the last segment can only be padding.
  for (let at = 0; at + 1 < units.length && filled < length; ) at = expand(at, false);
  if (filled !== length) throw badTable(tag, "data");
  return entries;
}
