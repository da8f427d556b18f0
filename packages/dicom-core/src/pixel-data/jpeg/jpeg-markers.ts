/**
 * Markers of JPEG, and the segments that they begin (ITU-T T.81 B.1, Table B.1).
 *
 * @module
 */
import { damaged } from "./jpeg-errors.js";

export const SOF0 = 0xc0;
export const SOF1 = 0xc1;
export const DHT = 0xc4;
export const RST0 = 0xd0;
const RST7 = 0xd7;
export const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
export const DQT = 0xdb;
export const DNL = 0xdc;
export const DRI = 0xdd;
export const APP14 = 0xee;

/** A marker, and what its segment holds behind its length. */
export interface Segment {
  readonly marker: number;
  readonly body: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

/** The marker at an offset, behind any fill bytes (B.1.1.2). */
function markerAt(frame: Uint8Array, byteOffset: number): { marker: number; end: number } {
  if (byteOffset >= frame.length) throw damaged("ends before its pixels do");
  if (frame[byteOffset] !== 0xff) throw damaged("has no marker where one has to be");
  let at = byteOffset + 1;
  while (frame[at] === 0xff) at++;
  const marker = frame[at];
  if (marker === undefined) throw damaged("ends where a marker has to be");
  return { marker, end: at + 1 };
}

/** The segment at an offset; of EOI, which has no length, an empty one. */
export function segmentAt(frame: Uint8Array, byteOffset: number): Segment {
  const { marker, end: at } = markerAt(frame, byteOffset);
  if (marker === EOI) return { marker, body: frame.subarray(at, at), end: at };
  // B.1.1.4: the length counts itself.
  const length = at + 2 <= frame.length ? wordAt(frame, at) : 0;
  const end = at + length;
  if (length < 2 || end > frame.length) throw damaged("ends inside a segment");
  return { marker, body: frame.subarray(at + 2, end), end };
}

/**
 * Where the next marker is that is not a restart: behind entropy-coded data, where FF 00 stands for the byte FF (B.1.1.5).
 *
 * @returns the frame's length if there is none
 */
export function nextMarker(frame: Uint8Array, byteOffset: number): number {
  for (let at = byteOffset; ; at++) {
    at = frame.indexOf(0xff, at);
    if (at < 0 || at + 1 >= frame.length) return frame.length;
    const code = frame[at + 1] as number;
    const isData = code === 0 || code === 0xff || (code >= RST0 && code <= RST7);
    if (!isData) return at;
  }
}

/** A number of 16 bits, the high byte first (B.1.1.1). The bytes have to be there. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
