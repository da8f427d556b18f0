/**
 * The npy files of a message as tensors `0`, `1`, … within its memory.
 *
 * @module
 */
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import { decodeNpy } from "../npy.js";
import { readNpyHeader } from "../npy-header.js";
import type { ParameterSource } from "../parameter-source.js";
import { assertWithinLimits } from "../resolve-limits.js";
import { sourceOf } from "../source-of.js";
import { type ModelParameters, type NamedTensor, specsOf } from "../tensor.js";
import { bytesPerNumber, tensorOfBytes } from "../tensor-bytes.js";

/**
 * The tensors. **Changes the files**: elements are moved to where they are aligned, so that nothing has to be copied but
 * what is not little-endian and row-major.
 *
 * @throws {@link FlError} `BAD_TENSOR`, `LIMIT_EXCEEDED`
 */
export function tensorsOfFiles(
  files: readonly Uint8Array[],
  limits: Required<Limits>,
): ModelParameters {
  const parameters = files.map((file, i) => tensorOfFile(file, String(i), limits));
  assertWithinLimits(specsOf(parameters), limits);
  return parameters;
}

function tensorOfFile(file: Uint8Array, name: string, limits: Required<Limits>): NamedTensor {
  const header = readNpyHeader(file, name, limits);
  const isPlain = header !== undefined && !header.isFortranOrder && !header.isBigEndian;
  // What is broken, or in another order, goes the long way.
  if (!isPlain || file.length !== header.dataOffset + header.dataLength) {
    return decodeNpy(file, { name, limits });
  }
  const { spec, dataOffset, dataLength } = header;
  // In a message of protobuf files begin anywhere. A header has more bytes before the elements than they move (7).
  const start = dataOffset - ((file.byteOffset + dataOffset) % bytesPerNumber(spec.dtype));
  file.copyWithin(start, dataOffset);
  return tensorOfBytes(spec, file.subarray(start, start + dataLength));
}

/**
 * The tensors as a source that lets go of the memory as soon as it is read, or given up, even while something still holds
 * the answer it came with.
 *
 * @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED`
 */
export function sourceOfFiles(
  files: readonly Uint8Array[],
  limits: Required<Limits>,
): ParameterSource {
  let parameters: ModelParameters | undefined = tensorsOfMessage(files, limits);
  return {
    specs: specsOf(parameters),
    chunks: () => {
      if (parameters === undefined) throw new Error("chunks: a source can be read once only");
      const { chunks } = sourceOf(parameters);
      parameters = undefined;
      return chunks();
    },
  };
}

/**
 * As {@link tensorsOfFiles}, for whoever waits for a message.
 *
 * @throws {@link FlError} `BAD_MESSAGE`, `LIMIT_EXCEEDED`
 */
export function tensorsOfMessage(
  files: readonly Uint8Array[],
  limits: Required<Limits>,
): ModelParameters {
  try {
    return tensorsOfFiles(files, limits);
  } catch (error) {
    if (!(error instanceof FlError) || error.code !== "BAD_TENSOR") throw error;
    throw new FlError("BAD_MESSAGE", error.message, { cause: error });
  }
}
