/**
 * A compressed frame made numbers.
 *
 * @module
 */
import type { Frame, Samples } from "../frame.js";
import type { ImagePixel } from "../image-pixel.js";
import { decodeNativeFrame } from "../native-frame.js";
import type { CodecImage, FrameCodecs } from "./frame-codec.js";

/**
 * Decodes a frame.
 *
 * @throws {@link DicomError} as {@link FrameCodecs}
 */
export async function decodeCompressed(
  frame: Uint8Array,
  pixel: ImagePixel,
  transferSyntaxUid: string,
  codecs: FrameCodecs,
): Promise<Frame> {
  const image = await codecs.decode(frame, pixel, transferSyntaxUid);
  const decoded = decodeNativeFrame(image.bytes, {
    ...pixel,
    bitsAllocated: 8 * image.sampleBytes,
    bitsStored: image.bits,
    highBit: image.bits - 1,
    isSigned: pixel.isSigned,
    planarConfiguration: 0,
    photometricInterpretation: photometricAfter(image, pixel.photometricInterpretation),
  });
  return { ...decoded, bitsStored: pixel.bitsStored, samples: allocated(decoded.samples, pixel) };
}

/** As wide as the header says, though the codestream may need less. */
function allocated(samples: Samples, { bitsAllocated, isSigned }: ImagePixel): Samples {
  if (bitsAllocated === 8 * samples.BYTES_PER_ELEMENT) return samples;
  if (bitsAllocated === 16) return isSigned ? Int16Array.from(samples) : Uint16Array.from(samples);
  if (bitsAllocated === 32) return isSigned ? Int32Array.from(samples) : Uint32Array.from(samples);
  return samples;
}

/** Codecs undo the transforms of their codestreams (PS3.5 8.2.1, 8.2.4). */
function photometricAfter({ isRgb, samplesPerPixel }: CodecImage, stored: string): string {
  if (samplesPerPixel === 1) return stored;
  if (isRgb || stored === "YBR_ICT" || stored === "YBR_RCT") return "RGB";
  return stored.replace("_422", "").replace("_420", "");
}
