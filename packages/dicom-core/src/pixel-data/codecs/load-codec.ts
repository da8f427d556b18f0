/**
 * The codec of a transfer syntax: a package that the user installs, loaded when it is first needed.
 *
 * @module
 */
/// <reference path="./packages.d.ts" />
import { DicomError } from "../../errors.js";
import type { ImagePixel } from "../image-pixel.js";
import { decodeSequentialJpeg } from "../jpeg/decode-sequential.js";
import { readCodestreamHeader } from "./codestream-header.js";
import { emscriptenDecoder, emscriptenEncoder, type ModuleEncoder } from "./emscripten-codec.js";
import type { CodecImage, EncodeOptions, FrameDecoder, FrameEncoder } from "./frame-codec.js";
import { withColorTransform } from "./jpeg-color.js";
import * as Syntax from "./transfer-syntaxes.js";

/** Something to be loaded. */
interface CodecSource<Codec> {
  /** The package to install. */
  readonly name: string;
  readonly load: () => Promise<Codec>;
}

const JPEG: CodecSource<FrameDecoder> = {
  name: "@cornerstonejs/codec-libjpeg-turbo-8bit",
  load: async () => {
    const { default: create } = await import(
      "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs"
    );
    const { decode } = await emscriptenDecoder(create, {
      name: "JPEGDecoder",
      isRgb: (samples) => samples === 3,
      prepare: withColorTransform,
    });
    return {
      decode: (frame, pixel) => {
        try {
          return decode(frame, pixel);
        } catch {
          // Markers that are none of the image's business may stop it.
          return decodeSequential(frame, pixel);
        }
      },
    };
  },
};

/** Ours: no package of JavaScript that is kept well decodes 12 bits. */
const JPEG_12_BITS: CodecSource<FrameDecoder> = {
  name: "@dsail/dicom-core",
  load: async () => ({ decode: decodeSequential }),
};

const JPEG_LOSSLESS: CodecSource<FrameDecoder> = {
  name: "jpeg-lossless-decoder-js",
  load: async () => {
    const { Decoder } = await import("jpeg-lossless-decoder-js");
    return { decode: (frame, pixel) => losslessImage(Decoder, frame, pixel) };
  },
};

const JPEG_LS: CodecSource<FrameDecoder> = {
  name: "@cornerstonejs/codec-charls",
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-charls/decodewasmjs");
    const { decode } = await emscriptenDecoder(create, {
      name: "JpegLSDecoder",
      isRgb: () => false,
    });
    return {
      decode: (frame, pixel) => {
        // The codec looks for the missing end for ever.
        if (!endsWithEoi(frame)) throw new RangeError("the codestream is cut off");
        return decode(frame, pixel);
      },
    };
  },
};

/** ITU-T T.87 C.1.1; behind it may be padding (PS3.5 A.4). */
function endsWithEoi(frame: Uint8Array): boolean {
  let end = frame.length;
  while (end > 0 && frame[end - 1] === 0) end--;
  return frame[end - 2] === 0xff && frame[end - 1] === 0xd9;
}

const JPEG_2000: CodecSource<FrameDecoder> = {
  name: "@cornerstonejs/codec-openjpeg",
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-openjpeg/decodewasmjs");
    return emscriptenDecoder(create, { name: "J2KDecoder", isRgb: () => false });
  },
};

const HTJ2K: CodecSource<FrameDecoder> = {
  name: "@cornerstonejs/codec-openjph",
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-openjph/wasmjs");
    return emscriptenDecoder(create, {
      name: "HTJ2KDecoder",
      isRgb: () => false,
      mixesLines: true,
    });
  },
};

