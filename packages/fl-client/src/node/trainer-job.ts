/**
 * What is said between this thread and one that trains.
 *
 * @module
 */
import {
  byteLengthOf,
  bytesOfTensor,
  FlError,
  type FlErrorCode,
  type Instruction,
  isFlError,
  type ModelParameters,
  type Scalars,
  tensorOfBytes,
} from "@dsail/fl-protocol";
import { nameOf } from "../failure-reply.js";
import type { EvaluateResult, FitResult, TrainerProgress } from "../trainer.js";

/** A call of one of a trainer's functions. */
export interface TrainerCall {
  readonly kind: Instruction["kind"];
  /** Of fit and evaluate. */
  readonly parameters?: ModelParameters;
  readonly config: Scalars;
  readonly round: number | undefined;
}

/** A call, for a thread. */
export interface TrainerJob extends TrainerCall {
  readonly jobId: number;
  /** Whose trainer. */
  readonly client: number;
  /** For `createTrainer`; there only the first time that the thread hears of the client. */
  readonly options?: { readonly value: unknown };
}

/** What a trainer's function gives back. */
export type TrainerResult = ModelParameters | FitResult | EvaluateResult | Scalars;

export type ToWorker = { readonly job: TrainerJob } | { readonly abort: number };

export type FromWorker = { readonly jobId: number } & (
  | { readonly progress: TrainerProgress }
  | { readonly result: TrainerResult }
  | { readonly error: PlainError }
);

/** Of an error as much as the server may be told. */
export interface PlainError {
  readonly name: string;
  /** Of an {@link FlError}. */
  readonly code?: FlErrorCode;
  readonly message?: string;
}

export function plainError(error: unknown): PlainError {
  if (!isFlError(error)) return { name: nameOf(error) };
  return { name: error.name, code: error.code, message: error.message };
}

export function errorOf({ name, code, message }: PlainError): Error {
  if (code !== undefined) return new FlError(code, message ?? "");
  return Object.assign(new Error("a trainer failed in its thread"), { name });
}

/** A copy in memory that threads share. */
export function shareParameters(parameters: ModelParameters): ModelParameters {
  return parameters.map((tensor) => {
    const bytes = new Uint8Array(new SharedArrayBuffer(byteLengthOf(tensor)));
    bytes.set(bytesOfTensor(tensor));
    return tensorOfBytes(tensor, bytes);
  });
}

/** A copy in memory of its own: what is written to it harms nobody, and it can be given away. */
export function copyParameters(parameters: ModelParameters): ModelParameters {
  return parameters.map((tensor) => tensorOfBytes(tensor, new Uint8Array(bytesOfTensor(tensor))));
}

/** The same result with tensors of its own. */
export function copyResult(kind: Instruction["kind"], result: TrainerResult): TrainerResult {
  if (kind === "getParameters") return copyParameters(result as ModelParameters);
  if (kind !== "fit") return result;
  const { parameters, numExamples, metrics } = result as FitResult;
  return { parameters: copyParameters(parameters), numExamples, metrics };
}

/** The memory of a result's tensors, to be handed over instead of copied. */
export function buffersOf(kind: Instruction["kind"], result: TrainerResult): ArrayBuffer[] {
  if (kind !== "getParameters" && kind !== "fit") return [];
  const parameters =
    kind === "fit" ? (result as FitResult).parameters : (result as ModelParameters);
  return parameters.map(({ data }) => data.buffer as ArrayBuffer);
}
