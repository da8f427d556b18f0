/**
 * All of a source in memory.
 *
 * @module
 */
import { createChunkOrder } from "./chunk-order.js";
import type { Limits } from "./limits.js";
import type { ParameterSource } from "./parameter-source.js";
import { assertWithinLimits, limitsOf } from "./resolve-limits.js";
import { byteLengthOf, type ModelParameters } from "./tensor.js";
import { tensorOfBytes } from "./tensor-bytes.js";

/**
 * Reads a source to its end. Memory is taken for one tensor after the other, as they arrive.
 *
 * @throws {@link FlError} `LIMIT_EXCEEDED` before anything is read; `BAD_MESSAGE` for pieces that are missing or out of
 *   order; `BAD_TENSOR` for a bool that is none; and what the source throws
 */
export async function collectParameters(
  source: ParameterSource,
  limits?: Limits,
): Promise<ModelParameters> {
  const { specs } = source;
  assertWithinLimits(specs, limitsOf(limits));
  const order = createChunkOrder(specs);
  const data: Uint8Array[] = [];
  for await (const chunk of source.chunks()) {
    order.accept(chunk);
    if (chunk.bytes.length === 0) continue;
    data[chunk.tensorIndex] ??= new Uint8Array(byteLengthOf(specs[chunk.tensorIndex]!));
    data[chunk.tensorIndex]!.set(chunk.bytes, chunk.byteOffset);
  }
  order.end();
  return specs.map((spec, i) => tensorOfBytes(spec, data[i] ?? new Uint8Array()));
}
