/**
 * What a codec does.
 *
 * @module
 */
import type { ImagePixel } from "../image-pixel.js";

/** What came out of a codec, to be held against the header. */
export interface DecodedImage {
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
  /** Whether the codec has made RGB of what was stored. */
  readonly isRgb: boolean;
}

/** Decodes frames. */
export interface FrameCodec {
  /** @throws any error if the frame is damaged */
  readonly decode: (frame: Uint8Array, pixel: ImagePixel) => DecodedImage;
}
