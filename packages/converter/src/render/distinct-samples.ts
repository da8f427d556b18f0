/**
 * Which values an image has: what is the same for equal values needs to be computed only once for each of them.
 *
 * @module
 */
import type { Samples } from "@dsail/dicom-core/pixel-data";

/** Values that 16 bits can have. */
const TABLE_LENGTH = 0x10000;

/** The values of an image, and what becomes of them. */
export interface DistinctSamples {
  /** Each value that occurs once, ascending; of the type of the samples. */
  readonly values: Samples;
  /** An image with the output of each sample, given the output of each value. */
  readonly spread: <Output extends Uint8Array | Uint16Array>(outputs: Output) => Output;
}

/** Finds the values that occur. Undefined if samples have more than 16 bits, or are fewer than the work is worth. */
export function distinctSamples(samples: Samples): DistinctSamples | undefined {
  const isSmall = samples.BYTES_PER_ELEMENT <= 2;
  if (!isSmall || samples.length < 1024) return undefined;
  // As unsigned numbers, so that they are indices: adding nothing to, or the sign bit taken for a bit like others.
  const indices = asUnsigned(samples as Uint8Array | Int8Array | Uint16Array | Int16Array);
  const isThere = new Uint8Array(TABLE_LENGTH);
  for (let i = 0; i < indices.length; i++) isThere[indices[i] as number] = 1;
  const found: number[] = [];
  for (let index = 0; index < TABLE_LENGTH; index++) if (isThere[index] === 1) found.push(index);
  const unsigned = (indices.constructor as typeof Uint16Array).from(found);
  const values = new (samples.constructor as typeof Uint16Array)(unsigned.buffer);
  return {
    values,
    spread: (outputs) => {
      const empty = outputs.constructor as new (length: number) => typeof outputs;
      const table = new empty(TABLE_LENGTH);
      for (let i = 0; i < found.length; i++) table[found[i] as number] = outputs[i] as number;
      const pixels = new empty(indices.length);
      for (let i = 0; i < pixels.length; i++) pixels[i] = table[indices[i] as number] as number;
      return pixels;
    },
  };
}

function asUnsigned(
  samples: Uint8Array | Int8Array | Uint16Array | Int16Array,
): Uint8Array | Uint16Array {
  const { buffer, byteOffset, length } = samples;
  return samples.BYTES_PER_ELEMENT === 1
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint16Array(buffer, byteOffset, length);
}
