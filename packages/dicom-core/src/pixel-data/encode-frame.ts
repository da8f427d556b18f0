/**
 * A frame compressed, and looked at again: what was to be kept must be there.
 *
 * @module
 */
import { deflateSync } from "fflate";
import { DicomError, isDicomError } from "../errors.js";
import { usesComponentTransform } from "./codecs/codestream-header.js";
import { decodeCompressed } from "./codecs/decode-compressed.js";
import type { EncodeOptions, FrameCodecs } from "./codecs/frame-codec.js";
import * as Syntax from "./codecs/transfer-syntaxes.js";
import type { Frame } from "./frame.js";
import type { ImagePixel } from "./image-pixel.js";
import { littleEndianBytes, nativeBytes } from "./native-bytes.js";
import { encodeRle } from "./rle.js";

/** A compressed frame. */
export interface EncodedFrame {
  readonly bytes: Uint8Array;
  /** Which one the header has to say: codecs of JPEG 2000 mix RGB. */
  readonly photometricInterpretation: string;
}

/** Syntaxes whose codecs may mix the components of RGB. */
const JPEG_2000_FAMILY: ReadonlySet<string> = new Set([
  Syntax.JPEG_2000_LOSSLESS,
  Syntax.JPEG_2000,
  Syntax.HTJ2K_LOSSLESS,
  Syntax.HTJ2K_LOSSLESS_RPCL,
  Syntax.HTJ2K,
]);

/** Whether something is lost, by these options. */
export function isLossy({ compressionRatio, maxError = 0 }: EncodeOptions): boolean {
  return compressionRatio !== undefined || maxError > 0;
}

/**
 * Compresses a frame, and decodes it again: without loss it must be the same, with loss an image of its size, in JPEG-LS
 * of samples within `maxError`.
 *
 * @param pixel - how the frame will be described; its samples are as wide as `bitsAllocated`
 * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX` if it cannot be compressed so, or would not be what it was;
 * `BAD_VALUE`, `LIMIT_EXCEEDED` as {@link FrameCodecs}
 */
export async function encodeFrame(
  frame: Frame,
  pixel: ImagePixel,
  transferSyntaxUid: string,
  options: EncodeOptions,
  codecs: FrameCodecs,
): Promise<EncodedFrame> {
  const { photometricInterpretation } = frame;
  if (transferSyntaxUid === Syntax.RLE_LOSSLESS) {
    return { bytes: rleOf(frame, pixel), photometricInterpretation };
  }
  if (transferSyntaxUid === Syntax.DEFLATED_IMAGE_FRAME) {
    return { bytes: deflateSync(nativeBytes(frame, pixel)), photometricInterpretation };
  }
  if (pixel.bitsAllocated === 1 || pixel.bitsAllocated > 16) {
    throw notEncodable(`samples of ${pixel.bitsAllocated} bits`);
  }
  const sampleBytes = frame.bitsStored > 8 ? 2 : 1;
  const isRgb = photometricInterpretation === "RGB";
  const isJpegLs = !JPEG_2000_FAMILY.has(transferSyntaxUid);
  const bytes = await codecs.encode(
    {
      rows: frame.rows,
      columns: frame.columns,
      samplesPerPixel: frame.samplesPerPixel,
      bits: frame.bitsStored,
      isSigned: pixel.isSigned,
      // JPEG-LS knows no signs: two's complement of the stored bits (PS3.5 8.2.3).
      bytes: littleEndianBytes(isJpegLs ? withoutSign(frame, pixel) : frame.samples, sampleBytes),
      sampleBytes,
      isRgb,
    },
    transferSyntaxUid,
    options,
  );
  const encoded = {
    bytes,
    photometricInterpretation: photometricOf(bytes, frame, isJpegLs, options),
  };
  await verify(encoded, frame, pixel, transferSyntaxUid, options, codecs);
  return encoded;
}

function withoutSign({ samples, bitsStored }: Frame, { isSigned }: ImagePixel): Frame["samples"] {
  if (!isSigned) return samples;
  const mask = 2 ** bitsStored - 1;
  return Uint16Array.from(samples, (sample) => sample & mask);
}

/** PS3.5 8.2.4: what the codestream's transform makes of RGB has a name. */
function photometricOf(
  bytes: Uint8Array,
  { photometricInterpretation }: Frame,
  isJpegLs: boolean,
  options: EncodeOptions,
): string {
  if (isJpegLs || !usesComponentTransform(bytes)) return photometricInterpretation;
  if (photometricInterpretation !== "RGB") throw notEncodable("such colours");
  return isLossy(options) ? "YBR_ICT" : "YBR_RCT";
}

async function verify(
  { bytes, photometricInterpretation }: EncodedFrame,
  { samples }: Frame,
  pixel: ImagePixel,
  transferSyntaxUid: string,
  options: EncodeOptions,
  codecs: FrameCodecs,
): Promise<void> {
  const description: ImagePixel = {
    ...pixel,
    highBit: pixel.bitsStored - 1,
    planarConfiguration: 0,
    photometricInterpretation,
  };
  let decoded: Frame;
  try {
    decoded = await decodeCompressed(bytes, description, transferSyntaxUid, codecs);
  } catch (cause) {
    if (isDicomError(cause) && cause.code !== "BAD_VALUE") throw cause;
    throw notEncodable("such an image", cause);
  }
  if (decoded.samples.length !== samples.length) throw notEncodable("such an image");
  if (options.compressionRatio !== undefined) return;
  const { maxError = 0 } = options;
  // Two's complement taken for unsigned (PS3.5 8.2.3): a loss of 1 may make the lowest number the highest.
  if (decoded.samples.some((sample, i) => Math.abs(sample - (samples[i] as number)) > maxError)) {
    throw notEncodable(`such an image ${maxError === 0 ? "without loss" : "with so little loss"}`);
  }
}

/** PS3.5 G.2: planes of bytes, the highest first, of each sample; G.4.1: 15 at the most. */
function rleOf(frame: Frame, pixel: ImagePixel): Uint8Array {
  const { columns, samplesPerPixel } = frame;
  const isTooMuch =
    pixel.bitsAllocated === 1 ? samplesPerPixel > 1 : samplesPerPixel * pixel.bitsAllocated > 120;
  if (isTooMuch) {
    throw notEncodable(`${samplesPerPixel} samples of ${pixel.bitsAllocated} bits a pixel`);
  }
  const bytes = nativeBytes(frame, pixel);
  if (pixel.bitsAllocated === 1) return encodeRle([bytes], Math.ceil(columns / 8));
  const sampleBytes = pixel.bitsAllocated / 8;
  const pixelBytes = samplesPerPixel * sampleBytes;
  const planes: Uint8Array[] = [];
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    for (let byte = sampleBytes - 1; byte >= 0; byte--) {
      const plane = new Uint8Array(bytes.length / pixelBytes);
      for (let i = 0, at = sample * sampleBytes + byte; i < plane.length; i++, at += pixelBytes) {
        plane[i] = bytes[at] as number;
      }
      planes.push(plane);
    }
  }
  return encodeRle(planes, columns);
}

function notEncodable(what: string, cause?: unknown): DicomError {
  return new DicomError(
    "UNSUPPORTED_TRANSFER_SYNTAX",
    `the codec of this transfer syntax cannot encode ${what}`,
    { at: "(0002,0010)", cause },
  );
}
