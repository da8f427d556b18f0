/**
 * What a site lets leave, and whom it works for: a file that the hospital owns. No job, server or trainer can widen it.
 *
 * @module
 */
import type { Dtype, Instruction } from "@dsail/fl-protocol";

/** Kinds of scalars: `number` is a double, `integer` a BigInt. */
export type ScalarType = "boolean" | "number" | "integer" | "text" | "bytes";

/** A server that the site works for. */
export interface ServerRule {
  /** `host:port`, or the name that the program gives its transport; compared without case. */
  readonly address: string;
  /** The transport's name, such as `native` or `flower-grpc`. Default: any. */
  readonly transport?: string;
}

/** Tensors that may leave. */
export interface TensorRule {
  /** A name, or a pattern in which `*` stands for any characters, also none. */
  readonly name: string;
  /** Default: the floating-point ones, `float16`, `bfloat16`, `float32`, `float64`. */
  readonly dtypes?: readonly Dtype[];
  /** Each a shape, in which `"*"` stands for any size. Default: any shape. */
  readonly shapes?: readonly (readonly (number | "*")[])[];
}

/** Scalars that may pass: metrics and properties out, configs in. */
export interface ScalarRule {
  /** A name, or a pattern in which `*` stands for any characters, also none. */
  readonly name: string;
  /** Default: boolean, number, integer. Texts and bytes can hold anything, records too: they have to be named. */
  readonly types?: readonly ScalarType[];
  /** The least that a number may be. */
  readonly minimum?: number;
  /** The most that a number may be. */
  readonly maximum?: number;
}

/** A policy as it is written. */
export interface SitePolicy {
  /** Of this format: 1. */
  readonly version: 1;
  readonly servers: readonly ServerRule[];
  /** What a server may ask for. Default: getParameters, fit and evaluate. */
  readonly instructions?: readonly Instruction["kind"][];
  /** What a server may set. Default: nothing, so that an instruction with any config is refused. */
  readonly config?: readonly ScalarRule[];
  /** Tensors that may leave: each has to fit one of the rules. */
  readonly tensors: readonly TensorRule[];
  /** Whether a fit has to give back the dtypes and shapes that it was given, and no tensor more. Default true. */
  readonly sameStructure?: boolean;
  /** The most bytes of one reply, its tensors, names and scalars. Default 256 MiB. */
  readonly maxBytes?: number;
  /** The fewest examples that a result of fit or evaluate may stand for. Default 100. */
  readonly minExamples?: number;
  /** The most results of fit that may leave, in all, over restarts. Default 100. */
  readonly maxRounds?: number;
  /** The most results of evaluate that may leave, in all, over restarts. Default 1,000. */
  readonly maxEvaluations?: number;
  /** The most replies to getParameters that may leave, in all, over restarts: a trained model is one too. Default 10. */
  readonly maxParameterRequests?: number;
  /** Metrics that may leave. Default: none. (The loss of an evaluation is no metric: it goes with `evaluate`.) */
  readonly metrics?: readonly ScalarRule[];
  /** Properties that may leave. Default: none. */
  readonly properties?: readonly ScalarRule[];
  /** What becomes of a result with a metric or property that may not leave. Default `refuse`. */
  readonly unlistedScalars?: "refuse" | "drop";
  /** Where replies are counted, relative to the policy's file. Default: that file's name and `.releases.jsonl`. */
  readonly stateFile?: string;
}

/** Names of rules, as refusals tell them: part of the API (semver). */
export type PolicyRule =
  | "servers"
  | "instructions"
  | "config"
  | "tensors"
  | "sameStructure"
  | "maxBytes"
  | "minExamples"
  | "maxRounds"
  | "maxEvaluations"
  | "maxParameterRequests"
  | "metrics"
  | "properties"
  /** What has left could not be counted. */
  | "stateFile";

/** Something that the site does not do, or let leave. */
export interface Refusal {
  /** Of the policy, or `hook:` and the name of one. */
  readonly rule: PolicyRule | `hook:${string}`;
  /** In full, without values: for the site alone. */
  readonly detail: string;
}

/** Fields that have a default. */
type Defaulted = Exclude<keyof SitePolicy, "version" | "servers" | "tensors" | "stateFile">;

/** The default of each field that has one. */
export const DEFAULT_POLICY: Required<Pick<SitePolicy, Defaulted>> = {
  instructions: ["getParameters", "fit", "evaluate"],
  config: [],
  sameStructure: true,
  maxBytes: 256 * 2 ** 20,
  minExamples: 100,
  maxRounds: 100,
  maxEvaluations: 1000,
  maxParameterRequests: 10,
  metrics: [],
  properties: [],
  unlistedScalars: "refuse",
};

/** A policy with its defaults. */
export type CompletePolicy = SitePolicy & Required<Pick<SitePolicy, Defaulted>>;

/** A copy with its defaults, that nothing can change any more. */
export function completePolicy(policy: SitePolicy): CompletePolicy {
  return deepFreeze(structuredClone({ ...DEFAULT_POLICY, ...policy }));
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
