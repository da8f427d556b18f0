/**
 * The chunks of a PNG file (W3C PNG, third edition, 5).
 *
 * @module
 */
import { badImage } from "./check-image.js";

/** Bytes before the first chunk (5.2). */
export const PNG_SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Length, type and CRC around the data of a chunk. */
const FRAME_BYTES = 12;

export interface PngChunk {
  /** Four letters. */
  readonly type: string;
  readonly data: Uint8Array;
  /** All of it, with length, type and CRC. */
  readonly bytes: Uint8Array;
}

/**
 * The chunks of a file, as far as the one that ends it. Their CRCs are not checked.
 *
 * @throws {@link ConverterError} `BAD_IMAGE` if the file is cut off
 */
export function readPngChunks(file: Uint8Array): readonly PngChunk[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks: PngChunk[] = [];
  for (let at = PNG_SIGNATURE.length; chunks.at(-1)?.type !== "IEND"; ) {
    const size = at + FRAME_BYTES <= file.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    const end = at + FRAME_BYTES + size;
    if (end > file.length) throw badImage("the PNG file is cut off");
    chunks.push({
      type: String.fromCharCode(...file.subarray(at + 4, at + 8)),
      data: file.subarray(at + 8, end - 4),
      bytes: file.subarray(at, end),
    });
    at = end;
  }
  return chunks;
}

/** A chunk as it lies in a file. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_BYTES + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** The file of these chunks. */
export function joinPngChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, PNG_SIGNATURE.length);
  const file = new Uint8Array(length);
  file.set(PNG_SIGNATURE);
  let at = PNG_SIGNATURE.length;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

/** Annex D: the CRC of each byte alone. */
const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number);
  }
  return ~crc >>> 0;
}
