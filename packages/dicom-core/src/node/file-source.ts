/**
 * A DICOM file on disk: its header is read, its bulk stays there until it is copied.
 *
 * @module
 */
import type { ByteRange } from "../byte-source.js";
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import type { ReadOptions } from "../read/limits.js";
import { readFile, readHeaderSteps } from "../read/part10.js";
import { close, open, read, runAsync, runSync, type Steps, statusOfOpen } from "./file-system.js";

/**
 * Reads the header of a file, however large the file. Values that were skipped, such as pixel data, are not loaded;
 * see `isLoaded`.
 *
 * @throws {@link DicomError} as `readFile`; errors of the file system
 */
export function readDicomFile(path: string, options: ReadOptions = {}): Promise<DicomFile> {
  return runAsync(readSteps(path, options));
}

/** As {@link readDicomFile}, at once. */
export function readDicomFileSync(path: string, options: ReadOptions = {}): DicomFile {
  return runSync(readSteps(path, options));
}

function* readSteps(path: string, options: ReadOptions): Steps<DicomFile> {
  const descriptor = yield* open(path, "r");
  try {
    const { size } = yield* statusOfOpen(descriptor);
    return yield* readHeaderOf(descriptor, Number(size), options);
  } finally {
    yield* close(descriptor);
  }
}

/** A file that is open for rewriting. */
export interface OpenSource {
  readonly descriptor: number;
  readonly file: DicomFile;
  /** The whole file, if it fitted into the buffer. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Reads an open file: as a whole into `buffer` if it fits, so that one system call will do; else its header only.
 * The data set refers to `buffer`, and is void when that is used again.
 */
export function* readSource(
  descriptor: number,
  size: number,
  buffer: Uint8Array,
  options: ReadOptions,
): Steps<OpenSource> {
  if (size > buffer.length) {
    const file = yield* readHeaderOf(descriptor, size, options);
    return { descriptor, file, bytes: undefined };
  }
  const bytes = buffer.subarray(0, size);
  yield* readExactly(descriptor, bytes, 0);
  return { descriptor, file: readFile(bytes, options), bytes };
}

function* readHeaderOf(descriptor: number, size: number, options: ReadOptions): Steps<DicomFile> {
  const reading = readHeaderSteps(size, options);
  let step = reading.next();
  while (step.done !== true) step = reading.next(yield* readRange(descriptor, step.value));
  return step.value;
}

function* readRange(descriptor: number, { byteOffset, length }: ByteRange): Steps<Uint8Array> {
  const bytes = new Uint8Array(length);
  yield* readExactly(descriptor, bytes, byteOffset);
  return bytes;
}

/** Fills `bytes` from an offset of the file. @throws {@link DicomError} `SOURCE_CHANGED` if the file ends before */
export function* readExactly(
  descriptor: number,
  bytes: Uint8Array,
  byteOffset: number,
): Steps<void> {
  const count = yield* read(descriptor, bytes, byteOffset);
  if (count < bytes.length) {
    throw new DicomError("SOURCE_CHANGED", "the file became shorter while it was read", {
      byteOffset: byteOffset + count,
    });
  }
}
