/**
 * What a file of an image says of itself: told by its first bytes, whatever its name is.
 *
 * @module
 */

/** What can be read. */
type ImageFormat = "png" | "bmp" | "jpeg";

/** Format and size. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** As the file says: may be 0, or far too many. */
  readonly rows: number;
  readonly columns: number;
}

/** W3C PNG, 5.2. */
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** @returns undefined where the bytes are of another format, or end too early */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    if (bytes.length < 24) return undefined;
    return { format: "png", rows: view.getUint32(20), columns: view.getUint32(16) };
  }
  if (bytes[0] === 0x42 && bytes[1] === 0x4d) {
    if (bytes.length < 26) return undefined;
    const [columns, rows] = [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
    return { format: "bmp", rows, columns: Math.max(0, columns) };
  }
  if (isJpeg(bytes)) return readJpegHeader(bytes, view);
  return undefined;
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** Looks for the start of frame (ITU-T T.81, B.1.1.3), which stands behind whatever a camera has to tell. */
function readJpegHeader(bytes: Uint8Array, view: DataView): ImageHeader | undefined {
  for (const { marker, at } of jpegSegments(bytes)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (!isFrame) continue;
    if (at + 7 > bytes.length) return undefined;
    return { format: "jpeg", rows: view.getUint16(at + 3), columns: view.getUint16(at + 5) };
  }
  return undefined;
}

/** Segments up to the first scan, and with it; `at` is where the length of one stands. */
export function* jpegSegments(
  bytes: Uint8Array,
): Generator<{ readonly marker: number; readonly at: number }> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1; // B.1.1.2: fill bytes
      continue;
    }
    if (marker === 0xd9) return;
    yield { marker, at: at + 2 };
    if (marker === 0xda) return;
    const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    at += isAlone ? 2 : 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
}
