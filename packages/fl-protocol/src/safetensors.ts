/**
 * Parameters as safetensors, the file of Hugging Face: a header, then the bytes of all tensors, in memory or as they arrive.
 *
 * @module
 */
import { chunksOfBytes } from "./chunks-of-bytes.js";
import { FlError } from "./errors.js";
import type { Limits } from "./limits.js";
import type { ParameterSource } from "./parameter-source.js";
import { limitsOf } from "./resolve-limits.js";
import {
  PREFIX_BYTES,
  parseSafetensorsHeader,
  type SafetensorsMetadata,
  safetensorsHeader,
  safetensorsHeaderLength,
} from "./safetensors-header.js";
import { readableOnce } from "./source-of.js";
import { byteLengthOf, type ModelParameters } from "./tensor.js";
import { bytesOfTensor, tensorOfBytes } from "./tensor-bytes.js";

/** A file in memory. */
export interface SafetensorsFile {
  readonly parameters: ModelParameters;
  readonly metadata: SafetensorsMetadata;
}

/** A file that arrives. */
export interface SafetensorsSource extends ParameterSource {
  readonly metadata: SafetensorsMetadata;
}

const bad = (what: string) => new FlError("BAD_TENSOR", `safetensors: ${what}`);

/**
 * Reads a file. The data of a tensor is a view of `bytes` where that is aligned to the elements, and a copy otherwise.
 *
 * @throws {@link FlError} `BAD_TENSOR` if it is broken, or has a dtype that isn't known; `LIMIT_EXCEEDED`
 */
export function readSafetensors(bytes: Uint8Array, limits?: Limits): SafetensorsFile {
  const all = limitsOf(limits);
  if (bytes.length < PREFIX_BYTES) throw bad("it ends within the header");
  let at = PREFIX_BYTES + safetensorsHeaderLength(bytes, all);
  if (at > bytes.length) throw bad("it ends within the header");
  const { specs, metadata } = parseSafetensorsHeader(bytes.subarray(PREFIX_BYTES, at), all);
  const length = specs.reduce((sum, spec) => sum + byteLengthOf(spec), 0);
  if (bytes.length - at !== length) {
    throw bad(`${bytes.length - at} bytes of tensors, ${length} announced`);
  }
  const parameters = specs.map((spec) => {
    const start = at;
    at += byteLengthOf(spec);
    return tensorOfBytes(spec, bytes.subarray(start, at));
  });
  return { parameters, metadata };
}

/**
 * Parameters as a file, in their order.
 *
 * @throws {@link FlError} as {@link safetensorsHeader}
 */
export function writeSafetensors(
  parameters: ModelParameters,
  metadata?: SafetensorsMetadata,
): Uint8Array {
  const parts = [safetensorsHeader(parameters, metadata), ...parameters.map(bytesOfTensor)];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Reads a file as it arrives: the header now, and the tensors when their pieces are asked for. The stream is ended when
 * the file isn't read to its end.
 *
 * @throws {@link FlError} `BAD_TENSOR`, `LIMIT_EXCEEDED`, and what the stream throws; the pieces throw `BAD_TENSOR` if
 *   there are fewer or more bytes than announced
 */
export async function safetensorsSource(
  stream: AsyncIterable<Uint8Array>,
  limits?: Limits,
): Promise<SafetensorsSource> {
  const all = limitsOf(limits);
  const iterator = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  const take = async (count: number): Promise<Uint8Array> => {
    const parts = [rest];
    let length = rest.length;
    while (length < count) {
      const { done, value } = await iterator.next();
      if (done === true) throw bad("it ends within the header");
      parts.push(value);
      length += value.length;
    }
    const bytes = parts.length === 1 ? rest : new Uint8Array(Buffer.concat(parts, length));
    rest = bytes.subarray(count);
    return bytes.subarray(0, count);
  };
  try {
    const length = safetensorsHeaderLength(await take(PREFIX_BYTES), all);
    const { specs, metadata } = parseSafetensorsHeader(await take(length), all);
    const chunks = () => chunksOfBytes(specs, resumed(rest, iterator));
    return { ...readableOnce(specs, chunks), metadata };
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

/** What was read too much, and then the rest. */
async function* resumed(
  first: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
