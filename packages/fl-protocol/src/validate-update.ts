/**
 * What a server checks before it lets a result into a mean: the tensors are those agreed on, every number is finite, the
 * weight is one, and the step is not longer than allowed.
 *
 * @module
 */
import { createChunkOrder } from "./chunk-order.js";
import { FlError, type FlErrorOptions } from "./errors.js";
import { areFinite } from "./finite.js";
import type { FitReply } from "./message.js";
import type { ParameterChunk, ParameterSource } from "./parameter-source.js";
import { quoteName } from "./resolve-limits.js";
import { readableOnce } from "./source-of.js";
import { assertSameStructure, type StructureOptions } from "./structure.js";
import type { Dtype, ModelParameters, TensorSpec } from "./tensor.js";
import { assertBools, bytesOfTensor } from "./tensor-bytes.js";
import { l2NormOf } from "./update-norm.js";

/** What was agreed on. */
export interface ExpectedParameters extends StructureOptions {
  readonly specs: readonly TensorSpec[];
}

/** What a result may be. */
export interface UpdateRules extends ExpectedParameters {
  /** The parameters the training began with. */
  readonly reference?: ModelParameters;
  /** The most of {@link l2NormOf} of the parameters and `reference`. Default: no limit. */
  readonly maxNorm?: number;
  /** The most examples that a result may stand for. Default 2^53 − 1. */
  readonly maxNumExamples?: number;
}

/**
 * Asserts that every number is finite. Integers are.
 *
 * @throws {@link FlError} `NOT_FINITE`
 */
export function assertFinite(parameters: ModelParameters, where: FlErrorOptions = {}): void {
  for (const [i, tensor] of parameters.entries()) {
    assertFiniteBytes(bytesOfTensor(tensor), tensor, i, where);
  }
}

/**
 * Asserts that a result of training is as agreed.
 *
 * @throws {@link FlError} `UPDATE_REFUSED` for a number of examples or a norm that is not allowed; `SHAPE_MISMATCH`;
 *   `NOT_FINITE`
 */
export function assertUpdate(reply: FitReply<ModelParameters>, rules: UpdateRules): void {
  const { parameters } = reply;
  assertNumExamples(reply.numExamples, rules);
  assertSameStructure(parameters, rules.specs, rules);
  assertFinite(parameters, rules);
  const { reference, maxNorm = Number.POSITIVE_INFINITY } = rules;
  if (maxNorm === Number.POSITIVE_INFINITY) return;
  const norm = l2NormOf(parameters, reference);
  if (norm <= maxNorm) return;
  throw new FlError(
    "UPDATE_REFUSED",
    `an update of norm ${norm.toPrecision(3)}, ${maxNorm} allowed`,
    rules,
  );
}

/**
 * Asserts that a result's number of examples can be a weight: an integer of 0 to `maxNumExamples`.
 *
 * @throws {@link FlError} `UPDATE_REFUSED`
 */
export function assertNumExamples(
  numExamples: number,
  {
    maxNumExamples = Number.MAX_SAFE_INTEGER,
    ...where
  }: Pick<UpdateRules, "maxNumExamples"> & FlErrorOptions = {},
): void {
  if (Number.isSafeInteger(numExamples) && numExamples >= 0 && numExamples <= maxNumExamples)
    return;
  throw new FlError(
    "UPDATE_REFUSED",
    `a number of examples that is not an integer of 0 to ${maxNumExamples}`,
    where,
  );
}

/**
 * The same source, checked while it is read: the structure now, and of each piece that it is the next one and holds
 * numbers that are finite, and bools that are bools. It is named as `specs` says.
 *
 * @throws {@link FlError} `SHAPE_MISMATCH`; its pieces throw `NOT_FINITE`, `BAD_TENSOR`, `BAD_MESSAGE`, and what the
 *   source throws
 */
export function checkedSource(
  source: ParameterSource,
  expected: ExpectedParameters,
): ParameterSource {
  assertSameStructure(source.specs, expected.specs, expected);
  return readableOnce(expected.specs, () => checkedChunks(source, expected));
}

async function* checkedChunks(
  source: ParameterSource,
  { specs, ...where }: ExpectedParameters,
): AsyncGenerator<ParameterChunk> {
  const order = createChunkOrder(specs, where);
  for await (const chunk of source.chunks()) {
    order.accept(chunk);
    const { tensorIndex, bytes } = chunk;
    if (bytes.length === 0) continue;
    const { name, dtype } = specs[tensorIndex]!;
    if (dtype === "bool") assertBools(bytes, name, where);
    assertFiniteBytes(bytes, { name, dtype }, tensorIndex, where);
    yield chunk;
  }
  order.end();
}

function assertFiniteBytes(
  bytes: Uint8Array,
  { name, dtype }: { readonly name: string; readonly dtype: Dtype },
  index: number,
  where: FlErrorOptions,
): void {
  if (areFinite(bytes, dtype)) return;
  const what = `tensor ${index}, ${quoteName(name)}: a number that is not finite`;
  throw new FlError("NOT_FINITE", what, where);
}
