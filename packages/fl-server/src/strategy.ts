/**
 * What a strategy is: plain data, and four hooks that tell from what they are given, and from nothing else, what is asked
 * of whom and what becomes of the answers.
 *
 * @module
 */
import type { ModelParameters, Scalars } from "@dsail/fl-protocol";
import type { ReceivedUpdate } from "./aggregate/received-update.js";
import type { Zeros } from "./aggregate/scratch.js";

/** Plain data, the same as its JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** What a strategy remembers from round to round (momentum, a clipping norm). Part of a checkpoint. */
export interface StrategyState {
  readonly values?: JsonObject;
  /** Of names that are unique. */
  readonly tensors?: ModelParameters;
}

/** What a hook knows. */
export interface RoundContext {
  /** From 1. */
  readonly round: number;
  /** The global model. */
  readonly parameters: ModelParameters;
  /** What the strategy returned last; empty before the first round. */
  readonly state: StrategyState;
  /** Ids of the clients that are connected, sorted. */
  readonly clients: readonly string[];
  /** Numbers in [0, 1), the same for the same seed of the run, round and hook. For sampling; no source of noise. */
  readonly random: () => number;
}

/** What one client is asked. */
export interface ClientPlan {
  readonly clientId: string;
  readonly config: Scalars;
}

/** A client of which nothing came that counts. */
export interface ClientFailure {
  readonly clientId: string;
  /** A code of an `FlError`. */
  readonly code: string;
  /** Without values. */
  readonly message: string;
}

/** A result of training that was found in order. */
export interface FitResult {
  readonly clientId: string;
  readonly numExamples: number;
  readonly metrics: Scalars;
  readonly update: ReceivedUpdate;
}

/** A result whose update was used. */
export type FoldedResult = Omit<FitResult, "update">;

/** What the clients answered, as it arrives. */
export interface FitReplies {
  /**
   * In the order of client ids, whatever that of arrival; each comes when all before it have come or failed. To be read
   * once. An update that is released when it was used makes room for others.
   */
  readonly results: AsyncIterable<FitResult>;
  /** Those who failed so far; all of them when `results` has ended. */
  readonly failures: () => readonly ClientFailure[];
  /** Arrays of zeros, for sums: the server's again when the round has ended. Default: memory of their own. */
  readonly zeros?: Zeros;
}

/** What a round of training comes to. */
export interface FitAggregate {
  readonly parameters: ModelParameters;
  readonly state: StrategyState;
  readonly metrics: Scalars;
  /** What the release of `parameters`, and of all before, costs each client. */
  readonly privacy?: PrivacySpent;
}

/** Privacy of clients as units, so far. */
export interface PrivacySpent {
  /** An upper bound; `null` if there is none. */
  readonly epsilon: number | null;
  readonly delta: number;
  /** The bound on each update in this round. */
  readonly clippingNorm: number;
}

/** A result of evaluation. */
export interface EvaluateResult {
  readonly clientId: string;
  readonly loss: number;
  readonly numExamples: number;
  readonly metrics: Scalars;
}

/** What evaluation comes to. */
export interface EvaluateAggregate {
  readonly loss: number;
  readonly metrics: Scalars;
}

/** What the server itself finds, on data of its own. */
export interface CentralEvaluation {
  readonly loss: number;
  readonly metrics?: Scalars;
}

type Awaitable<T> = T | Promise<T>;

/** How a federation learns. Made by `fedAvg` and its kin. */
export interface Strategy {
  /** As in a command line: `fed-avg`. */
  readonly name: string;
  /** All that shapes the result and can be written down: a checkpoint of other options is refused. */
  readonly options: JsonObject;
  /** How many clients have to be connected before a round begins. */
  readonly minAvailableClients: number;
  /** Default: asked from one client. */
  readonly initialParameters?: ModelParameters;
  /** @throws {@link FlError} `TOO_FEW_RESULTS` if there are fewer clients than are needed */
  readonly configureFit: (context: RoundContext) => Awaitable<readonly ClientPlan[]>;
  /**
   * Refuses a reply before its parameters are read: for metrics that the strategy needs.
   *
   * @throws {@link FlError}; the client has failed then
   */
  readonly checkFit?: (reply: FoldedResult, context: RoundContext) => void;
  /** @throws {@link FlError} `TOO_FEW_RESULTS`: the round fails, and the model stays as it was */
  readonly aggregateFit: (context: RoundContext, replies: FitReplies) => Promise<FitAggregate>;
  /**
   * No plan at all: nobody is to evaluate in this round.
   *
   * @throws {@link FlError} `TOO_FEW_RESULTS`: nobody can
   */
  readonly configureEvaluate: (context: RoundContext) => Awaitable<readonly ClientPlan[]>;
  /** @throws {@link FlError} `TOO_FEW_RESULTS`: the round has no loss */
  readonly aggregateEvaluate: (
    context: RoundContext,
    results: readonly EvaluateResult[],
    failures: readonly ClientFailure[],
  ) => Awaitable<EvaluateAggregate>;
  /** Evaluates at the server: before the first round (0), and after each. */
  readonly evaluate?: (
    round: number,
    parameters: ModelParameters,
  ) => Awaitable<CentralEvaluation | undefined>;
  /** Of strategies that take a weighted mean. Wrappers for privacy need it, and put another mean in its place. */
  readonly mean?: MeanRule;
}

/** A strategy without its mean: what comes before it, and after it. */
export interface MeanRule {
  /** @throws {@link FlError} `TOO_FEW_RESULTS` */
  readonly assertEnough: (
    results: readonly FoldedResult[],
    failures: readonly ClientFailure[],
    round: number,
  ) => void;
  readonly metricsOf: (results: readonly FoldedResult[]) => Scalars;
  readonly serverStep: ServerStep;
}

/** From a mean of updates to the next model. */
export type ServerStep = (
  context: Pick<RoundContext, "round" | "parameters" | "state">,
  mean: ModelParameters,
) => Pick<FitAggregate, "parameters" | "state">;
