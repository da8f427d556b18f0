/**
 * What server and client of a federation say to each other, and how it travels.
 *
 * @module
 */

export { type ChunkOrder, createChunkOrder } from "./chunk-order.js";
export { chunksOfBytes } from "./chunks-of-bytes.js";
export { collectParameters } from "./collect-parameters.js";
export { FlError, type FlErrorCode, type FlErrorOptions, isFlError } from "./errors.js";
export { fingerprintOf } from "./fingerprint.js";
export { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from "./half.js";
export {
  createInMemoryTransport,
  type InMemoryTransport,
  type InMemoryTransportOptions,
} from "./in-memory-transport.js";
export { DEFAULT_LIMITS, type Limits } from "./limits.js";
export type {
  EvaluateInstruction,
  EvaluateReply,
  FailureReply,
  FitInstruction,
  FitReply,
  Instruction,
  Reply,
  Scalar,
  Scalars,
} from "./message.js";
export { decodeNpy, encodeNpy, type NpyOptions } from "./npy.js";
export { npyHeader } from "./npy-header.js";
export { type NpzOptions, npzChunks, readNpz, writeNpz } from "./npz.js";
export type { ParameterChunk, ParameterSource } from "./parameter-source.js";
export { assertWithinLimits, byteLengthWithin, limitsOf } from "./resolve-limits.js";
export {
  readSafetensors,
  type SafetensorsFile,
  type SafetensorsSource,
  safetensorsSource,
  writeSafetensors,
} from "./safetensors.js";
export { type SafetensorsMetadata, safetensorsHeader } from "./safetensors-header.js";
export { scalarsOf } from "./scalars.js";
export { readableOnce, sourceOf } from "./source-of.js";
export { assertSameStructure, type StructureOptions } from "./structure.js";
export {
  BYTES_PER_ELEMENT,
  byteLengthOf,
  type DataOfDtype,
  type Dtype,
  elementCount,
  type ModelParameters,
  type NamedTensor,
  specsOf,
  type TensorSpec,
} from "./tensor.js";
export { bytesOfTensor, tensorOfBytes } from "./tensor-bytes.js";
export type {
  ClientConnection,
  ClientRunOptions,
  ClientTransport,
  Listening,
  RequestOptions,
  ServerTransport,
  ServerTransportEvents,
  SessionEnd,
} from "./transport.js";
export { l2NormOf } from "./update-norm.js";
export {
  assertFinite,
  assertNumExamples,
  assertUpdate,
  checkedSource,
  type ExpectedParameters,
  type UpdateRules,
} from "./validate-update.js";
