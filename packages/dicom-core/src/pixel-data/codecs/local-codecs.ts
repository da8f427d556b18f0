/**
 * Codecs in this thread: quick, but a hostile frame may take all of its time and memory.
 *
 * @module
 */
import { DicomError } from "../../errors.js";
import type { ImagePixel } from "../image-pixel.js";
import { readCodestreamHeader } from "./codestream-header.js";
import type { CodecImage, FrameCodecs } from "./frame-codec.js";
import { decoderOf, encoderOf, withCodec } from "./load-codec.js";

/** Codecs of the packages that are installed, in this thread and without limits of time. */
export const LOCAL_CODECS: FrameCodecs = {
  decode: async (frame, pixel, transferSyntaxUid) => {
    const source = decoderOf(transferSyntaxUid, frame);
    refuseOtherImages(frame, pixel);
    return withCodec(source, (codec) => {
      const image = attempt(
        () => codec.decode(frame, pixel),
        (cause) => failure("a compressed frame is damaged, or of a kind not known here", cause),
      );
      // A damaged frame, too: some codecs give nothing where others throw.
      if (!isAsDescribed(image, pixel)) throw anotherImage();
      return image;
    });
  },
  encode: async (image, transferSyntaxUid, options) => {
    const source = encoderOf(transferSyntaxUid);
    return withCodec(source, (codec) =>
      attempt(
        () => codec.encode(image, options),
        (cause) =>
          new DicomError("UNSUPPORTED_TRANSFER_SYNTAX", "the codec cannot encode such an image", {
            at: "(0002,0010)",
            cause,
          }),
      ),
    );
  },
};

/** What a codec throws may be anything, also a number. */
function attempt<Result>(work: () => Result, errorOf: (cause: unknown) => DicomError): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof DicomError ? error : errorOf(error);
  }
}

/** Before a codec allocates what a few bytes announce. */
function refuseOtherImages(frame: Uint8Array, pixel: ImagePixel): void {
  const header = readCodestreamHeader(frame);
  if (header === undefined) throw failure("a compressed frame has no header");
  // ITU-T T.81 B.2.2: 0 rows are told later, by DNL.
  const isLater = header.rows === 0 && header.startOfFrame !== undefined;
  const isSame =
    header.columns === pixel.columns &&
    (header.rows === pixel.rows || isLater) &&
    header.samplesPerPixel === pixel.samplesPerPixel;
  if (!isSame) throw anotherImage();
}

function isAsDescribed(image: CodecImage, pixel: ImagePixel): boolean {
  const { rows, columns, samplesPerPixel } = pixel;
  return (
    image.rows === rows &&
    image.columns === columns &&
    image.samplesPerPixel === samplesPerPixel &&
    image.bits <= Math.max(pixel.bitsAllocated, pixel.bitsStored) &&
    image.bytes.length === rows * columns * samplesPerPixel * image.sampleBytes
  );
}

function anotherImage(): DicomError {
  return failure("a compressed frame is another image than the header describes");
}

function failure(message: string, cause?: unknown): DicomError {
  return new DicomError("BAD_VALUE", message, { at: "(7FE0,0010)", cause });
}
