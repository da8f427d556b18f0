/**
 * Parameters as the bytes of a safetensors file, cut into chunks without a copy of them.
 *
 * safetensors has no complex128: such a tensor is sent as float64 with a last dimension of 2, and the metadata tells which.
 *
 * @module
 */
import { chunksOfBytes } from "../chunks-of-bytes.js";
import { FlError, isFlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { ParameterChunk, ParameterSource } from "../parameter-source.js";
import { safetensorsSource } from "../safetensors.js";
import { safetensorsHeader } from "../safetensors-header.js";
import { readableOnce } from "../source-of.js";
import { type ModelParameters, specsOf, type TensorSpec } from "../tensor.js";
import { bytesOfTensor } from "../tensor-bytes.js";
import { CHUNK_BYTES } from "./wire.js";

/** Parameters as bytes. */
export interface Body {
  readonly byteLength: number;
  /** Bytes before those of the tensors. */
  readonly headLength: number;
  /** Some of the bytes, as views. */
  readonly slices: (begin: number, end: number) => readonly Uint8Array[];
}

const COMPLEX_128 = "dsail.complex128";

/** So many pieces are copied into one: each that is written has a price of its own. */
const MAX_PIECES = 16;

/**
 * Parameters as bytes: views of their data, which must not change as long as these are used.
 *
 * @throws {@link FlError} `BAD_TENSOR` for names that occur twice or are none; {@link TypeError} or {@link RangeError} for
 *   data that is not of the dtype and the shape
 */
export function bodyOf(parameters: ModelParameters): Body {
  const complex = [...parameters.keys()].filter((i) => parameters[i]!.dtype === "complex128");
  const specs = specsOf(parameters).map((spec) =>
    spec.dtype === "complex128" ? { ...spec, dtype: "float64", shape: [...spec.shape, 2] } : spec,
  ) as readonly TensorSpec[];
  const metadata = complex.length > 0 ? { [COMPLEX_128]: JSON.stringify(complex) } : {};
  const parts = [safetensorsHeader(specs, metadata), ...parameters.map(bytesOfTensor)].filter(
    ({ length }) => length > 0,
  );
  const ends: number[] = [];
  let byteLength = 0;
  for (const part of parts) {
    byteLength += part.length;
    ends.push(byteLength);
  }
  return {
    byteLength,
    headLength: parts[0]!.length,
    slices: (begin, end) => {
      const slices: Uint8Array[] = [];
      for (let i = firstAfter(ends, begin), at = begin; at < end; i++) {
        const start = ends[i]! - parts[i]!.length;
        slices.push(parts[i]!.subarray(at - start, end - start));
        at = ends[i]!;
      }
      return slices.length > MAX_PIECES ? [Buffer.concat(slices)] : slices;
    },
  };
}

/** The bytes of the tensors alone. */
export function tailOf({ byteLength, headLength, slices }: Body): Body {
  return {
    byteLength: byteLength - headLength,
    headLength: 0,
    slices: (begin, end) => slices(begin + headLength, end + headLength),
  };
}

/** The bytes of one chunk. */
export function chunkOf({ byteLength, slices }: Body, index: number): readonly Uint8Array[] {
  const begin = index * CHUNK_BYTES;
  return slices(begin, Math.min(begin + CHUNK_BYTES, byteLength));
}

/** The first of ascending numbers that is greater than one. */
function firstAfter(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Parameters from their bytes, as they arrive.
 *
 * @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED`, and what the stream throws; so do the pieces
 */
export async function bodySource(
  stream: AsyncIterable<Uint8Array>,
  limits: Required<Limits>,
): Promise<ParameterSource> {
  try {
    const source = await safetensorsSource(stream, limits);
    const { metadata } = source;
    const complex = metadata[COMPLEX_128];
    const specs = complex === undefined ? source.specs : withComplex(source.specs, complex);
    const chunks = () =>
      // Cut anew, so that no piece ends within an element.
      complex === undefined ? source.chunks() : chunksOfBytes(specs, bytesOf(source.chunks()));
    return readableOnce(specs, () => asMessages(chunks()));
  } catch (error) {
    throw asMessage(error);
  }
}

function withComplex(specs: readonly TensorSpec[], indexes: string): readonly TensorSpec[] {
  let isComplex: ReadonlySet<unknown>;
  try {
    isComplex = new Set(JSON.parse(indexes) as readonly unknown[]);
  } catch {
    throw new FlError("BAD_MESSAGE", "which tensors are complex is not told as it should be");
  }
  return specs.map((spec, i) => {
    if (!isComplex.has(i)) return spec;
    if (spec.dtype !== "float64" || spec.shape.at(-1) !== 2) {
      throw new FlError("BAD_MESSAGE", "a complex tensor that isn't of pairs of float64");
    }
    return { ...spec, dtype: "complex128", shape: spec.shape.slice(0, -1) };
  });
}

async function* bytesOf(chunks: AsyncIterable<ParameterChunk>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of chunks) yield bytes;
}

async function* asMessages(chunks: AsyncIterable<ParameterChunk>): AsyncGenerator<ParameterChunk> {
  try {
    yield* chunks;
  } catch (error) {
    throw asMessage(error);
  }
}

/** What is a broken file elsewhere, is a broken message here. */
function asMessage(error: unknown): unknown {
  if (!isFlError(error) || error.code !== "BAD_TENSOR") return error;
  return new FlError("BAD_MESSAGE", error.message, { cause: error });
}
