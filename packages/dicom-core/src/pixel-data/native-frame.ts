/**
 * Frames of native pixel data (PS3.5 8.1, 8.2): cells of bits made numbers.
 *
 * @module
 */
import type { ByteRange } from "../byte-source.js";
import { DicomError } from "../errors.js";
import type { Frame, Samples } from "./frame.js";
import type { ImagePixel } from "./image-pixel.js";

/** Samples of a pixel as they are stored; of YBR_FULL_422 two pixels share theirs of colour (PS3.3 C.7.6.3.1.2). */
function storedSamples({ photometricInterpretation, samplesPerPixel }: ImagePixel): number {
  return is422(photometricInterpretation) && samplesPerPixel === 3 ? 2 : samplesPerPixel;
}

/** Whether two pixels in a row share their colour. */
function is422(photometricInterpretation: string): boolean {
  return (
    photometricInterpretation === "YBR_FULL_422" || photometricInterpretation === "YBR_PARTIAL_422"
  );
}

/** Bits of a frame; frames follow each other without padding, also in the midst of a byte (PS3.5 8.1.1). */
function frameBits(pixel: ImagePixel): number {
  return pixel.rows * pixel.columns * storedSamples(pixel) * pixel.bitsAllocated;
}

/** Where a frame is, and how many bits at its beginning are of the frame before. */
export interface NativeRange extends ByteRange {
  readonly skippedBits: number;
}

/**
 * Where frame `index` (from 0) lies, in bytes from the beginning of the pixel data.
 *
 * @param wordBytes - 2 where bytes are swapped by words: then only whole words
 */
export function nativeFrameRange(pixel: ImagePixel, index: number, wordBytes = 1): NativeRange {
  const bits = frameBits(pixel);
  const start = bits * index;
  const byteOffset = Math.floor(start / 8 / wordBytes) * wordBytes;
  return {
    byteOffset,
    length: Math.ceil((start + bits) / 8 / wordBytes) * wordBytes - byteOffset,
    skippedBits: start - 8 * byteOffset,
  };
}

/** How the bytes of a frame are ordered. */
export interface NativeEncoding {
  /** Bits at the beginning that are of the frame before. Default 0. */
  readonly skippedBits?: number;
  /** Default true. */
  readonly littleEndian?: boolean;
  /** 2 where 8-bit samples were written as words of VR OW, which big endian swaps. Default 1. */
  readonly wordBytes?: number;
}

/**
 * The frame in its bytes.
 *
 * @param bytes - from the one that holds the first bit of the frame to the one that holds its last
 * @throws {@link DicomError} `TRUNCATED` if there are too few bytes
 */
export function decodeNativeFrame(
  bytes: Uint8Array,
  pixel: ImagePixel,
  { skippedBits = 0, littleEndian = true, wordBytes = 1 }: NativeEncoding = {},
): Frame {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixel;
  const count = rows * columns * storedSamples(pixel);
  const needed = Math.ceil((skippedBits + count * bitsAllocated) / 8);
  if (bytes.length < needed) {
    throw new DicomError("TRUNCATED", "the pixel data ends inside a frame", {
      at: "(7FE0,0010)",
    });
  }
  const stored =
    bitsAllocated === 1
      ? unpackBits(bytes, skippedBits, count)
      : cellsOf(
          ordered(bytes, pixel, littleEndian, wordBytes).subarray(skippedBits / 8),
          count,
          pixel,
        );
  const { photometricInterpretation, planarConfiguration, bitsStored } = pixel;
  const samples = is422(photometricInterpretation)
    ? expand422(stored, rows * columns, samplesPerPixel)
    : planarConfiguration === 1
      ? interleave(stored, samplesPerPixel)
      : stored;
  return {
    rows,
    columns,
    samplesPerPixel,
    photometricInterpretation: is422(photometricInterpretation)
      ? photometricInterpretation.replace("_422", "")
      : photometricInterpretation,
    bitsStored,
    samples,
  };
}