const DECODERS: ReadonlyMap<string, CodecSource<FrameDecoder>> = new Map([
  [Syntax.JPEG_BASELINE, JPEG],
  [Syntax.JPEG_EXTENDED, JPEG],
  [Syntax.JPEG_LOSSLESS, JPEG_LOSSLESS],
  [Syntax.JPEG_LOSSLESS_SV1, JPEG_LOSSLESS],
  [Syntax.JPEG_LS_LOSSLESS, JPEG_LS],
  [Syntax.JPEG_LS_NEAR_LOSSLESS, JPEG_LS],
  [Syntax.JPEG_2000_LOSSLESS, JPEG_2000],
  [Syntax.JPEG_2000, JPEG_2000],
  [Syntax.HTJ2K_LOSSLESS, HTJ2K],
  [Syntax.HTJ2K_LOSSLESS_RPCL, HTJ2K],
  [Syntax.HTJ2K, HTJ2K],
]);

const SOF1 = 0xc1;
const SOF3 = 0xc3;

/**
 * What decodes a frame: of JPEG what its codestream says, since files are labelled wrongly.
 *
 * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX` if there is nothing
 */
export function decoderOf(transferSyntaxUid: string, frame: Uint8Array): CodecSource<FrameDecoder> {
  const source = DECODERS.get(transferSyntaxUid);
  if (source === undefined) throw unsupported("pixels of this transfer syntax cannot be decoded");
  if (source !== JPEG && source !== JPEG_LOSSLESS) return source;
  const header = readCodestreamHeader(frame);
  if (header?.startOfFrame === SOF3) return JPEG_LOSSLESS;
  return header?.startOfFrame === SOF1 && header.bits === 12 ? JPEG_12_BITS : JPEG;
}

const JPEG_LS_ENCODER: CodecSource<FrameEncoder> = {
  name: JPEG_LS.name,
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-charls/wasmjs");
    return emscriptenEncoder(create, {
      name: "JpegLSEncoder",
      set: (encoder, { samplesPerPixel }, { maxError = 0 }) => {
        encoder.setNearLossless(maxError);
        // ITU-T T.87 C.2.3: the samples of a pixel together.
        encoder.setInterleaveMode(samplesPerPixel === 1 ? 0 : 2);
      },
    });
  },
};

const JPEG_2000_ENCODER: CodecSource<FrameEncoder> = {
  name: JPEG_2000.name,
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-openjpeg/wasmjs");
    return emscriptenEncoder(create, { name: "J2KEncoder", set: setJpeg2000 });
  },
};

/** Colour of more than 8 bits comes out wrong, and in OpenJPEG's case overwrites memory that the next image needs. */
function refuseWideColor({ samplesPerPixel, bits }: CodecImage): void {
  if (samplesPerPixel > 1 && bits > 8) throw new RangeError("colour of more than 8 bits");
}

function setJpeg2000(
  encoder: ModuleEncoder,
  image: CodecImage,
  { compressionRatio }: EncodeOptions,
): void {
  refuseWideColor(image);
  const { rows, columns } = image;
  encoder.setQuality(compressionRatio === undefined, 1);
  if (compressionRatio !== undefined) encoder.setCompressionRatio(0, compressionRatio);
  // The codec refuses levels that would halve less than a pixel.
  encoder.setDecompositions(Math.min(5, Math.floor(Math.log2(Math.min(rows, columns)))));
}

const htj2kEncoder = (isRpcl: boolean): CodecSource<FrameEncoder> => ({
  name: HTJ2K.name,
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-openjph/wasmjs");
    return emscriptenEncoder(create, {
      name: "HTJ2KEncoder",
      mixesLines: true,
      set: (encoder, image) => {
        refuseWideColor(image);
        encoder.setQuality(true, 0);
        if (!isRpcl) return;
        encoder.setProgressionOrder(2);
        encoder.setTLMMarker(true); // PS3.6 Table A-1: with TLM options
      },
    });
  },
});

