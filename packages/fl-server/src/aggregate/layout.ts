/**
 * How the elements of a model lie in segments of memory: the same for all updates of one model, so that any number of them
 * can be read side by side.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, byteLengthOf, type TensorSpec } from "@dsail/fl-protocol";

/** A part of a tensor that lies in one segment. */
export interface Piece {
  /** Which of the specs. */
  readonly tensorIndex: number;
  /** Its first element, counted within the tensor. */
  readonly start: number;
  readonly count: number;
  /** Where it begins in its segment; aligned to 8 bytes. */
  readonly position: number;
  readonly byteLength: number;
}

/** All elements of a model in segments. */
export interface Layout {
  readonly specs: readonly TensorSpec[];
  /** The pieces of each segment, in order. Tensors without elements have none. */
  readonly segments: readonly (readonly Piece[])[];
  readonly segmentBytes: number;
}

/** A segment and what is computed from it stay in the cache of a core. A multiple of every element's size. */
const SEGMENT_BYTES = 256 * 1024;

/** What typed arrays of the widest numbers ask for. */
const ALIGNMENT = 8;

/** Lays out a model. */
export function layoutOf(
  specs: readonly TensorSpec[],
  segmentBytes: number = Math.min(SEGMENT_BYTES, bytesOfAll(specs)),
): Layout {
  const segments: Piece[][] = [];
  // Full: the first piece opens a segment.
  let position = segmentBytes;
  for (const [tensorIndex, spec] of specs.entries()) {
    const elementBytes = BYTES_PER_ELEMENT[spec.dtype];
    const total = byteLengthOf(spec);
    for (let done = 0; done < total; ) {
      position = Math.ceil(position / ALIGNMENT) * ALIGNMENT;
      if (segmentBytes - position < elementBytes) {
        segments.push([]);
        position = 0;
      }
      const room = segmentBytes - position;
      const byteLength = Math.min(total - done, room - (room % elementBytes));
      const [start, count] = [done / elementBytes, byteLength / elementBytes];
      segments.at(-1)!.push({ tensorIndex, start, count, position, byteLength });
      done += byteLength;
      position += byteLength;
    }
  }
  return { specs, segments, segmentBytes };
}

/** Where a model is small, so is its segment: there may be a thousand clients. A multiple of every element's size. */
function bytesOfAll(specs: readonly TensorSpec[]): number {
  const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  const total = specs.reduce((sum, spec) => sum + aligned(byteLengthOf(spec)), 0);
  return Math.max(16, Math.ceil(total / 16) * 16);
}
