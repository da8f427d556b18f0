/**
 * Elements byte by byte, for files that no writer makes: a tag twice, letters that are no VR, text behind the end.
 *
 * @module
 */
import { IMPLICIT_VR_LITTLE_ENDIAN, writeFileMetaInformation } from "@dsail/dicom-core";

/** A byte, bytes, text in Latin-1, or several of them. */
export type Bytes = number | string | Uint8Array | readonly Bytes[];

/** All pieces, one behind the other. */
export function bytesOf(...pieces: readonly Bytes[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap(flatten));
}

function flatten(piece: Bytes): readonly number[] {
  if (typeof piece === "number") return [piece];
  if (typeof piece === "string") return Array.from(piece, (letter) => letter.charCodeAt(0));
  if (piece instanceof Uint8Array) return Array.from(piece);
  return piece.flatMap(flatten);
}

const word = (value: number): Bytes => [value & 0xff, value >>> 8];
const long = (value: number): Bytes => [word(value & 0xffff), word(value >>> 16)];
const header = (tag: number): Bytes => [word(tag >>> 16), word(tag & 0xffff)];

const LONG_LENGTH = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));

/** The length that says: up to a delimiter. */
const UNDEFINED = 0xffffffff;

/** An element in explicit VR little endian. `vr` may be any two letters; an odd value is padded with a space. */
export function element(tag: number, vr: string, value: Bytes): Bytes {
  const bytes = padded(value);
  const length = LONG_LENGTH.has(vr) ? [0, 0, long(bytes.length)] : word(bytes.length);
  return [header(tag), vr, length, bytes];
}

/** The same in implicit VR little endian. */
export function implicitElement(tag: number, value: Bytes): Bytes {
  const bytes = padded(value);
  return [header(tag), long(bytes.length), bytes];
}

/** An item, also of encapsulated pixel data. */
export function item(...content: readonly Bytes[]): Bytes {
  const bytes = bytesOf(...content);
  return [header(0xfffee000), long(bytes.length), bytes];
}

/** An element of undefined length: a sequence, or encapsulated pixel data. */
export function openElement(tag: number, vr: string, ...items: readonly Bytes[]): Bytes {
  return [header(tag), vr, 0, 0, long(UNDEFINED), items, header(0xfffee0dd), long(0)];
}

/** The same in implicit VR. */
export function openImplicitElement(tag: number, ...items: readonly Bytes[]): Bytes {
  return [header(tag), long(UNDEFINED), items, header(0xfffee0dd), long(0)];
}

/** A file in explicit VR little endian, or in another syntax, whose data set is these bytes. */
export function rawFile(dataset: Bytes, transferSyntaxUid = "1.2.840.10008.1.2.1"): Uint8Array {
  return bytesOf(writeFileMetaInformation({ transferSyntaxUid }), dataset);
}

/** The same in implicit VR little endian. */
export function rawImplicitFile(dataset: Bytes): Uint8Array {
  return rawFile(dataset, IMPLICIT_VR_LITTLE_ENDIAN);
}

function padded(value: Bytes): Uint8Array {
  const bytes = bytesOf(value);
  return bytes.length % 2 === 0 ? bytes : bytesOf(bytes, " ");
}
