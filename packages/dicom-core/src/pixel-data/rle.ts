/**
 * RLE Lossless (PS3.5 Annex G): each byte of each sample is a segment of its own, packed as TIFF's PackBits.
 *
 * @module
 */
import { DicomError } from "../errors.js";

/** The header: how many segments, and where each begins. */
const HEADER_BYTES = 64;
const MAX_SEGMENTS = 15;

/**
 * Unpacks a frame into planes of bytes: those of the first sample from the highest to the lowest, then the next sample's.
 *
 * @param planes - how many there have to be: samples per pixel times bytes per sample
 * @param planeBytes - bytes of each: pixels of the frame
 * @throws {@link DicomError} `BAD_VALUE` if the frame is damaged
 */
export function decodeRle(frame: Uint8Array, planes: number, planeBytes: number): Uint8Array {
  if (frame.length < HEADER_BYTES) throw damaged("is shorter than its header");
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const segments = view.getUint32(0, true);
  if (segments !== planes || segments > MAX_SEGMENTS) {
    throw damaged(`has ${segments} segments, not ${planes}`);
  }
  const starts = Array.from({ length: segments }, (_, i) => view.getUint32(4 + 4 * i, true));
  // Two bytes stand for 128 at the most: what a few of them announce is not allocated.
  if (planes * planeBytes > 64 * frame.length) throw damaged("ends before its pixels do");
  const unpacked = new Uint8Array(planes * planeBytes);
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1] ?? frame.length;
    if (start < HEADER_BYTES || end < start || end > frame.length) {
      throw damaged("has segments out of order");
    }
    unpackBits(frame.subarray(start, end), unpacked.subarray(i * planeBytes, (i + 1) * planeBytes));
  }
  return unpacked;
}

/** Each step takes at least one byte of the input: it ends, whatever is there. */
function unpackBits(packed: Uint8Array, unpacked: Uint8Array): void {
  let to = 0;
  for (let at = 0; at < packed.length && to < unpacked.length; ) {
    const control = packed[at++] as number;
    if (control === 128) continue; // PS3.5 G.3.2: no operation
    if (control < 128) {
      const run = packed.subarray(at, at + control + 1).subarray(0, unpacked.length - to);
      unpacked.set(run, to);
      at += control + 1;
      to += run.length;
    } else {
      const value = packed[at++];
      if (value === undefined) break;
      const end = Math.min(to + 257 - control, unpacked.length);
      unpacked.fill(value, to, end);
      to = end;
    }
  }
  if (to < unpacked.length) throw damaged("ends before its pixels do");
}

/** Packs planes of bytes, in the order that {@link decodeRle} gives them. */
export function encodeRle(planes: readonly Uint8Array[], rowBytes: number): Uint8Array {
  if (planes.length < 1 || planes.length > MAX_SEGMENTS) {
    throw new RangeError(`planes: expected 1 to ${MAX_SEGMENTS}, got ${planes.length}`);
  }
  const segments = planes.map((plane) => packBits(plane, rowBytes));
  const length = segments.reduce((sum, segment) => sum + segment.length, HEADER_BYTES);
  const frame = new Uint8Array(length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, segments.length, true);
  let at = HEADER_BYTES;
  for (const [i, segment] of segments.entries()) {
    view.setUint32(4 + 4 * i, at, true);
    frame.set(segment, at);
    at += segment.length;
  }
  return frame;
}

/** PS3.5 G.3.1: each row is packed by itself; the segment is padded to an even length. */
function packBits(plane: Uint8Array, rowBytes: number): Uint8Array {
  // No row grows by more than a byte for each 128.
  const rows = Math.ceil(plane.length / rowBytes);
  const packed = new Uint8Array(plane.length + rows * Math.ceil(rowBytes / 128) + 1);
  let to = 0;
  for (let row = 0; row < plane.length; row += rowBytes) {
    const end = Math.min(row + rowBytes, plane.length);
    for (let at = row; at < end; ) {
      const run = runLength(plane, at, end);
      if (run > 1) {
        packed[to++] = 257 - run;
        packed[to++] = plane[at] as number;
        at += run;
        continue;
      }
      const start = at;
      // Up to where a run is worth its two bytes.
      while (at < end && at - start < 128 && runLength(plane, at, end) < 3) at++;
      packed[to++] = at - start - 1;
      packed.set(plane.subarray(start, at), to);
      to += at - start;
    }
  }
  return packed.subarray(0, to + (to % 2));
}

/** How often the byte is repeated, up to 128 times. */
function runLength(plane: Uint8Array, at: number, end: number): number {
  const last = Math.min(end, at + 128);
  let next = at + 1;
  while (next < last && plane[next] === plane[at]) next++;
  return next - at;
}

function damaged(why: string): DicomError {
  return new DicomError("BAD_VALUE", `an RLE frame ${why}`, { at: "(7FE0,0010)" });
}
