/**
 * A compressed frame made numbers, and held against the header.
 *
 * @module
 */
import { DicomError } from "../../errors.js";
import type { Frame, Samples } from "../frame.js";
import type { ImagePixel } from "../image-pixel.js";
import { decodeNativeFrame } from "../native-frame.js";
import type { DecodedImage } from "./frame-codec.js";
import { forgetCodec, loadCodec } from "./load-codec.js";

/**
 * Decodes a frame.
 *
 * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX`; `BAD_VALUE` if it is damaged, or another image than the header
 * describes
 */
export async function decodeCompressed(
  frame: Uint8Array,
  pixel: ImagePixel,
  transferSyntaxUid: string,
): Promise<Frame> {
  const codec = await loadCodec(transferSyntaxUid, frame);
  let image: DecodedImage;
  try {
    image = codec.decode(frame, pixel);
  } catch (error) {
    forgetCodec(transferSyntaxUid, frame);
    throw new DicomError(
      "BAD_VALUE",
      "a compressed frame is damaged, or of a kind that its codec does not know",
      {
        at: "(7FE0,0010)",
        cause: error,
      },
    );
  }
  assertAsDescribed(image, pixel);
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
function photometricAfter({ isRgb, samplesPerPixel }: DecodedImage, stored: string): string {
  if (samplesPerPixel === 1) return stored;
  if (isRgb || stored === "YBR_ICT" || stored === "YBR_RCT") return "RGB";
  return stored.replace("_422", "").replace("_420", "");
}

function assertAsDescribed(image: DecodedImage, pixel: ImagePixel): void {
  const { rows, columns, samplesPerPixel } = pixel;
  const isAsDescribed =
    image.rows === rows &&
    image.columns === columns &&
    image.samplesPerPixel === samplesPerPixel &&
    image.bits <= Math.max(pixel.bitsAllocated, pixel.bitsStored) &&
    image.bytes.length >= rows * columns * samplesPerPixel * image.sampleBytes;
  if (isAsDescribed) return;
  throw new DicomError(
    "BAD_VALUE",
    "a compressed frame is another image than the header describes",
    {
      at: "(7FE0,0010)",
    },
  );
}