/** PS3.5 8.1.1: the first pixel is the lowest bit of the first byte. */
function unpackBits(bytes: Uint8Array, skippedBits: number, count: number): Uint8Array {
  const samples = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const bit = skippedBits + i;
    samples[i] = ((bytes[bit >>> 3] as number) >>> (bit & 7)) & 1;
  }
  return samples;
}

/** The bytes in little endian: a copy, if they were not. */
function ordered(
  bytes: Uint8Array,
  { bitsAllocated }: ImagePixel,
  littleEndian: boolean,
  wordBytes: number,
): Uint8Array {
  const width = Math.max(bitsAllocated / 8, wordBytes);
  if (littleEndian || width === 1) return bytes;
  const swapped = bytes.slice();
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse();
  return swapped;
}

function cellsOf(bytes: Uint8Array, count: number, pixel: ImagePixel): Samples {
  const { bitsAllocated, isSigned, bitsStored, highBit } = pixel;
  const isFloat = pixel.pixelTag !== PIXEL_DATA;
  // A copy: aligned, and free of the source.
  const copy = new Uint8Array((count * bitsAllocated) / 8);
  copy.set(bytes.subarray(0, copy.length));
  const cells = typedArray(copy.buffer, bitsAllocated, isSigned, isFloat);
  const above = bitsAllocated - 1 - highBit;
  const below = highBit + 1 - bitsStored;
  if (!isFloat && (above > 0 || below > 0)) cutOut(cells, above, below, bitsAllocated, isSigned);
  return cells;
}

const PIXEL_DATA = 0x7fe00010;

function typedArray(
  buffer: ArrayBuffer,
  bits: number,
  isSigned: boolean,
  isFloat: boolean,
): Samples {
  switch (bits) {
    case 8:
      return isSigned ? new Int8Array(buffer) : new Uint8Array(buffer);
    case 16:
      return isSigned ? new Int16Array(buffer) : new Uint16Array(buffer);
    case 32:
      if (isFloat) return new Float32Array(buffer);
      return isSigned ? new Int32Array(buffer) : new Uint32Array(buffer);
    default:
      if (isFloat) return new Float64Array(buffer);
      throw new DicomError("BAD_VALUE", `pixels of ${bits} bits cannot be integers here`, {
        at: "(0028,0100)",
      });
  }
}

/** Bits above and below the sample are not of it: they may be an overlay's (PS3.5 8.1.1). */
function cutOut(
  cells: Samples,
  above: number,
  below: number,
  bitsAllocated: number,
  isSigned: boolean,
): void {
  const shift = 32 - bitsAllocated + above;
  for (let i = 0; i < cells.length; i++) {
    const high = (cells[i] as number) << shift;
    cells[i] = isSigned ? high >> (shift + below) : high >>> (shift + below);
  }
}

/** Planes to pixels. */
function interleave(planes: Samples, samplesPerPixel: number): Samples {
  if (samplesPerPixel === 1) return planes;
  const pixels = planes.length / samplesPerPixel;
  const samples = planes.slice();
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    for (let i = 0, from = sample * pixels, to = sample; i < pixels; i++, from++) {
      samples[to] = planes[from] as number;
      to += samplesPerPixel;
    }
  }
  return samples;
}

/** Y Y Cb Cr of two pixels to Y Cb Cr of each. */
function expand422(stored: Samples, pixels: number, samplesPerPixel: number): Samples {
  const make = stored.constructor as new (length: number) => Samples;
  const samples = new make(pixels * samplesPerPixel);
  for (let i = 0; i < pixels; i++) {
    const pair = (i >> 1) * 4;
    samples[i * 3] = stored[pair + (i & 1)] as number;
    samples[i * 3 + 1] = stored[pair + 2] as number;
    samples[i * 3 + 2] = stored[pair + 3] as number;
  }
  return samples;
}
