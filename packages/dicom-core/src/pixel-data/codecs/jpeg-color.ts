/**
 * How the colours of a JPEG are coded: decoders guess, but the header of the DICOM file knows (PS3.5 8.2.1).
 *
 * @module
 */

/** `Adobe`, version 100, no flags; the last byte is the transform (ISO 10918-6 6.5.3). */
const APP14 = [0xff, 0xee, 0x00, 0x0e, 0x41, 0x64, 0x6f, 0x62, 0x65, 0x00, 0x64, 0, 0, 0, 0];

const APP14_LENGTH = 14;

/** The frame with a marker that says whether its colours are RGB, unless it says so itself. */
export function withColorTransform(
  frame: Uint8Array,
  photometricInterpretation: string,
): Uint8Array {
  if (tellsColors(frame)) return frame;
  const transform = photometricInterpretation === "RGB" ? 0 : 1;
  const isColor =
    photometricInterpretation === "RGB" || photometricInterpretation.startsWith("YBR");
  if (!isColor) return frame;
  const marked = new Uint8Array(frame.length + APP14.length + 1);
  marked.set(frame.subarray(0, 2)); // SOI
  marked.set([...APP14, transform], 2);
  marked.set(frame.subarray(2), 2 + APP14.length + 1);
  return marked;
}

/** Looks through the segments in front of the first scan for that of Adobe, or of JFIF, which is always YCbCr. */
function tellsColors(frame: Uint8Array): boolean {
  for (let at = 2; at + 4 <= frame.length; ) {
    const marker = frame[at + 1] as number;
    if (frame[at] !== 0xff || marker === 0xda) return false;
    const length = ((frame[at + 2] as number) << 8) | (frame[at + 3] as number);
    // One that is too short to have the transform says nothing, to libjpeg too.
    if (marker === 0xee && length >= APP14_LENGTH && begins(frame, at + 4, "Adobe")) return true;
    if (marker === 0xe0 && begins(frame, at + 4, "JFIF")) return true;
    at += 2 + length;
  }
  return false;
}

function begins(frame: Uint8Array, at: number, text: string): boolean {
  return String.fromCharCode(...frame.subarray(at, at + text.length)) === text;
}
