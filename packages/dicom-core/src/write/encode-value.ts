/**
 * Values to bytes, by VR: PS3.5 6.2 (what a VR holds, and its padding) and 7.3 (byte order).
 *
 * @module
 */
import { swapBytes } from "../byte-order.js";
import { encodeText as encodeUtf8 } from "../character-set.js";
import { DicomError } from "../errors.js";
import { type VR, VRS } from "../vr.js";
import { ByteWriter } from "./byte-writer.js";
import type { ElementValueInit, EncapsulatedInit } from "./element-init.js";

/** How text is written: ASCII, which every character set contains, or UTF-8, which (0008,0005) has to declare. */
export type TextEncoding = "ascii" | "utf-8";

type Scalar = string | number | bigint;

/** Range of each integer VR, both ends included. */
const INTEGER_RANGE = {
  AT: [0, 0xffffffff],
  US: [0, 0xffff],
  SS: [-0x8000, 0x7fff],
  UL: [0, 0xffffffff],
  SL: [-0x80000000, 0x7fffffff],
} as const;
const BIGINT_RANGE = {
  UV: [0n, 2n ** 64n - 1n],
  SV: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

/**
 * The value field of an element, of even length.
 *
 * @param value - bytes are taken as little endian, and as text that is already encoded
 * @throws {@link DicomError} `BAD_VALUE` if the VR cannot hold the value, `BAD_CHARACTER_SET` if text is not ASCII and
 * `textEncoding` is
 */
export function encodeValue(
  vr: VR,
  value: Exclude<ElementValueInit, readonly (readonly unknown[])[] | EncapsulatedInit>,
  littleEndian: boolean,
  textEncoding: TextEncoding = "ascii",
): Uint8Array {
  const { kind, padding } = VRS[vr];
  if (value instanceof Uint8Array) {
    return padded(littleEndian ? value : swapBytes(vr, value), padding);
  }
  const values: readonly Scalar[] = Array.isArray(value) ? value : [value as Scalar];
  if (values.length === 0) return new Uint8Array(0);
  switch (kind) {
    case "text":
      return encodeText(vr, values, textEncoding, padding);
    case "number":
    case "bigint":
    case "tag":
      return encodeBinary(vr, values, littleEndian);
    default:
      throw new DicomError("BAD_VALUE", `VR ${vr} is written from bytes`);
  }
}

/** Whether text can be written in every character set. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function padded(bytes: Uint8Array, padding: number): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const even = new Uint8Array(bytes.length + 1);
  even.set(bytes);
  even[bytes.length] = padding;
  return even;
}

function encodeText(
  vr: VR,
  values: readonly Scalar[],
  textEncoding: TextEncoding,
  padding: number,
): Uint8Array {
  const text = values.map((value) => textOf(vr, value)).join("\\");
  if (values.length > 1 && !VRS[vr].multiValued) {
    throw new DicomError("BAD_VALUE", `VR ${vr} holds one value`);
  }
  if (!isAscii(text)) {
    if (textEncoding === "ascii" || !VRS[vr].usesCharacterSet) {
      throw new DicomError("BAD_CHARACTER_SET", `text of VR ${vr} has to be ASCII here`);
    }
    return padded(encodeUtf8(text).bytes, padding);
  }
  const bytes = new Uint8Array(text.length + (text.length % 2));
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  if (text.length % 2 === 1) bytes[text.length] = padding;
  return bytes;
}

function textOf(vr: VR, value: Scalar): string {
  if (typeof value === "string") return value;
  if (vr === "IS" && (typeof value === "bigint" || Number.isSafeInteger(value))) return `${value}`;
  if (vr === "DS" && typeof value === "number" && Number.isFinite(value))
    return formatDecimal(value);
  throw new DicomError("BAD_VALUE", `VR ${vr} cannot hold a ${typeof value}`);
}

/** A number as Decimal String: at most 16 characters, so as exact as they allow (PS3.5 6.2, DS). */
export function formatDecimal(value: number): string {
  const exact = `${value}`;
  if (exact.length <= 16) return exact;
  for (let digits = 16; digits > 9; digits--) {
    const rounded = `${Number(value.toPrecision(digits))}`;
    const exponential = value.toExponential(digits - 1).replace("e+", "e");
    for (const text of [rounded, exponential]) {
      // The largest numbers may round up to infinity.
      if (text.length <= 16 && Number.isFinite(Number(text))) return text;
    }
  }
  return value.toExponential(8);
}

function encodeBinary(vr: VR, values: readonly Scalar[], littleEndian: boolean): Uint8Array {
  const writer = new ByteWriter(littleEndian);
  for (const value of values) writeNumber(writer, vr, value);
  return writer.bytes.slice();
}

function writeNumber(writer: ByteWriter, vr: VR, value: Scalar): void {
  if (vr === "UV" || vr === "SV") {
    writeBigInt(writer, vr, value);
    return;
  }
  if (typeof value !== "number") throw new DicomError("BAD_VALUE", `VR ${vr} holds numbers`);
  if (vr === "FL") writer.float32(value);
  else if (vr === "FD") writer.float64(value);
  else writeInteger(writer, vr, value);
}

function writeBigInt(writer: ByteWriter, vr: "UV" | "SV", value: Scalar): void {
  const [min, max] = BIGINT_RANGE[vr];
  const integer = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof integer !== "bigint" || integer < min || integer > max) throw outOfRange(vr);
  if (vr === "UV") writer.uint64(integer);
  else writer.int64(integer);
}

function writeInteger(writer: ByteWriter, vr: VR, value: number): void {
  const [min, max] = INTEGER_RANGE[vr as keyof typeof INTEGER_RANGE];
  if (!Number.isInteger(value) || value < min || value > max) throw outOfRange(vr);
  switch (vr) {
    case "AT":
      writer.tag(value);
      break;
    case "US":
      writer.uint16(value);
      break;
    case "SS":
      writer.int16(value);
      break;
    case "UL":
      writer.uint32(value);
      break;
    default:
      writer.int32(value);
  }
}

function outOfRange(vr: VR): DicomError {
  return new DicomError("BAD_VALUE", `a number is outside the range of VR ${vr}`);
}
