/**
 * Codecs in this thread: quick, but a hostile frame may take all of its time and memory.
 *
 * @module
 */
import { DicomError } from "../../errors.js";
import type { ImagePixel } from "../image-pixel.js";
import { readCodestreamHeader } from "./codestream-header.js";
import type { CodecImage, FrameCodecs } from "./frame-codec.js";
import { type CodecSource, decoderOf, encoderOf, forgetCodec, loadCodec } from "./load-codec.js";

/** Codecs of the packages that are installed, in this thread and without limits of time. */
export const LOCAL_CODECS: FrameCodecs = {
  decode: async (frame, pixel, transferSyntaxUid) => {
    const source = decoderOf(transferSyntaxUid, frame);
    refuseOtherSizes(frame, pixel);
    const codec = await loadCodec(source);
    return attempt(source, "a compressed frame is damaged, or of a kind not known here", () => {
      const image = codec.decode(frame, pixel);
      if (!isAsDescribed(image, pixel)) throw anotherImage();
      return image;
    });
  },
  encode: async (image, transferSyntaxUid, options) => {
    const source = encoderOf(transferSyntaxUid);
    const codec = await loadCodec(source);
    return attempt(source, "the codec cannot encode such an image", () =>
      codec.encode(image, options),
    );
  },
};

/** Forgets the codec after any failure, also of what it gave without an error. */
function attempt<Result>(
  source: CodecSource<unknown>,
  message: string,
  work: () => Result,
): Result {
  try {
    return work();
  } catch (error) {
    forgetCodec(source);
    if (error instanceof DicomError) throw error;
    throw new DicomError("BAD_VALUE", message, { at: "(7FE0,0010)", cause: error });
  }
}

/** Before a codec allocates what a few bytes announce. */
function refuseOtherSizes(frame: Uint8Array, { rows, columns }: ImagePixel): void {
  const header = readCodestreamHeader(frame);
  // ITU-T T.81 B.2.2: 0 rows are told later, by DNL.
  const isOther = header !== undefined && (header.columns !== columns || header.rows !== rows);
  if (isOther && header.rows !== 0) throw anotherImage();
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
  return new DicomError(
    "BAD_VALUE",
    "a compressed frame is another image than the header describes",
    { at: "(7FE0,0010)" },
  );
}
