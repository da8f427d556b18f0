/**
 * The codec of a transfer syntax: a package that the user installs, loaded when it is first needed.
 *
 * @module
 */
/// <reference path="./packages.d.ts" />
import { DicomError } from "../../errors.js";
import type { ImagePixel } from "../image-pixel.js";
import { emscriptenCodec } from "./emscripten-codec.js";
import type { DecodedImage, FrameCodec } from "./frame-codec.js";
import { withColorTransform } from "./jpeg-color.js";

interface CodecSource {
  /** The package to install. */
  readonly name: string;
  readonly load: () => Promise<FrameCodec>;
}

const JPEG: CodecSource = {
  name: "@cornerstonejs/codec-libjpeg-turbo-8bit",
  load: async () => {
    const { default: create } = await import(
      "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs"
    );
    return emscriptenCodec(create, {
      decoder: "JPEGDecoder",
      isRgb: (samples) => samples === 3,
      prepare: withColorTransform,
    });
  },
};

const JPEG_LOSSLESS: CodecSource = {
  name: "jpeg-lossless-decoder-js",
  load: async () => {
    const { Decoder } = await import("jpeg-lossless-decoder-js");
    return { decode: (frame, pixel) => losslessImage(Decoder, frame, pixel) };
  },
};

const JPEG_LS: CodecSource = {
  name: "@cornerstonejs/codec-charls",
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-charls/decodewasmjs");
    return emscriptenCodec(create, { decoder: "JpegLSDecoder", isRgb: () => false });
  },
};

const JPEG_2000: CodecSource = {
  name: "@cornerstonejs/codec-openjpeg",
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-openjpeg/decodewasmjs");
    return emscriptenCodec(create, { decoder: "J2KDecoder", isRgb: () => false });
  },
};

const HTJ2K: CodecSource = {
  name: "@cornerstonejs/codec-openjph",
  load: async () => {
    const { default: create } = await import("@cornerstonejs/codec-openjph/wasmjs");
    return emscriptenCodec(create, { decoder: "HTJ2KDecoder", isRgb: () => false });
  },
};

/** By transfer syntax (PS3.5 A.4). */
const SOURCES: ReadonlyMap<string, CodecSource> = new Map([
  ["1.2.840.10008.1.2.4.50", JPEG],
  ["1.2.840.10008.1.2.4.51", JPEG],
  ["1.2.840.10008.1.2.4.57", JPEG_LOSSLESS],
  ["1.2.840.10008.1.2.4.70", JPEG_LOSSLESS],
  ["1.2.840.10008.1.2.4.80", JPEG_LS],
  ["1.2.840.10008.1.2.4.81", JPEG_LS],
  ["1.2.840.10008.1.2.4.90", JPEG_2000],
  ["1.2.840.10008.1.2.4.91", JPEG_2000],
  ["1.2.840.10008.1.2.4.201", HTJ2K],
  ["1.2.840.10008.1.2.4.202", HTJ2K],
  ["1.2.840.10008.1.2.4.203", HTJ2K],
]);

/** What decodes a frame: of JPEG what its codestream says, since files are labelled wrongly (ISO 10918-1 Table B.1). */
function sourceOf(transferSyntaxUid: string, frame: Uint8Array): CodecSource | undefined {
  const source = SOURCES.get(transferSyntaxUid);
  if (source !== JPEG && source !== JPEG_LOSSLESS) return source;
  return startOfFrame(frame) === 0xc3 ? JPEG_LOSSLESS : JPEG;
}

/** The marker SOFn of a JPEG; 0 if there is none. */
function startOfFrame(frame: Uint8Array): number {
  for (let at = 2; at + 4 <= frame.length && frame[at] === 0xff; ) {
    const marker = frame[at + 1] as number;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xcc) return marker;
    at += 2 + (((frame[at + 2] as number) << 8) | (frame[at + 3] as number));
  }
  return 0;
}

/** Codecs that have been loaded, or are being. */
const loaded = new Map<CodecSource, Promise<FrameCodec>>();

/**
 * The codec of a frame.
 *
 * @throws {@link DicomError} `UNSUPPORTED_TRANSFER_SYNTAX` if there is none, or its package is not installed
 */
export async function loadCodec(transferSyntaxUid: string, frame: Uint8Array): Promise<FrameCodec> {
  const source = sourceOf(transferSyntaxUid, frame);
  if (source === undefined) {
    throw new DicomError(
      "UNSUPPORTED_TRANSFER_SYNTAX",
      "pixels of this transfer syntax cannot be decoded",
      { at: "(0002,0010)" },
    );
  }
  const loading = loaded.get(source) ?? source.load();
  loaded.set(source, loading);
  try {
    return await loading;
  } catch (error) {
    loaded.delete(source);
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new DicomError(
      "UNSUPPORTED_TRANSFER_SYNTAX",
      `pixels of this transfer syntax need the package ${source.name}: install it`,
      { at: "(0002,0010)", cause: error },
    );
  }
}

/** After a failure the codec's memory may be anything: the next frame gets a new one. */
export function forgetCodec(transferSyntaxUid: string, frame: Uint8Array): void {
  const source = sourceOf(transferSyntaxUid, frame);
  if (source !== undefined) loaded.delete(source);
}

/** The decoder tells only the samples; that they are as many as they should be is checked as of any codec. */
function losslessImage(
  Decoder: typeof import("jpeg-lossless-decoder-js").Decoder,
  frame: Uint8Array,
  { rows, columns, samplesPerPixel, bitsStored, bitsAllocated, isSigned }: ImagePixel,
): DecodedImage {
  const copy = frame.slice();
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
