/**
 * Whether pieces of tensors are whole elements, in order, and all there.
 *
 * @module
 */
import { FlError, type FlErrorOptions } from "./errors.js";
import type { ParameterChunk } from "./parameter-source.js";
import { BYTES_PER_ELEMENT, byteLengthOf, type TensorSpec } from "./tensor.js";

/** What came so far. */
export interface ChunkOrder {
  /** @throws {@link FlError} `BAD_MESSAGE` if this piece is not the next one */
  readonly accept: (chunk: ParameterChunk) => void;
  /** @throws {@link FlError} `BAD_MESSAGE` if something is missing */
  readonly end: () => void;
}

/** Watches the pieces of tensors. */
export function createChunkOrder(
  specs: readonly TensorSpec[],
  where: FlErrorOptions = {},
): ChunkOrder {
  let [index, offset] = [0, 0];
  const skipComplete = () => {
    while (index < specs.length && offset === byteLengthOf(specs[index]!)) {
      [index, offset] = [index + 1, 0];
    }
  };
  return {
    accept: ({ tensorIndex, byteOffset, bytes }) => {
      skipComplete();
      if (bytes.length === 0) return;
      const spec = specs[index];
      if (
        spec === undefined ||
        tensorIndex !== index ||
        byteOffset !== offset ||
        bytes.length % BYTES_PER_ELEMENT[spec.dtype] !== 0 ||
        offset + bytes.length > byteLengthOf(spec)
      ) {
        throw new FlError("BAD_MESSAGE", "a piece of a tensor is not the next one", where);
      }
      offset += bytes.length;
    },
    end: () => {
      skipComplete();
      if (index >= specs.length) return;
      throw new FlError("BAD_MESSAGE", `tensor ${index} of ${specs.length} is not complete`, where);
    },
  };
}
