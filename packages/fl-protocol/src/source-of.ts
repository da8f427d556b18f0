/**
 * Sources of parameters.
 *
 * @module
 */
import type { ParameterChunk, ParameterSource } from "./parameter-source.js";
import { type ModelParameters, specsOf, type TensorSpec } from "./tensor.js";
import { bytesOfTensor } from "./tensor-bytes.js";

/** So large that their number doesn't matter, and so small that what is done with one doesn't hold up the rest. */
const PIECE_BYTES = 2 ** 20;

/**
 * A source of parameters that are in memory. Its pieces, of at most 1 MiB, are views of their data: not to be written to.
 * It can be read once, as all are.
 *
 * @throws {@link TypeError} or {@link RangeError} for data that is not of the dtype and the shape
 */
export function sourceOf(parameters: ModelParameters): ParameterSource {
  const data = parameters.map(bytesOfTensor);
  return readableOnce(specsOf(parameters), () => pieces(data));
}

/** A source whose pieces can be asked for once; then it throws an error, which is one of the program. */
export function readableOnce(
  specs: readonly TensorSpec[],
  chunks: () => AsyncIterable<ParameterChunk>,
): ParameterSource {
  let isRead = false;
  return {
    specs,
    chunks: () => {
      if (isRead) throw new Error("chunks: a source can be read once only");
      isRead = true;
      return chunks();
    },
  };
}

async function* pieces(data: readonly Uint8Array[]): AsyncGenerator<ParameterChunk> {
  for (const [tensorIndex, all] of data.entries()) {
    for (let byteOffset = 0; byteOffset < all.length; byteOffset += PIECE_BYTES) {
      const bytes = all.subarray(byteOffset, byteOffset + PIECE_BYTES);
      yield { tensorIndex, byteOffset, bytes };
    }
  }
}
