/**
 * Codecs of C++ compiled to WebAssembly, as the packages `@cornerstonejs/codec-…` wrap them.
 *
 * @module
 */
import type { CodecImage, EncodeOptions, FrameDecoder, FrameEncoder } from "./frame-codec.js";

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
  readonly isUsingColorTransform?: boolean;
}

/** A decoder in the module's memory. */
interface ModuleDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  /** A view of the module's memory, void after `delete`. */
  getDecodedBuffer(): Uint8Array;
  /** Of JPEG-LS: 0 is by plane. */
  getInterleaveMode?(): number;
  delete(): void;
}

/** An encoder in the module's memory. Which settings there are depends on the codec. */
export interface ModuleEncoder {
  /** A view of the module's memory, to be filled. */
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  /** The second is of JPEG 2000 the number of quality layers, of HTJ2K the step of quantization. */
  setQuality(lossless: boolean, layersOrStep: number): void;
  /** Of a quality layer, from 0. */
  setCompressionRatio(layer: number, ratio: number): void;
  setDecompositions(levels: number): void;
  /** ISO/IEC 15444-1 Table A.16: 2 is RPCL. */
  setProgressionOrder(order: number): void;
  setTLMMarker(isWritten: boolean): void;
  setNearLossless(maxError: number): void;
  setInterleaveMode(mode: number): void;
  delete(): void;
}

/** A module: its classes have names of their own. */
type CodecModule = Readonly<Record<string, new () => ModuleDecoder & ModuleEncoder>>;

/** Makes a module. */
export type CreateModule = (options: {
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
}) => Promise<CodecModule>;

/** How a decoder is wrapped. */
export interface EmscriptenDecoderOptions {
  /** The name of its class. */
  readonly name: string;
  /** Whether colour comes out as RGB, by what the codestream says of itself. */
  readonly isRgb: (samplesPerPixel: number) => boolean;
  /** Changes a frame before it is decoded. Default: as it is. */
  readonly prepare?: (frame: Uint8Array, photometricInterpretation: string) => Uint8Array;
  /** Whether lines of colour are mixed up, as {@link linesByPlane} tells. Default false. */
  readonly mixesLines?: boolean;
}

/** How an encoder is wrapped. */
export interface EmscriptenEncoderOptions {
  /** The name of its class. */
  readonly name: string;
  /** Makes the settings. */
  readonly set: (encoder: ModuleEncoder, image: CodecImage, options: EncodeOptions) => void;
  /** Whether lines of colour are mixed up, as {@link linesByPlane} tells. Default false. */
  readonly mixesLines?: boolean;
}

/** What a module prints is swallowed: it may quote the frame. Made anew for each, since it becomes the module. */
const quiet = () => ({ print: () => undefined, printErr: () => undefined });

/** Wraps a decoder. */
export async function emscriptenDecoder(
  create: CreateModule,
  { name, isRgb, prepare, mixesLines = false }: EmscriptenDecoderOptions,
): Promise<FrameDecoder> {
  const Decoder = classOf(await create(quiet()), name);
  return {
    decode: (frame, { photometricInterpretation }) => {
      const decoder = new Decoder();
      try {
        const input = prepare?.(frame, photometricInterpretation) ?? frame;
        decoder.getEncodedBuffer(input.length).set(input);
        decoder.decode();
        return imageOf(decoder, isRgb, mixesLines);
      } finally {
        decoder.delete();
      }
    },
  };
}

