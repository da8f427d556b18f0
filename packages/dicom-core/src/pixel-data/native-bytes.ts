/**
 * Frames as native pixel data: the inverse of `native-frame.ts`, little endian and by pixel.
 *
 * @module
 */
import { DicomError } from "../errors.js";
import type { Frame } from "./frame.js";
import type { ImagePixel } from "./image-pixel.js";

/**
 * The cells of a frame, as wide as `bitsAllocated` says; of one bit, packed from a byte's beginning (PS3.5 8.1.1).
 */
export function nativeBytes(
  { samples }: Pick<Frame, "samples">,
  { bitsAllocated }: Pick<ImagePixel, "bitsAllocated">,
): Uint8Array {
  if (bitsAllocated === 1) return packBits(samples as Uint8Array);
  return littleEndianBytes(samples, samples.BYTES_PER_ELEMENT);
}

/** Numbers in little endian, `width` bytes of each. */
export function littleEndianBytes(samples: Frame["samples"], width: number): Uint8Array {
  if (width === samples.BYTES_PER_ELEMENT && isLittleEndianMachine()) {
    return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  }
  if (width === samples.BYTES_PER_ELEMENT) {
    const bytes = new Uint8Array(samples.buffer.slice(0), samples.byteOffset, samples.byteLength);
    for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
    return bytes;
  }
  const bytes = new Uint8Array(samples.length * width);
  for (let i = 0, at = 0; i < samples.length; i++) {
    for (let byte = 0; byte < width; byte++) {
      bytes[at++] = (samples[i] as number) >> (8 * byte);
    }
  }
  return bytes;
}

function isLittleEndianMachine(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}

/** Cells of a bit, packed. */
function packBits(cells: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(cells.length / 8));
  for (let i = 0; i < cells.length; i++) {
    packed[i >>> 3] = (packed[i >>> 3] as number) | ((cells[i] as number) << (i & 7));
  }
  return packed;
}

/**
 * Frames as the value of Pixel Data, without the byte that makes its length even.
 *
 * @param frames - their samples, as wide as they are allocated; of one bit, in bytes
 * @throws {@link DicomError} `LIMIT_EXCEEDED` beyond the 4 GiB that a length can say
 */
export function nativePixelData(
  frames: readonly Pick<Frame, "samples">[],
  pixel: Pick<ImagePixel, "bitsAllocated">,
): Uint8Array {
  const cells = frames.reduce((sum, { samples }) => sum + samples.length, 0);
  const bytes = Math.ceil((cells * pixel.bitsAllocated) / 8);
  if (bytes > 0xfffffffe) {
    throw new DicomError("LIMIT_EXCEEDED", "native pixel data has at most 4 GiB", {
      at: "(7FE0,0010)",
    });
  }
  if (pixel.bitsAllocated === 1) {
    // PS3.5 8.1.1: frames of single bits follow each other without padding, also in the midst of a byte.
    const all = new Uint8Array(cells);
    let at = 0;
    for (const { samples } of frames) {
      all.set(samples, at);
      at += samples.length;
    }
    return packBits(all);
  }
  const data = new Uint8Array(bytes);
  let at = 0;
  for (const frame of frames) {
    const native = nativeBytes(frame, pixel);
    data.set(native, at);
    at += native.length;
  }
  return data;
}
