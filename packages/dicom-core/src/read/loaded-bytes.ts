/**
 * A source that grows while it is read: parts are loaded when the reader gets to them.
 *
 * The readers are synchronous and know nothing of files. Where they touch a byte that is not there, they stop with
 * {@link MissingBytes}; whoever drives them loads it (at once, or after an `await`) and lets them try again.
 *
 * @module
 */
import {
  type ByteRange,
  type ByteSource,
  type LoadedPart,
  lastPartBefore,
  plainBytes,
} from "../byte-source.js";
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
    const part = lastPartBefore(this.parts, byteOffset);
    if (part !== undefined && holds(part, byteOffset, length)) return part;
    throw new MissingBytes({ byteOffset, length });
  }

  /** The same for bytes that are looked at once: they are kept only until the next such call. */
  passingPartWith(byteOffset: number, length: number): LoadedPart {
    for (const part of [this.#passing, lastPartBefore(this.parts, byteOffset)]) {
      if (part !== undefined && holds(part, byteOffset, length)) return part;
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
    // Never more than may be loaded, as long as what is missing is within that.
    const allowed = Math.max(
      missing.byteOffset + missing.length - start,
      this.#maxBytes - this.#loadedBytes,
    );
    return { byteOffset: start, length: Math.min(wanted, allowed, this.size - start) };
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
    const part = this.#partToGrow({ byteOffset, length: bytes.length });
    if (part === undefined) {
      const next = this.parts.findIndex((other) => other.byteOffset > byteOffset);
      this.parts.splice(next < 0 ? this.parts.length : next, 0, { byteOffset, bytes });
      return;
    }
    const grown = new Uint8Array(part.bytes.length + bytes.length);
    grown.set(part.bytes);
    grown.set(bytes, part.bytes.length);
    this.parts[this.parts.indexOf(part)] = { byteOffset: part.byteOffset, bytes: grown };
  }

  /** The part that a missing range begins in or just behind. */
  #partToGrow({ byteOffset }: ByteRange): LoadedPart | undefined {
    const part = lastPartBefore(this.parts, byteOffset);
    const isNear = part !== undefined && byteOffset <= part.byteOffset + part.bytes.length;
    return isNear ? part : undefined;
  }
}

function holds(part: LoadedPart, byteOffset: number, length: number): boolean {
  const end = part.byteOffset + part.bytes.length;
  return byteOffset >= part.byteOffset && byteOffset + length <= end;
}
