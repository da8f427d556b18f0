/**
 * The entries of a ZIP archive in memory, by its central directory.
 *
 * @module
 */
import { crc32, inflateRawSync } from "node:zlib";
import { FlError } from "../errors.js";
import {
  CENTRAL_HEADER,
  DEFLATED,
  END,
  IS_ENCRYPTED,
  IS_UTF8,
  LOCAL_HEADER,
  MAX_16,
  MAX_32,
  STORED,
  ZIP64_END,
  ZIP64_EXTRA,
  ZIP64_LOCATOR,
} from "./zip-entry.js";

/** What the central directory says of an entry. */
export interface ZipEntry {
  readonly name: string;
  readonly method: typeof STORED | typeof DEFLATED;
  readonly crc: number;
  readonly compressedSize: number;
  /** As announced; {@link readZipEntry} gives no byte more or less. */
  readonly size: number;
  /** Where its own header begins. */
  readonly headerOffset: number;
}

/** Sizes of the records without names and fields. */
const [LOCAL_SIZE, CENTRAL_SIZE, END_SIZE, LOCATOR_SIZE, ZIP64_END_SIZE] = [30, 46, 22, 20, 56];

const bad = (what: string) => new FlError("BAD_TENSOR", `archive: ${what}`);

/**
 * The entries in the order of the directory. Nothing is inflated.
 *
 * @throws {@link FlError} `BAD_TENSOR` if it is no archive, of a kind that isn't read, or has two entries of one name;
 *   `LIMIT_EXCEEDED` for more entries than `maxEntries`
 */
export function readZipDirectory(bytes: Uint8Array, maxEntries: number): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, size, offset } = findDirectory(view);
  if (count > maxEntries) {
    throw new FlError("LIMIT_EXCEEDED", `archive: ${count} entries, ${maxEntries} allowed`);
  }
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  const end = offset + size;
  let at = offset;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_SIZE > end || view.getUint32(at, true) !== CENTRAL_HEADER) {
      throw bad("its directory ends early");
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + CENTRAL_SIZE + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > end) throw bad("its directory ends early");
    const nameEnd = at + CENTRAL_SIZE + nameLength;
    const entry = {
      ...readEntry(view, at, nameEnd, nameEnd + extraLength),
      name: nameOf(bytes.subarray(at + CENTRAL_SIZE, nameEnd), view.getUint16(at + 8, true)),
    };
    if (names.has(entry.name)) throw bad("two entries have the same name");
    names.add(entry.name);
    entries.push(entry);
    at = next;
  }
  if (at !== end) throw bad("its directory goes on after the last entry");
  return entries;
}

/**
 * The content of an entry: a view of the archive where it is stored. To be asked only for entries whose `size` is allowed.
 *
 * @throws {@link FlError} `BAD_TENSOR` if it isn't what the directory says: its size, or its checksum
 */
export function readZipEntry(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const { headerOffset, compressedSize, size, method } = entry;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    headerOffset + LOCAL_SIZE > bytes.length ||
    view.getUint32(headerOffset, true) !== LOCAL_HEADER
  ) {
    throw bad("an entry is not where the directory says");
  }
  const nameStart = headerOffset + LOCAL_SIZE;
  const nameEnd = nameStart + view.getUint16(headerOffset + 26, true);
  // 4.3.12: not necessarily as long as the field in the directory.
  const start = nameEnd + view.getUint16(headerOffset + 28, true);
  if (start + compressedSize > bytes.length) throw bad("an entry ends after the archive");
  const flags = view.getUint16(headerOffset + 6, true);
  if (nameOf(bytes.subarray(nameStart, nameEnd), flags) !== entry.name) {
    throw bad("an entry has two names");
  }
  const stored = bytes.subarray(start, start + compressedSize);
  if (method === STORED && compressedSize !== size) throw bad("an entry has two sizes");
  const content = method === STORED ? stored : inflate(stored, size);
  if (crc32(content) !== entry.crc) throw bad("an entry doesn't have its checksum");
  return content;
}

