/**
 * What codecs do, and where they do it.
 *
 * @module
 */
import type { ImagePixel } from "../image-pixel.js";

/** An image as codecs take and give it: what came out of one is to be held against the header. */
export interface CodecImage {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  /** Bits that a sample has, as the codestream says. */
  readonly bits: number;
  readonly isSigned: boolean;
  /** Samples in little endian, those of a pixel together. */
  readonly bytes: Uint8Array;
  /** Bytes of a sample. */
  readonly sampleBytes: 1 | 2;
  /** Whether colour is RGB, whatever is stored in the codestream. */
  readonly isRgb: boolean;
}

/** How a frame is compressed. */
export interface EncodeOptions {
  /**
   * JPEG 2000 only: how many times smaller than the samples, greater than 1; `transcode` refuses less than nine tenths of
   * it. The codec's own control of the rate does little. Default: no loss.
   */
  readonly compressionRatio?: number | undefined;
  /** JPEG-LS only: how much a sample may be off, 0 to 255. Default 0: no loss. */
  readonly maxError?: number | undefined;
}

/** Decodes frames. */
export interface FrameDecoder {
  /** @throws any error if the frame is damaged */
  readonly decode: (frame: Uint8Array, pixel: ImagePixel) => CodecImage;
}

/** Encodes frames. */
export interface FrameEncoder {
  /** @throws any error if the image is of a kind that the codec does not know */
  readonly encode: (image: CodecImage, options: EncodeOptions) => Uint8Array;
}

/** Codecs of all transfer syntaxes, wherever they run: in this thread, or in a worker with limits. */
export interface FrameCodecs {
  /**
   * Decodes a frame, and makes sure that it is the image that the header describes.
   *
   * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX`; `BAD_VALUE` if it is damaged, or another image;
   * `LIMIT_EXCEEDED` where there are limits
   */
  readonly decode: (
    frame: Uint8Array,
    pixel: ImagePixel,
    transferSyntaxUid: string,
  ) => Promise<CodecImage>;
  /**
   * Encodes an image.
   *
   * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX`, also if the codec does not know images of this kind;
   * `BAD_VALUE` if it ended its thread; `LIMIT_EXCEEDED` where there are limits
   */
  readonly encode: (
    image: CodecImage,
    transferSyntaxUid: string,
    options: EncodeOptions,
  ) => Promise<Uint8Array>;
}
