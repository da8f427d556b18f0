/**
 * A source that grows while it is read: parts are loaded when the reader gets to them.
 *
 * The readers are synchronous and know nothing of files. Where they touch a byte that is not there, they stop with
 * {@link MissingBytes}; whoever drives them loads it (at once, or after an `await`) and lets them try again.
 *
 * @module
 */
import { type ByteRange, type ByteSource, type LoadedPart, plainBytes } from "../byte-source.js";
import { DicomError } from "../errors.js";

/** Bytes asked for at a time: a header fits in most files. */
const FIRST_LOAD_BYTES = 64 * 1024;

/** Bytes asked for at a time when stepping from fragment to fragment. */
const PASSING_LOAD_BYTES = 16 * 1024;

/** Thrown by a reader that needs bytes which are not loaded. Never leaves this package. */
export class MissingBytes {
  readonly range: ByteRange;
  /** Whether the bytes are looked at once and need not be kept. */
  readonly passing: boolean;
  constructor(range: ByteRange, passing = false) {
    this.range = range;
    this.passing = passing;
  }
}

/** What a reader reads from. */
export class LoadedBytes implements ByteSource {
  readonly size: number;
  readonly parts: LoadedPart[] = [];
  readonly #maxBytes: number;
  #loadedBytes = 0;
  #passing: LoadedPart = { byteOffset: 0, bytes: new Uint8Array(0) };

  constructor(size: number, maxBytes: number) {
    this.size = size;
    this.#maxBytes = maxBytes;
  }

  /** The part that holds a range. @throws {@link MissingBytes} if none does */
  partWith(byteOffset: number, length: number): LoadedPart {
    for (const part of this.parts) {
      const start = byteOffset - part.byteOffset;
      if (start >= 0 && start + length <= part.bytes.length) return part;
    }
    throw new MissingBytes({ byteOffset, length });
  }

  /** The same for bytes that are looked at once: they are kept only until the next such call. */
  passingPartWith(byteOffset: number, length: number): LoadedPart {
    for (const part of [this.#passing, ...this.parts]) {
      const start = byteOffset - part.byteOffset;
      if (start >= 0 && start + length <= part.bytes.length) return part;
    }
    throw new MissingBytes({ byteOffset, length }, true);
  }

  /** What to load so that a missing range is there. */
  rangeToLoad({ range: missing, passing }: MissingBytes): ByteRange {
    if (passing) {
      const length = Math.min(PASSING_LOAD_BYTES, this.size - missing.byteOffset);
      return { byteOffset: missing.byteOffset, length };
    }
    const part = this.#partToGrow(missing);
    const start = part === undefined ? missing.byteOffset : part.byteOffset + part.bytes.length;
    // Quadrupling keeps the bytes copied, and the elements read again, below a third of the whole.
    const wanted = Math.max(
      missing.byteOffset + missing.length - start,
      part === undefined ? FIRST_LOAD_BYTES : 3 * part.bytes.length,
    );
    return { byteOffset: start, length: Math.min(wanted, this.size - start) };
  }

  /** Takes in what was loaded. */
  add(byteOffset: number, loaded: Uint8Array, passing = false): void {
    const bytes = plainBytes(loaded);
    if (passing) {
      this.#passing = { byteOffset, bytes };
      return;
    }
    this.#loadedBytes += bytes.length;
    if (this.#loadedBytes > this.#maxBytes) {
      throw new DicomError("LIMIT_EXCEEDED", `header of more than ${this.#maxBytes} bytes`, {
        byteOffset,
      });
    }
    const index = this.parts.findIndex((p) => p.byteOffset + p.bytes.length === byteOffset);
    const part = this.parts[index];
    if (part === undefined) {
      this.parts.push({ byteOffset, bytes });
      return;
    }
    const grown = new Uint8Array(part.bytes.length + bytes.length);
    grown.set(part.bytes);
    grown.set(bytes, part.bytes.length);
    this.parts[index] = { byteOffset: part.byteOffset, bytes: grown };
  }

  /** The part that a missing range begins in or just behind. */
  #partToGrow({ byteOffset }: ByteRange): LoadedPart | undefined {
    return this.parts.find(
      (p) => byteOffset >= p.byteOffset && byteOffset <= p.byteOffset + p.bytes.length,
    );
  }
}
