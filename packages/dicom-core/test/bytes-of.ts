/**
 * Files byte by byte, for tests of what reads them: without the writer, so that neither covers for the other.
 *
 * @module
 */

/** A byte, bytes, text in Latin-1, or several of them. */
export type Bytes = number | string | Uint8Array | readonly Bytes[];

/** All pieces, one behind the other. */
export function bytesOf(...pieces: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const flat: Uint8Array[] = [];
  for (const piece of pieces) collect(piece, flat);
  const bytes = new Uint8Array(flat.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of flat) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function collect(piece: Bytes, into: Uint8Array[]): void {
  if (typeof piece === "number") into.push(Uint8Array.of(piece));
  else if (piece instanceof Uint8Array) into.push(piece);
  else if (typeof piece === "string") {
    into.push(Uint8Array.from(piece, (letter) => letter.charCodeAt(0)));
  } else for (const part of piece) collect(part, into);
}

export const UNDEFINED = 0xffffffff;

const LONG = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));

/** How a header says how long its value is, if not as long as it is. */
interface Layout {
  readonly length?: number;
}

/** Elements, items and delimiters in one encoding. */
export interface Encoder {
  readonly word: (value: number) => Bytes;
  readonly long: (value: number) => Bytes;
  readonly tag: (tag: number) => Bytes;
  /** An element; `vr` may be any two letters, and is left out with implicit VR. */
  readonly element: (tag: number, vr: string, value: Bytes, layout?: Layout) => Bytes;
  readonly item: (content: Bytes, layout?: Layout) => Bytes;
  /** An item that ends in a delimiter. */
  readonly openItem: (content: Bytes) => Bytes;
  /** A sequence of undefined length. */
  readonly openSequence: (tag: number, vr: string, items: Bytes) => Bytes;
  readonly itemEnd: Bytes;
  readonly sequenceEnd: Bytes;
}

function encoder(explicitVR: boolean, littleEndian: boolean): Encoder {
  const ordered = (...bytes: number[]) => (littleEndian ? bytes : bytes.reverse());
  const word = (value: number) => ordered(value & 0xff, value >>> 8);
  const long = (value: number) =>
    ordered(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
  const tag = (number: number) => [word(number >>> 16), word(number & 0xffff)];
  const header = (number: number, vr: string, length: number): Bytes => {
    if (!explicitVR) return [tag(number), long(length)];
    return LONG.has(vr) ? [tag(number), vr, 0, 0, long(length)] : [tag(number), vr, word(length)];
  };
  const element = (number: number, vr: string, value: Bytes, layout: Layout = {}): Bytes => [
    header(number, vr, layout.length ?? bytesOf(value).length),
    value,
  ];
  const item = (content: Bytes, layout: Layout = {}): Bytes => [
    tag(0xfffee000),
    long(layout.length ?? bytesOf(content).length),
    content,
  ];
  const itemEnd = [tag(0xfffee00d), long(0)];
  const sequenceEnd = [tag(0xfffee0dd), long(0)];
  return {
    word,
    long,
    tag,
    element,
    item,
    openItem: (content) => [item(content, { length: UNDEFINED }), itemEnd],
    openSequence: (number, vr, items) => [
      element(number, vr, items, { length: UNDEFINED }),
      sequenceEnd,
    ],
    itemEnd,
    sequenceEnd,
  };
}

/** Explicit VR little endian. */
export const EXPLICIT: Encoder = encoder(true, true);
export const IMPLICIT: Encoder = encoder(false, true);
export const BIG: Encoder = encoder(true, false);

/** A UID as a value field. */
export function uid(text: string): string {
  return text.length % 2 === 0 ? text : `${text}\0`;
}

/** Preamble, prefix, and a file meta information that names a transfer syntax. */
export function headOf(transferSyntaxUid = "1.2.840.10008.1.2.1"): Bytes {
  const { element, long } = EXPLICIT;
  const syntax = bytesOf(element(0x00020010, "UI", uid(transferSyntaxUid)));
  return [new Uint8Array(128), "DICM", element(0x00020000, "UL", long(syntax.length)), syntax];
}

/** A file whose data set is these bytes. */
export function fileOf(dataset: Bytes, transferSyntaxUid?: string): Uint8Array {
  return bytesOf(headOf(transferSyntaxUid), dataset);
}

/** Where the data set of {@link fileOf} begins, for a UID. */
export function headBytes(transferSyntaxUid?: string): number {
  return bytesOf(headOf(transferSyntaxUid)).length;
}
