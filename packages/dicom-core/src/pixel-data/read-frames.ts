/**
 * The frames of an image, decoded one at a time.
 *
 * @module
 */
import { isLoaded, viewBytes } from "../byte-source.js";
import { findElement } from "../dataset.js";
import type { DicomFile } from "../dicom-file.js";
import { DicomError } from "../errors.js";
import { inflateDataset } from "../read/inflate.js";
import type { ReadRange } from "../read/part10.js";
import { decodeCompressed } from "./codecs/decode-compressed.js";
import type { FrameCodecs } from "./codecs/frame-codec.js";
import { LOCAL_CODECS } from "./codecs/local-codecs.js";
import { DEFLATED_IMAGE_FRAME, RLE_LOSSLESS } from "./codecs/transfer-syntaxes.js";
import type { Frame } from "./frame.js";
import { type FrameIndex, indexFrames, swappedWordBytes } from "./frame-index.js";
import type { ImagePixel } from "./image-pixel.js";
import { decodeNativeFrame, nativeFrameRange } from "./native-frame.js";
import { decodeRle } from "./rle.js";

/** An image, of which each frame is read when it is asked for. */
export interface FrameReader {
  readonly pixel: ImagePixel;
  /** How many frames there are. */
  readonly count: number;
  /**
   * A frame as it is stored: of one piece, still compressed if it is. It may be a view of the file, and not to be written to.
   *
   * @throws {@link RangeError} if there is none
   */
  readonly readEncoded: (index: number) => Promise<Uint8Array>;
  /**
   * A frame, decoded.
   *
   * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX`; `BAD_VALUE` or `TRUNCATED` if it is damaged; `LIMIT_EXCEEDED`
   * where codecs have limits; {@link RangeError} if there is none
   */
  readonly readFrame: (index: number) => Promise<Frame>;
}

/** Where bytes come from, and where frames are decoded. */
export interface OpenFramesOptions {
  /** Brings bytes that were skipped when the header was read; needed only if the file is not in memory. */
  readonly readRange?: ReadRange | undefined;
  /**
   * Codecs. Default: those of this thread, which a hostile frame may keep for ever; for files from elsewhere use
   * `createCodecWorker` of `@dsail/dicom-core/node`.
   */
  readonly codecs?: FrameCodecs | undefined;
}

/** Implicit VR little endian, but for the pixels. */
const GE_PRIVATE_BIG_ENDIAN_PIXELS = "1.2.840.113619.5.2";

/**
 * Opens the frames of a file.
 *
 * @throws {@link DicomError} as {@link indexFrames}
 */
export async function openFrames(
  file: DicomFile,
  { readRange, codecs = LOCAL_CODECS }: OpenFramesOptions = {},
): Promise<FrameReader> {
  const frames = await indexFrames(file, readRange);
  const { pixel, count } = frames;
  const readEncoded = async (index: number) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new RangeError(`index: expected an integer of 0 to ${count - 1}, got ${index}`);
    }
    return readPieces(file, frames, index, readRange);
  };
  return {
    pixel,
    count,
    readEncoded,
    readFrame: async (index) => {
      const bytes = await readEncoded(index);
      return decode(file, pixel, bytes, frames.skippedBits(index), codecs);
    },
  };
}

async function readPieces(
  { dataset: { source } }: DicomFile,
  frames: FrameIndex,
  index: number,
  readRange: ReadRange | undefined,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const range of frames.rangesOf(index)) {
    const { byteOffset, length } = range;
    const loaded = readRange === undefined || isLoaded(source, byteOffset, length);
    pieces.push(loaded ? viewBytes(source, byteOffset, length) : await readRange(range));
  }
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function decode(
  file: DicomFile,
  pixel: ImagePixel,
  bytes: Uint8Array,
  skippedBits: number,
  codecs: FrameCodecs,
): Frame | Promise<Frame> {
  const { dataset, transferSyntax } = file;
  const element = findElement(dataset, pixel.pixelTag);
  if (element?.encapsulated !== true) {
    const bigEndianPixels = transferSyntax.uid === GE_PRIVATE_BIG_ENDIAN_PIXELS;
    return decodeNativeFrame(bytes, pixel, {
      skippedBits,
      littleEndian: dataset.encoding.littleEndian && !bigEndianPixels,
      wordBytes: element === undefined ? 1 : swappedWordBytes(file, pixel, element),
    });
  }
  if (transferSyntax.uid === RLE_LOSSLESS) return decodeRleFrame(bytes, pixel);
  if (transferSyntax.uid === DEFLATED_IMAGE_FRAME) return inflateFrame(bytes, pixel);
  return decodeCompressed(bytes, pixel, transferSyntax.uid, codecs);
}

/** Deflated Image Frame Compression (PS3.5 A.4): a frame of native pixels, deflated by itself. */
function inflateFrame(bytes: Uint8Array, pixel: ImagePixel): Frame {
  const { length } = nativeFrameRange(pixel, 0);
  return decodeNativeFrame(inflated(bytes, length), pixel);
}

function inflated(bytes: Uint8Array, length: number): Uint8Array {
  try {
    // An odd frame may have been padded.
    return inflateDataset(bytes, length + 1, 0);
  } catch (cause) {
    // Its words are of data sets.
    throw new DicomError("BAD_VALUE", "a deflated frame is damaged, or larger than its image", {
      at: "(7FE0,0010)",
      cause,
    });
  }
}

/** PS3.5 G.2: for each sample, from the highest byte to the lowest, a plane of bytes. */
function decodeRleFrame(bytes: Uint8Array, pixel: ImagePixel): Frame {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixel;
  const pixels = rows * columns;
  if (bitsAllocated === 1) {
    const packed = decodeRle(bytes, samplesPerPixel, Math.ceil(pixels / 8));
    return decodeNativeFrame(packed, { ...pixel, planarConfiguration: 1 });
  }
  const sampleBytes = bitsAllocated / 8;
  const planes = decodeRle(bytes, samplesPerPixel * sampleBytes, pixels);
  const native = new Uint8Array(planes.length);
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    for (let byte = 0; byte < sampleBytes; byte++) {
      const plane = (sample * sampleBytes + byte) * pixels;
      const to = sample * pixels * sampleBytes + (sampleBytes - 1 - byte);
      for (let i = 0; i < pixels; i++) native[to + i * sampleBytes] = planes[plane + i] as number;
    }
  }
  // Colour by pixel is what RLE's planes stand for, whatever the header says (PS3.5 8.2.2).
  return decodeNativeFrame(native, { ...pixel, planarConfiguration: 1 });
}
