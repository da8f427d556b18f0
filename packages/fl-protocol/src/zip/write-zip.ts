/**
 * A ZIP archive, piece by piece, of entries whose contents are in memory. Byte for byte what numpy's `savez` writes of the
 * same contents: no time, and sizes of 64 bits in the header of each entry.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";
import {
  CENTRAL_HEADER,
  DEFLATED,
  END,
  IS_UTF8,
  LOCAL_HEADER,
  MAX_16,
  MAX_32,
  STORED,
  ZIP64_END,
  ZIP64_EXTRA,
  ZIP64_LOCATOR,
} from "./zip-entry.js";

/** What goes into an archive. */
export interface ZipContent {
  /** At most 65535 bytes of UTF-8, without lone surrogates. */
  readonly name: string;
  /** One after the other. */
  readonly parts: readonly Uint8Array[];
}

/** 4.4.3: version 4.5, for ZIP64. */
const VERSION_45 = 45;
/** 4.4.2: Unix, so that the permissions below are read as such. */
const MADE_BY_UNIX = 3 << 8;
/** 4.4.15: read and write for the owner, as Python's zipfile has it. */
const PERMISSIONS = 0o600 << 16;
/** 4.4.6: 1980-01-01, the first day there is. */
const FIRST_DAY = (1 << 5) | 1;

interface Written {
  readonly name: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

/** The archive. Parts of entries that are stored are passed on as they are, without a copy. */
export function* zipChunks(
  contents: Iterable<ZipContent>,
  isCompressed: boolean,
): Iterable<Uint8Array> {
  const written: Written[] = [];
  let offset = 0;
  for (const { name: text, parts } of contents) {
    const name = new TextEncoder().encode(text);
    const stored = isCompressed ? [deflateRawSync(concat(parts))] : parts;
    const entry: Written = {
      name,
      flags: name.length === text.length ? 0 : IS_UTF8,
      method: isCompressed ? DEFLATED : STORED,
      // Of no bytes, zlib's is the initial one: what came before would be forgotten.
      crc: parts.reduce((crc, part) => (part.length === 0 ? crc : crc32(part, crc)), 0),
      compressedSize: lengthOf(stored),
      size: lengthOf(parts),
      headerOffset: offset,
    };
    const header = localHeader(entry);
    yield header;
    yield* stored;
    offset += header.length + entry.compressedSize;
    written.push(entry);
  }
  const directory = concat(written.map(centralHeader));
  yield directory;
  yield endOf(written.length, directory.length, offset);
}

function localHeader({ name, flags, method, crc, compressedSize, size }: Written): Uint8Array {
  return concat([
    record(LOCAL_HEADER, [
      [2, VERSION_45],
      [2, flags],
      [2, method],
      [2, 0],
      [2, FIRST_DAY],
      [4, crc],
      [4, MAX_32],
      [4, MAX_32],
      [2, name.length],
      [2, 20],
    ]),
    name,
    record(undefined, [
      [2, ZIP64_EXTRA],
      [2, 16],
      [8, size],
      [8, compressedSize],
    ]),
  ]);
}

function centralHeader(entry: Written): Uint8Array {
  const { name, flags, method, crc, compressedSize, size, headerOffset } = entry;
  const isLong = size > MAX_32 || compressedSize > MAX_32;
  // 4.5.3: only what doesn't fit above, in this order.
  const wide = [
    ...(isLong ? [size, compressedSize] : []),
    ...(headerOffset > MAX_32 ? [headerOffset] : []),
  ];
  const extra =
    wide.length === 0
      ? new Uint8Array()
      : record(undefined, [
          [2, ZIP64_EXTRA],
          [2, 8 * wide.length],
          ...wide.map((value) => [8, value] as const),
        ]);
  return concat([
    record(CENTRAL_HEADER, [
      [2, MADE_BY_UNIX | VERSION_45],
      [2, VERSION_45],
      [2, flags],
      [2, method],
      [2, 0],
      [2, FIRST_DAY],
      [4, crc],
      [4, isLong ? MAX_32 : compressedSize],
      [4, isLong ? MAX_32 : size],
      [2, name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, PERMISSIONS],
      [4, Math.min(headerOffset, MAX_32)],
    ]),
    name,
    extra,
  ]);
}

/** 4.3.14 and 4.3.15 where a number doesn't fit, and 4.3.16. */
function endOf(count: number, size: number, offset: number): Uint8Array {
  const isWide = count > MAX_16 || size > MAX_32 || offset > MAX_32;
  const zip64 = concat([
    record(ZIP64_END, [
      [8, 44],
      [2, VERSION_45],
      [2, VERSION_45],
      [4, 0],
      [4, 0],
      [8, count],
      [8, count],
      [8, size],
      [8, offset],
    ]),
    record(ZIP64_LOCATOR, [
      [4, 0],
      [8, offset + size],
      [4, 1],
    ]),
  ]);
  const end = record(END, [
    [2, 0],
    [2, 0],
    [2, Math.min(count, MAX_16)],
    [2, Math.min(count, MAX_16)],
    [4, Math.min(size, MAX_32)],
    [4, Math.min(offset, MAX_32)],
    [2, 0],
  ]);
  return isWide ? concat([zip64, end]) : end;
}

/** Little-endian numbers of 2, 4 or 8 bytes, one after the other. */
function record(
  signature: number | undefined,
  fields: readonly (readonly [width: 2 | 4 | 8, value: number])[],
): Uint8Array {
  const all = signature === undefined ? fields : [[4, signature] as const, ...fields];
  const view = new DataView(new ArrayBuffer(all.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of all) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value % 2 ** 32, true);
    if (width === 8) view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
