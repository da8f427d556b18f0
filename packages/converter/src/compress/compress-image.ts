/**
 * An image compressed by JPEG 2000 and decompressed again, to see what a ratio costs.
 *
 * @module
 */
import { JPEG_2000, JPEG_2000_LOSSLESS } from "@dsail/dicom-core";
import { type FrameCodecs, LOCAL_CODECS } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";
import { assertImage } from "../image/check-image.js";
import type { RasterImage } from "../raster-image.js";

export interface CompressImageOptions {
  /** How many times smaller than the samples, more than 1, up to 1000. Default: no loss. */
  readonly ratio?: number;
  /** Default: codecs of this thread. */
  readonly codecs?: FrameCodecs;
}

/** What became of an image. */
export interface CompressedImage {
  /** As it is after compression. */
  readonly image: RasterImage;
  /** The codestream of JPEG 2000 (ISO/IEC 15444-1). */
  readonly codestream: Uint8Array;
  /** Bytes of the samples before. */
  readonly originalBytes: number;
  /** How many times smaller the codestream is. */
  readonly ratio: number;
  /** Peak signal-to-noise ratio in decibels; infinite if nothing is lost. */
  readonly psnr: number;
}

/**
 * Compresses an image, and decompresses it again.
 *
 * @throws {@link RangeError} for a ratio that is none, or an image without as many samples as it says; {@link DicomError}
 * `UNSUPPORTED_TRANSFER_SYNTAX` without the codec's package, or if the codec cannot do it: colour of 16 bits
 */
export async function compressImage(
  image: RasterImage,
  { ratio, codecs = LOCAL_CODECS }: CompressImageOptions = {},
): Promise<CompressedImage> {
  assertRatio(ratio);
  assertImage(image);
  const { rows, columns, channels, bits, pixels } = image;
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const syntax = ratio === undefined ? JPEG_2000_LOSSLESS : JPEG_2000;
  const codestream = await codecs.encode(
    {
      ...{ rows, columns, samplesPerPixel: channels, bits, isSigned: false, bytes },
      ...{ sampleBytes: bits === 8 ? 1 : 2, isRgb: channels === 3 },
    },
    syntax,
    { compressionRatio: ratio },
  );
  const decoded = await codecs.decode(
    codestream,
    {
      ...{ rows, columns, numberOfFrames: 1, samplesPerPixel: channels, planarConfiguration: 0 },
      ...{ photometricInterpretation: channels === 1 ? "MONOCHROME2" : "RGB" },
      ...{ bitsAllocated: bits, bitsStored: bits, highBit: bits - 1, isSigned: false },
      pixelTag: Tag.PixelData,
    },
    syntax,
  );
  const copy = decoded.bytes.slice();
  const after = bits === 8 ? copy : new Uint16Array(copy.buffer);
  return {
    image: { ...image, pixels: after },
    codestream,
    originalBytes: bytes.length,
    ratio: bytes.length / codestream.length,
    psnr: psnrOf(pixels, after, 2 ** bits - 1),
  };
}

/** @throws {@link RangeError} for a ratio that is none */
export function assertRatio(ratio: number | undefined): void {
  if (ratio === undefined || (ratio > 1 && ratio <= 1000)) return;
  throw new RangeError(`ratio: expected more than 1, up to 1000, got ${ratio}`);
}

/** 10 log10(peak ** 2 / mean squared error). */
function psnrOf(before: RasterImage["pixels"], after: RasterImage["pixels"], peak: number): number {
  let squares = 0;
  for (let i = 0; i < before.length; i++) {
    squares += ((before[i] as number) - (after[i] as number)) ** 2;
  }
  return 10 * Math.log10(peak ** 2 / (squares / before.length));
}