const ENCODERS: ReadonlyMap<string, CodecSource<FrameEncoder>> = new Map([
  [Syntax.JPEG_LS_LOSSLESS, JPEG_LS_ENCODER],
  [Syntax.JPEG_LS_NEAR_LOSSLESS, JPEG_LS_ENCODER],
  [Syntax.JPEG_2000_LOSSLESS, JPEG_2000_ENCODER],
  [Syntax.JPEG_2000, JPEG_2000_ENCODER],
  [Syntax.HTJ2K_LOSSLESS, htj2kEncoder(false)],
  [Syntax.HTJ2K_LOSSLESS_RPCL, htj2kEncoder(true)],
  [Syntax.HTJ2K, htj2kEncoder(false)],
]);

/** What encodes for a transfer syntax. @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX` if there is nothing */
export function encoderOf(transferSyntaxUid: string): CodecSource<FrameEncoder> {
  const source = ENCODERS.get(transferSyntaxUid);
  if (source === undefined) throw unsupported("pixels cannot be encoded in this transfer syntax");
  return source;
}

/** Codecs that have been loaded, or are being: what the engine does for modules, but these may have to be forgotten. */
const loaded = new Map<CodecSource<unknown>, Promise<unknown>>();

/** No such package, or a version of it that lacks what is needed. */
const NOT_INSTALLED: ReadonlySet<unknown> = new Set([
  "ERR_MODULE_NOT_FOUND",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
]);

/**
 * Does work with the codec, which is loaded once.
 *
 * If the work fails, the codec's memory may be anything: all later work gets a new one, also what waited meanwhile.
 *
 * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX` if the package is not installed; whatever `work` throws
 */
export async function withCodec<Codec, Result>(
  source: CodecSource<Codec>,
  work: (codec: Codec) => Result,
): Promise<Result> {
  for (;;) {
    const loading = load(source);
    const codec = await loading;
    if (loaded.get(source) !== loading) continue; // forgotten, while this waited
    try {
      return work(codec);
    } catch (error) {
      loaded.delete(source);
      throw error;
    }
  }
}

function load<Codec>(source: CodecSource<Codec>): Promise<Codec> {
  const before = loaded.get(source) as Promise<Codec> | undefined;
  if (before !== undefined) return before;
  const loading = source.load().catch((error: unknown) => {
    loaded.delete(source);
    if (!NOT_INSTALLED.has((error as NodeJS.ErrnoException | undefined)?.code)) throw error;
    throw unsupported(
      `pixels of this transfer syntax need the package ${source.name}: install it`,
      error,
    );
  });
  loaded.set(source, loading);
  return loading;
}

function unsupported(message: string, cause?: unknown): DicomError {
  return new DicomError("UNSUPPORTED_TRANSFER_SYNTAX", message, { at: "(0002,0010)", cause });
}

/** Colours stay as they are stored. */
function decodeSequential(frame: Uint8Array, { isSigned }: ImagePixel): CodecImage {
  const { rows, columns, samplesPerPixel, bits, samples } = decodeSequentialJpeg(frame);
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const sampleBytes = samples.BYTES_PER_ELEMENT === 1 ? 1 : 2;
  return { rows, columns, samplesPerPixel, bits, isSigned, bytes, sampleBytes, isRgb: false };
}

/** The decoder tells only the samples; that they are as many as they should be is checked as of any codec. */
function losslessImage(
  Decoder: typeof import("jpeg-lossless-decoder-js").Decoder,
  frame: Uint8Array,
  { rows, columns, samplesPerPixel, bitsStored, bitsAllocated, isSigned }: ImagePixel,
): CodecImage {
  // Not `slice`, which of a Node `Buffer` is a view of all that it is of.
  const copy = new Uint8Array(frame);
  const decoded = new Uint8Array(new Decoder().decompress(copy.buffer, 0, copy.length));
  const sampleBytes = bitsAllocated === 8 ? 1 : 2;
  const isRight = decoded.length === rows * columns * samplesPerPixel * sampleBytes;
  return {
    rows: isRight ? rows : 0,
    columns,
    samplesPerPixel,
    bits: bitsStored,
    isSigned,
    bytes: decoded,
    sampleBytes,
    isRgb: false,
  };
}
