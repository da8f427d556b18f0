/**
 * Codecs of C++ compiled to WebAssembly, as the packages `@cornerstonejs/codec-…` wrap them.
 *
 * @module
 */
import type { DecodedImage, FrameCodec } from "./frame-codec.js";

/** A decoder in the module's memory. */
interface ModuleDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned?: boolean;
  };
  /** A view of the module's memory, void after `delete`. */
  getDecodedBuffer(): Uint8Array;
  /** Of JPEG-LS: 0 is by plane. */
  getInterleaveMode?(): number;
  delete(): void;
}

/** A module: its decoder has a name of its own. */
type CodecModule = Readonly<Record<string, new () => ModuleDecoder>>;

/** Makes a module. */
export type CreateModule = (options: {
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
}) => Promise<CodecModule>;

/** How a codec is wrapped. */
export interface EmscriptenCodecOptions {
  /** The name of the decoder's class. */
  readonly decoder: string;
  /** Whether colour comes out as RGB, by what the codestream says of itself. */
  readonly isRgb: (samplesPerPixel: number) => boolean;
  /** Changes a frame before it is decoded. Default: as it is. */
  readonly prepare?: (frame: Uint8Array, photometricInterpretation: string) => Uint8Array;
}

/** Wraps a module. Its messages are swallowed: they may quote the frame. */
export async function emscriptenCodec(
  create: CreateModule,
  { decoder: name, isRgb, prepare }: EmscriptenCodecOptions,
): Promise<FrameCodec> {
  const quiet = { print: () => undefined, printErr: () => undefined };
  const module = await create(quiet);
  return {
    decode: (frame, { photometricInterpretation }) => {
      const Decoder = module[name];
      if (Decoder === undefined) throw new TypeError(`${name}: expected a decoder of the codec`);
      const decoder = new Decoder();
      try {
        const input = prepare?.(frame, photometricInterpretation) ?? frame;
        decoder.getEncodedBuffer(input.length).set(input);
        decoder.decode();
        return imageOf(decoder, isRgb);
      } finally {
        decoder.delete();
      }
    },
  };
}

function imageOf(decoder: ModuleDecoder, isRgb: (samples: number) => boolean): DecodedImage {
  const { width, height, bitsPerSample, componentCount, isSigned } = decoder.getFrameInfo();
  const bytes = decoder.getDecodedBuffer().slice();
  const sampleBytes = bitsPerSample > 8 ? 2 : 1;
  const byPlane = decoder.getInterleaveMode?.() === 0 && componentCount > 1;
  return {
    rows: height,
    columns: width,
    samplesPerPixel: componentCount,
    bits: bitsPerSample,
    isSigned: isSigned ?? false,
    bytes: byPlane ? pixelsOf(bytes, componentCount, sampleBytes) : bytes,
    sampleBytes,
    isRgb: isRgb(componentCount),
  };
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
