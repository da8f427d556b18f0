/**
 * What a codestream says of its image, told before any codec allocates memory for it.
 *
 * @module
 */

/** The size that a codestream announces. */
export interface CodestreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  /** Bits of a sample; of JPEG 2000, of the first component's. */
  readonly bits: number;
  /** JPEG and JPEG-LS: the marker SOFn (ITU-T T.81 Table B.1); undefined of JPEG 2000. */
  readonly startOfFrame?: number;
}

/** Reads the header; undefined if there is none where it should be. */
export function readCodestreamHeader(frame: Uint8Array): CodestreamHeader | undefined {
  if (frame[0] === 0xff && frame[1] === 0xd8) return readJpegHeader(frame);
  if (frame[0] === 0xff && frame[1] === 0x4f) return readSiz(frame, 2);
  return readBoxes(frame);
}

/** DHT, JPG and DAC share the numbers of SOFn. */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);
/** JPEG-LS (ITU-T T.87 C.1.1). */
const SOF55 = 0xf7;

/** ITU-T T.81 B.2.2. */
function readJpegHeader(frame: Uint8Array): CodestreamHeader | undefined {
  const view = viewOf(frame);
  for (let at = 2; at + 4 <= frame.length && frame[at] === 0xff; ) {
    const marker = frame[at + 1] as number;
    if (marker === 0xff) {
      at++; // T.81 B.1.1.2: fill
      continue;
    }
    const isFrame =
      (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.has(marker)) || marker === SOF55;
    if (isFrame) {
      if (at + 10 > frame.length) return undefined;
      return {
        rows: view.getUint16(at + 5),
        columns: view.getUint16(at + 7),
        samplesPerPixel: frame[at + 9] as number,
        bits: frame[at + 4] as number,
        startOfFrame: marker,
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** ISO/IEC 15444-1 A.5.1: SIZ follows SOC at once. */
function readSiz(frame: Uint8Array, at: number): CodestreamHeader | undefined {
  if (frame.length < at + 41 || frame[at] !== 0xff || frame[at + 1] !== 0x51) return undefined;
  const view = viewOf(frame);
  return {
    columns: view.getUint32(at + 6) - view.getUint32(at + 14),
    rows: view.getUint32(at + 10) - view.getUint32(at + 18),
    samplesPerPixel: view.getUint16(at + 38),
    bits: ((frame[at + 40] as number) & 0x7f) + 1,
  };
}

const CONTIGUOUS_CODESTREAM = 0x6a703263;

/** ISO/IEC 15444-1 Annex I: DICOM wants none (PS3.5 A.4.4), but files have the boxes of JP2. */
function readBoxes(frame: Uint8Array): CodestreamHeader | undefined {
  const view = viewOf(frame);
  for (let at = 0; at + 8 <= frame.length; ) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === CONTIGUOUS_CODESTREAM) {
      const start = at + (length === 1 ? 16 : 8);
      return frame[start] === 0xff && frame[start + 1] === 0x4f
        ? readSiz(frame, start + 2)
        : undefined;
    }
    if (length < 8) return undefined;
    at += length;
  }
  return undefined;
}

function viewOf(frame: Uint8Array): DataView {
  return new DataView(frame.buffer, frame.byteOffset, frame.length);
}

/** Whether JPEG 2000 has mixed three components by its own transform (ISO/IEC 15444-1 A.6.1). */
export function usesComponentTransform(codestream: Uint8Array): boolean {
  const view = viewOf(codestream);
  for (let at = 2; at + 4 <= codestream.length && codestream[at] === 0xff; ) {
    const marker = codestream[at + 1] as number;
    if (marker === 0x52) return codestream[at + 8] === 1;
    if (marker === 0x90) return false;
    at += 2 + view.getUint16(at + 2);
  }
  return false;
}
