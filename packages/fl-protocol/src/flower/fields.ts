/**
 * Reading a protobuf message field by field. What is not known is skipped, and so is a known number of another wire type,
 * as protobuf does.
 *
 * @module
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { FlError, isFlError } from "../errors.js";

/** A field that is reached. */
interface Field {
  /** Number and wire type in one, as {@link varint} and its kin make them. */
  readonly tag: number;
  /** Stands before the value. Whoever wants it, reads it; it is skipped otherwise. */
  readonly reader: BinaryReader;
}

/** The tag of a field of integers or bools. */
export const varint = (field: number): number => field * 8 + WireType.Varint;
/** The tag of a field of bytes, text or a message. */
export const delimited = (field: number): number => field * 8 + WireType.LengthDelimited;
/** The tag of a float. */
export const bits32 = (field: number): number => field * 8 + WireType.Bit32;
/** The tag of a double. */
export const bits64 = (field: number): number => field * 8 + WireType.Bit64;

/** The fields of a message, to be read while they pass. Bytes are views. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const start = reader.pos;
    yield { tag: number * 8 + wireType, reader };
    if (reader.pos === start) reader.skip(wireType, number);
    if (reader.pos > reader.len) throw new RangeError("a value goes on after the end");
  }
}

/**
 * Text, if it is UTF-8 and not longer than allowed.
 *
 * @throws {@link FlError} `LIMIT_EXCEEDED`
 */
export function readText(reader: BinaryReader, maxBytes: number): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
    readBytes(reader, maxBytes),
  );
}

/**
 * A view of bytes, if they are not more than allowed.
 *
 * @throws {@link FlError} `LIMIT_EXCEEDED`
 */
export function readBytes(reader: BinaryReader, maxBytes: number): Uint8Array {
  const bytes = reader.bytes();
  if (bytes.length > maxBytes) {
    throw new FlError("LIMIT_EXCEEDED", `${bytes.length} bytes of a value, ${maxBytes} allowed`);
  }
  return bytes;
}

/**
 * What `decode` gives; what the reader throws becomes an error of ours.
 *
 * @throws {@link FlError} `BAD_MESSAGE`, and what `decode` itself throws of its kind
 */
export function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (isFlError(error)) throw error;
    throw new FlError("BAD_MESSAGE", `${what} is no protobuf, or cut short`, { cause: error });
  }
}