/** Never more than `size` bytes: what would be more ends it. */
function inflate(compressed: Uint8Array, size: number): Uint8Array {
  let result: { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
  try {
    // With `info`, which Node's types leave out, it tells how much of the input it took.
    result = inflateRawSync(compressed, {
      maxOutputLength: Math.max(1, size),
      info: true,
    }) as unknown as typeof result;
  } catch (error) {
    throw new FlError("BAD_TENSOR", "archive: an entry can't be inflated to its size", {
      cause: error,
    });
  }
  if (result.buffer.length !== size || result.engine.bytesWritten !== compressed.length) {
    throw bad("an entry is not of its size");
  }
  return result.buffer;
}

interface Directory {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

/** 4.3.16, 4.3.15 and 4.3.14: from the end of the file to the directory. */
function findDirectory(view: DataView): Directory {
  const length = view.byteLength;
  // A comment of up to 65535 bytes may stand at the end. The record that counts is the last that ends the file.
  let end = length - END_SIZE;
  const first = Math.max(0, end - MAX_16);
  while (
    end >= first &&
    (view.getUint32(end, true) !== END ||
      end + END_SIZE + view.getUint16(end + 20, true) !== length)
  ) {
    end--;
  }
  if (end < first) throw bad("it does not end as ZIP does");
  let directory: Directory = {
    count: view.getUint16(end + 10, true),
    size: view.getUint32(end + 12, true),
    offset: view.getUint32(end + 16, true),
  };
  let limit = end;
  const locator = end - LOCATOR_SIZE;
  if (locator >= 0 && view.getUint32(locator, true) === ZIP64_LOCATOR) {
    const at = readSize(view, locator + 8);
    if (at + ZIP64_END_SIZE > locator || view.getUint32(at, true) !== ZIP64_END) {
      throw bad("its end is broken");
    }
    const wide: Directory = {
      count: readSize(view, at + 32),
      size: readSize(view, at + 40),
      offset: readSize(view, at + 48),
    };
    // Both are to say the same, but for what only the wide one can hold: readers must not differ in what they see.
    const fits = (narrow: number, value: number, most: number) =>
      narrow === most || narrow === value;
    if (
      !fits(directory.count, wide.count, MAX_16) ||
      !fits(directory.size, wide.size, MAX_32) ||
      !fits(directory.offset, wide.offset, MAX_32)
    ) {
      throw bad("it has two ends that differ");
    }
    directory = wide;
    limit = at;
  }
  // Its parts stand beside each other: something before the first entry would make every offset wrong.
  if (directory.offset + directory.size !== limit) throw bad("its directory is not before its end");
  return directory;
}

function readEntry(
  view: DataView,
  at: number,
  extraStart: number,
  extraEnd: number,
): Omit<ZipEntry, "name"> {
  if ((view.getUint16(at + 8, true) & IS_ENCRYPTED) !== 0) throw bad("an entry is encrypted");
  const method = view.getUint16(at + 10, true);
  if (method !== STORED && method !== DEFLATED) {
    throw bad(`an entry is compressed by method ${method}, which isn't read`);
  }
  let size = view.getUint32(at + 24, true);
  let compressedSize = view.getUint32(at + 20, true);
  let headerOffset = view.getUint32(at + 42, true);
  // 4.5.3: those that are 0xffffffff above, in this order.
  let [field, fieldEnd] = findExtra(view, extraStart, extraEnd);
  const wide = () => {
    if (field + 8 > fieldEnd) throw bad("an entry's sizes are missing");
    field += 8;
    return readSize(view, field - 8);
  };
  if (size === MAX_32) size = wide();
  if (compressedSize === MAX_32) compressedSize = wide();
  if (headerOffset === MAX_32) headerOffset = wide();
  return { method, crc: view.getUint32(at + 16, true), compressedSize, size, headerOffset };
}

/** Where the ZIP64 field begins and ends; of no length if there is none. */
function findExtra(view: DataView, start: number, end: number): [number, number] {
  let at = start;
  while (at + 4 <= end) {
    const next = at + 4 + view.getUint16(at + 2, true);
    if (next > end) break;
    if (view.getUint16(at, true) === ZIP64_EXTRA) return [at + 4, next];
    at = next;
  }
  return [end, end];
}

function nameOf(bytes: Uint8Array, flags: number): string {
  const isAscii = bytes.every((byte) => byte < 0x80);
  if (!isAscii && (flags & IS_UTF8) === 0) throw bad("a name is neither ASCII nor UTF-8");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw bad("a name is not UTF-8");
  }
}

/** A number of 64 bits; beyond 2^53 it is larger than any file, and inexact. */
function readSize(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
