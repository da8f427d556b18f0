/**
 * Parameters that arrive piece by piece: how a model that is larger than memory, times the number of clients, is read.
 *
 * @module
 */
import type { TensorSpec } from "./tensor.js";

/** A piece of one tensor. */
export interface ParameterChunk {
  /** Which of `specs`. */
  readonly tensorIndex: number;
  /** Where in the tensor it begins. */
  readonly byteOffset: number;
  /**
   * Whole elements, little-endian, row-major. Not necessarily aligned; valid until the next piece is asked for (a reader
   * that keeps it, copies).
   */
  readonly bytes: Uint8Array;
}

/** Parameters that can be read once, in the order of their tensors and bytes. Nothing is read before it is asked for. */
export interface ParameterSource {
  readonly specs: readonly TensorSpec[];
  /**
   * The pieces. To leave the loop early gives up the rest.
   *
   * @throws {@link FlError} `DISCONNECTED`, `TIMEOUT`, `LIMIT_EXCEEDED`, `BAD_MESSAGE`
   */
  readonly chunks: () => AsyncIterable<ParameterChunk>;
}
