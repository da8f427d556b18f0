/**
 * Lookup tables: three numbers that describe one, and its data (PS3.3 C.11.1.1, C.11.2.1.1, C.7.6.3.1.5, 2025b).
 *
 * @module
 */
import {
  type Dataset,
  DicomError,
  findElement,
  formatTag,
  readLittleEndianBytes,
  type TagNumber,
} from "@dsail/dicom-core";

/** What a LUT descriptor says. */
export interface LutDescriptor {
  /** Number of entries, 1 to 65,536. */
  readonly length: number;
  /** The input that the first entry is for. */
  readonly firstMapped: number;
  /** Bits that an entry has, 1 to 16. */
  readonly bits: number;
}

/** A lookup table. */
export interface LookupTable {
  /** The input that the first entry is for; what is below gets it too. */
  readonly firstMapped: number;
  /** Bits that an entry has: entries go from 0 to `2 ** bits - 1`. */
  readonly bits: number;
  /** At least one. Always unsigned. */
  readonly entries: Uint16Array;
}

/** The entry for an input, rounded if it is no integer; inputs outside get the first or the last. */
export function lookUp(table: LookupTable, input: number): number {
  const { entries, firstMapped } = table;
  const at = Math.min(Math.max(Math.round(input) - firstMapped, 0), entries.length - 1);
  return entries[at] ?? 0;
}

/**
 * Reads a LUT descriptor.
 *
 * @param isSigned - whether inputs can be negative; a descriptor written as SS is signed anyway
 * @throws {@link DicomError} `BAD_VALUE` if it is missing, or not three numbers that can be
 */
export function readLutDescriptor(
  dataset: Dataset,
  tag: TagNumber,
  isSigned: boolean,
): LutDescriptor {
  const bytes = readLittleEndianBytes(dataset, tag);
  if (bytes === undefined || bytes.length < 6) throw badTable(tag, "descriptor");
  const view = new DataView(bytes.buffer, bytes.byteOffset, 6);
  const bits = view.getUint16(4, true);
  if (bits < 1 || bits > 16) throw badTable(tag, "descriptor");
  // With implicit VR the file says no VR; the reader's is a guess.
  const { explicitVR } = dataset.encoding;
  const signed = isSigned || (explicitVR && findElement(dataset, tag)?.vr === "SS");
  return {
    // 2 ** 16 entries do not fit in 16 bits; they are written as 0. Never signed, whatever the VR.
    length: view.getUint16(0, true) || 0x10000,
    firstMapped: signed ? view.getInt16(2, true) : view.getUint16(2, true),
    bits,
  };
}

/**
 * Reads a lookup table.
 *
 * Entries of 8 bits may lie two in a word, the first in the low byte, or each in a word of its own; the number of
 * bytes tells which.
 *
 * @param isSigned - as {@link readLutDescriptor}
 * @throws {@link DicomError} `BAD_VALUE` if descriptor or data are missing, or there are too few entries
 */
export function readLookupTable(
  dataset: Dataset,
  tags: { readonly descriptor: TagNumber; readonly data: TagNumber },
  isSigned: boolean,
): LookupTable {
  const { length, firstMapped, bits } = readLutDescriptor(dataset, tags.descriptor, isSigned);
  const bytes = readLittleEndianBytes(dataset, tags.data);
  if (bytes === undefined) throw badTable(tags.data, "data");
  return { firstMapped, bits, entries: entriesOf(bytes, length, bits, tags.data) };
}

function entriesOf(bytes: Uint8Array, length: number, bits: number, tag: TagNumber): Uint16Array {
  if (bytes.length >= length * 2) return wordsOf(bytes).slice(0, length);
  if (bits <= 8 && bytes.length >= length) return Uint16Array.from(bytes.subarray(0, length));
  throw badTable(tag, "data");
}

/** The 16-bit words of bytes in little endian. */
export function wordsOf(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < words.length; i++) {
    words[i] = (bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8);
  }
  return words;
}

/** A table that is missing, too short, or not to be understood. */
export function badTable(tag: TagNumber, part: "descriptor" | "data"): DicomError {
  return new DicomError("BAD_VALUE", `the ${part} of a lookup table is missing or malformed`, {
    at: formatTag(tag),
  });
}
