/**
 * What server and client say to each other, as plain data. Names are Flower's.
 *
 * @module
 */
import type { ModelParameters } from "./tensor.js";

/**
 * A value of a config or of metrics, of exactly one of the types of the wire: `number` is a double, `bigint` an integer
 * (−2^63 to 2^64 − 1).
 */
export type Scalar = boolean | number | bigint | string | Uint8Array;

/** Configs, metrics and properties. Of no prototype when they came from outside. */
export type Scalars = Readonly<Record<string, Scalar>>;

interface OfRun {
  /** Unique in the run, and the same when it is sent again: a client answers it once. */
  readonly id: string;
  /** From 1; 0 before the first one; undefined where the wire does not tell. */
  readonly round?: number;
}

/** What the server asks of a client. */
export type Instruction =
  | (OfRun & { readonly kind: "getProperties"; readonly config: Scalars })
  | (OfRun & { readonly kind: "getParameters"; readonly config: Scalars })
  | FitInstruction
  | EvaluateInstruction;

/** Train on this site's data, beginning with these parameters. */
export interface FitInstruction extends OfRun {
  readonly kind: "fit";
  readonly parameters: ModelParameters;
  readonly config: Scalars;
}

/** Tell how good these parameters are on this site's data. */
export interface EvaluateInstruction extends OfRun {
  readonly kind: "evaluate";
  readonly parameters: ModelParameters;
  readonly config: Scalars;
}

/**
 * What a client answers. `P` is {@link ModelParameters} where it is made, and a {@link ParameterSource} where it arrives.
 */
export type Reply<P> =
  | { readonly kind: "getProperties"; readonly properties: Scalars }
  | { readonly kind: "getParameters"; readonly parameters: P }
  | FitReply<P>
  | EvaluateReply
  | FailureReply;

export interface FitReply<P> {
  readonly kind: "fit";
  readonly parameters: P;
  /** How many examples the result stands for, 0 or more: its weight. */
  readonly numExamples: number;
  readonly metrics: Scalars;
}

export interface EvaluateReply {
  readonly kind: "evaluate";
  readonly loss: number;
  /** How many examples were looked at, 0 or more. */
  readonly numExamples: number;
  readonly metrics: Scalars;
}

/** Nothing came of it; the client goes on. */
export interface FailureReply {
  readonly kind: "failure";
  readonly code: "NOT_IMPLEMENTED" | "FAILED" | "POLICY";
  /** Without values, for the log of the server. */
  readonly message: string;
}
