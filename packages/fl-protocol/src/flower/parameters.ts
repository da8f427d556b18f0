/**
 * `Parameters { repeated bytes tensors = 1; string tensor_type = 2 }`: every tensor a whole npy file, in the order of the
 * model, without names.
 *
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import { npyHeader } from "../npy-header.js";
import type { ModelParameters } from "../tensor.js";
import { bytesOfTensor } from "../tensor-bytes.js";
import { delimited, fieldsOf } from "./fields.js";
import { fieldOf, joined, type Pieces, piecesOf } from "./pieces.js";

const TENSORS = 1;
const TENSOR_TYPE = 2;

/** What all of Flower writes, and none of it looks at. */
const TYPE = piecesOf([
  new BinaryWriter().tag(TENSOR_TYPE, WireType.LengthDelimited).string("numpy.ndarray").finish(),
]);

/**
 * The message as headers and views of the tensors' data.
 *
 * @throws {@link FlError} `BAD_TENSOR` for bfloat16, which npy doesn't know
 */
export function encodeParameters(parameters: ModelParameters): Pieces {
  const tensors = parameters.map((tensor) =>
    fieldOf(TENSORS, piecesOf([npyHeader(tensor), bytesOfTensor(tensor)])),
  );
  return joined([...tensors, TYPE]);
}

/**
 * The npy files in a message, as views.
 *
 * @throws {@link FlError} `LIMIT_EXCEEDED`
 */
export function decodeParameters(
  message: Uint8Array,
  { maxTensors }: Required<Limits>,
): readonly Uint8Array[] {
  const files: Uint8Array[] = [];
  // tensor_type is not read: what is no npy shows.
  for (const { tag, reader } of fieldsOf(message)) {
    if (tag !== delimited(TENSORS)) continue;
    if (files.length >= maxTensors) {
      throw new FlError("LIMIT_EXCEEDED", `more than ${maxTensors} tensors`);
    }
    files.push(reader.bytes());
  }
  return files;
}
