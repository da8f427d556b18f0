/**
 * Pieces of tensors from a stream of their bytes.
 *
 * @module
 */
import { FlError } from "./errors.js";
import type { ParameterChunk } from "./parameter-source.js";
import { BYTES_PER_ELEMENT, byteLengthOf, type TensorSpec } from "./tensor.js";

/**
 * Cuts a stream, which holds the bytes of the tensors one after the other, into pieces of whole elements. They are views
 * of what arrives, but for elements that arrive in parts. To leave the loop early ends the stream.
 *
 * @throws {@link FlError} `BAD_TENSOR` if the stream ends early, or goes on after the last tensor
 */
export async function* chunksOfBytes(
  specs: readonly TensorSpec[],
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<ParameterChunk> {
  // The tensor that comes next, and how much of it is there.
  let [tensorIndex, byteOffset] = [0, 0];
  // An element that arrived in part: never more than 15 bytes.
  let part: Uint8Array = new Uint8Array();
  const skipComplete = () => {
    while (tensorIndex < specs.length && byteOffset === byteLengthOf(specs[tensorIndex]!)) {
      [tensorIndex, byteOffset] = [tensorIndex + 1, 0];
    }
  };
  skipComplete();
  for await (const arrived of stream) {
    let bytes = arrived;
    while (bytes.length > 0) {
      const spec = specs[tensorIndex];
      if (spec === undefined) throw new FlError("BAD_TENSOR", "bytes after the last tensor");
      const size = BYTES_PER_ELEMENT[spec.dtype];
      if (part.length > 0 || bytes.length < size) {
        const missing = bytes.subarray(0, size - part.length);
        const joined = new Uint8Array(part.length + missing.length);
        joined.set(part);
        joined.set(missing, part.length);
        part = joined;
        bytes = bytes.subarray(missing.length);
        if (part.length < size) continue;
        yield { tensorIndex, byteOffset, bytes: part };
        part = new Uint8Array();
        byteOffset += size;
      } else {
        const length = Math.min(
          bytes.length - (bytes.length % size),
          byteLengthOf(spec) - byteOffset,
        );
        yield { tensorIndex, byteOffset, bytes: bytes.subarray(0, length) };
        bytes = bytes.subarray(length);
        byteOffset += length;
      }
      skipComplete();
    }
  }
  if (tensorIndex < specs.length) throw new FlError("BAD_TENSOR", "it ends before the last tensor");
}
