/**
 * Configs, metrics and properties: `map<string, Scalar>`, where a `Scalar` is a oneof of double = 1, uint64 = 6,
 * sint64 = 8, bool = 13, string = 14, bytes = 15.
 *
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { Scalar, Scalars } from "../message.js";
import { quoteName } from "../resolve-limits.js";
import { scalarsOf } from "../scalars.js";
import type { DialectTable } from "./dialect.js";
import { bits64, delimited, fieldsOf, readBytes, readText, varint } from "./fields.js";
import { type Pieces, piecesOf } from "./pieces.js";

const DOUBLE = 1;
const UINT64 = 6;
const SINT64 = 8;
const BOOL = 13;
const STRING = 14;
const BYTES = 15;

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * The entries, each a field of that number. As Python does it, an integer is a sint64, and a uint64 only above 2^63 − 1.
 *
 * @throws {@link FlError} `BAD_MESSAGE` for what is no scalar, and an integer the dialect has no room for; `LIMIT_EXCEEDED`
 */
export function encodeScalars(
  field: number,
  scalars: Scalars,
  dialect: DialectTable,
  limits: Required<Limits>,
): Pieces {
  const writer = new BinaryWriter();
  for (const [key, value] of Object.entries(scalarsOf(scalars, limits))) {
    writer.tag(field, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key);
    writer.tag(2, WireType.LengthDelimited).fork();
    writeScalar(writer, key, value, dialect);
    writer.join().join();
  }
  return piecesOf([writer.finish()]);
}

function writeScalar(
  writer: BinaryWriter,
  key: string,
  value: Scalar,
  { hasUint64 }: DialectTable,
): void {
  if (typeof value === "boolean") writer.tag(BOOL, WireType.Varint).bool(value);
  else if (typeof value === "number") writer.tag(DOUBLE, WireType.Bit64).double(value);
  else if (typeof value === "string") writer.tag(STRING, WireType.LengthDelimited).string(value);
  else if (typeof value !== "bigint") writer.tag(BYTES, WireType.LengthDelimited).bytes(value);
  else if (value <= MAX_INT64) writer.tag(SINT64, WireType.Varint).sint64(value);
  else if (hasUint64) writer.tag(UINT64, WireType.Varint).uint64(value);
  else throw new FlError("BAD_MESSAGE", `${quoteName(key)}: the wire ends at 2^63 - 1`);
}

/**
 * Of the bytes of entries. Of two with one key the later counts, as in protobuf.
 *
 * @throws {@link FlError} `BAD_MESSAGE` for a value of no type that is known; `LIMIT_EXCEEDED`
 */
export function decodeScalars(entries: readonly Uint8Array[], limits: Required<Limits>): Scalars {
  // Without a prototype: a key may be `__proto__`.
  const scalars: Record<string, Scalar> = Object.create(null);
  for (const entry of entries) {
    let key = "";
    let value: Uint8Array = NOTHING;
    for (const { tag, reader } of fieldsOf(entry)) {
      if (tag === delimited(1)) key = readText(reader, limits.maxScalarBytes);
      if (tag === delimited(2)) value = reader.bytes();
    }
    scalars[key] = decodeScalar(key, value, limits);
  }
  return scalars;
}

function decodeScalar(
  key: string,
  bytes: Uint8Array,
  { maxScalarBytes }: Required<Limits>,
): Scalar {
  let scalar: Scalar | undefined;
  for (const { tag, reader } of fieldsOf(bytes)) {
    if (tag === bits64(DOUBLE)) scalar = reader.double();
    if (tag === varint(UINT64)) scalar = BigInt(reader.uint64());
    if (tag === varint(SINT64)) scalar = BigInt(reader.sint64());
    if (tag === varint(BOOL)) scalar = reader.bool();
    if (tag === delimited(STRING)) scalar = readText(reader, maxScalarBytes);
    // A copy: a view would keep the message with its tensors in memory.
    if (tag === delimited(BYTES)) scalar = new Uint8Array(readBytes(reader, maxScalarBytes));
  }
  if (scalar !== undefined) return scalar;
  throw new FlError("BAD_MESSAGE", `${quoteName(key)}: a value of no type that is known`);
}

/**
 * Keeps one more entry for {@link decodeScalars}.
 *
 * @throws {@link FlError} `LIMIT_EXCEEDED`
 */
export function addEntry(
  entries: Uint8Array[],
  entry: Uint8Array,
  { maxScalars }: Required<Limits>,
): void {
  if (entries.length >= maxScalars) {
    throw new FlError("LIMIT_EXCEEDED", `more than ${maxScalars} entries`);
  }
  entries.push(entry);
}

const NOTHING = new Uint8Array(0);