/** Wraps an encoder. */
export async function emscriptenEncoder(
  create: CreateModule,
  { name, set, mixesLines = false }: EmscriptenEncoderOptions,
): Promise<FrameEncoder> {
  const Encoder = classOf(await create(quiet()), name);
  return {
    encode: (image, options) => {
      const encoder = new Encoder();
      try {
        const info: FrameInfo = {
          width: image.columns,
          height: image.rows,
          bitsPerSample: image.bits,
          componentCount: image.samplesPerPixel,
          isSigned: image.isSigned,
          isUsingColorTransform: image.isRgb,
        };
        const mixed = mixesLines && image.samplesPerPixel > 1 && !image.isRgb;
        encoder
          .getDecodedBuffer(info)
          .set(mixed ? linesByPlane(image.bytes, image, "mix") : image.bytes);
        set(encoder, image, options);
        encoder.encode();
        // Copied as bytes: the view may be one of clamped bytes.
        return new Uint8Array(encoder.getEncodedBuffer());
      } finally {
        encoder.delete();
      }
    },
  };
}

function classOf(module: CodecModule, name: string) {
  const found = module[name];
  if (found === undefined) throw new TypeError(`${name}: expected a class of the codec`);
  return found;
}

function imageOf(
  decoder: ModuleDecoder,
  isRgb: (samples: number) => boolean,
  mixesLines: boolean,
): CodecImage {
  const info = decoder.getFrameInfo();
  const { width, height, bitsPerSample, componentCount, isSigned } = info;
  const sampleBytes = bitsPerSample > 8 ? 2 : 1;
  const image: CodecImage = {
    rows: height,
    columns: width,
    samplesPerPixel: componentCount,
    bits: bitsPerSample,
    isSigned: isSigned ?? false,
    bytes: new Uint8Array(decoder.getDecodedBuffer()),
    sampleBytes,
    isRgb: isRgb(componentCount),
  };
  // What is not of the size that it says is refused later: nothing is rearranged for that long.
  const isWhole = image.bytes.length === width * height * componentCount * sampleBytes;
  if (componentCount === 1 || !isWhole) return image;
  if (decoder.getInterleaveMode?.() === 0) {
    return { ...image, bytes: pixelsOf(image.bytes, componentCount, sampleBytes) };
  }
  return mixesLines && info.isUsingColorTransform === false
    ? { ...image, bytes: linesByPlane(image.bytes, image, "unmix") }
    : image;
}

/**
 * Of colour without a transform, the codec of HTJ2K takes the lines of all pixels for those of plane after plane: line
 * `i` of a codestream that has planes is sample `i % n` of row `floor(i / n)`. Found by reading its codestreams with two
 * other decoders, in 2.4.11.
 */
function linesByPlane(
  bytes: Uint8Array,
  { rows, columns, samplesPerPixel, sampleBytes }: CodecImage,
  direction: "mix" | "unmix",
): Uint8Array {
  const result = new Uint8Array(bytes.length);
  const rowBytes = columns * samplesPerPixel * sampleBytes;
  for (let line = 0; line < rows * samplesPerPixel; line++) {
    const inPlanes = (line % rows) * rowBytes + Math.floor(line / rows) * sampleBytes;
    const inCodec =
      Math.floor(line / samplesPerPixel) * rowBytes + (line % samplesPerPixel) * sampleBytes;
    let [from, to] = direction === "mix" ? [inPlanes, inCodec] : [inCodec, inPlanes];
    for (let column = 0; column < columns; column++) {
      for (let byte = 0; byte < sampleBytes; byte++)
        result[to + byte] = bytes[from + byte] as number;
      from += samplesPerPixel * sampleBytes;
      to += samplesPerPixel * sampleBytes;
    }
  }
  return result;
}

/** Planes to pixels. */
function pixelsOf(planes: Uint8Array, samples: number, sampleBytes: number): Uint8Array {
  const pixels = planes.length / samples / sampleBytes;
  const bytes = new Uint8Array(planes.length);
  for (let sample = 0; sample < samples; sample++) {
    for (let i = 0; i < pixels; i++) {
      for (let byte = 0; byte < sampleBytes; byte++) {
        bytes[(i * samples + sample) * sampleBytes + byte] = planes[
          (sample * pixels + i) * sampleBytes + byte
        ] as number;
      }
    }
  }
  return bytes;
}
