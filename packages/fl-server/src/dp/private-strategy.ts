/**
 * Strategies whose mean is private, a client with all its data being the unit (McMahan et al. 2018, arXiv:1710.06963): each
 * update is clipped at the server, whatever its client did; all count the same; the sum gets noise of the operating
 * system's randomness, and is divided by the clients expected, not by those that came.
 *
 * What is accounted is that each client took part in each round: a sample of fixed size is not the one that the
 * amplification by sampling is proven for. Nothing but the model is covered: metrics, losses and numbers of examples are
 * as the clients tell them.
 *
 * @module
 */
import {
  type Accountant,
  composed,
  type DpEvent,
  type RandomSource,
  rdpAccountant,
  repeated,
} from "@dsail/dp";
import type { LedgerFile } from "@dsail/dp/node";
import { FlError } from "@dsail/fl-protocol";
import { foldResults } from "../strategies/fold-results.js";
import type {
  FoldedResult,
  JsonObject,
  MeanRule,
  PrivacySpent,
  RoundContext,
  Strategy,
  StrategyState,
} from "../strategy.js";
import { type ClippedSum, createClippedSum } from "./clipped-sum.js";

/** What all wrappers may be told. */
export interface PrivacyOptions {
  /** Standard deviation of the noise over the clipping norm. 0: none, and no privacy. */
  readonly noiseMultiplier: number;
  /** Clients that a round is expected to have: the divisor. Flower's name; 1 or more. */
  readonly numSampledClients: number;
  /**
   * Where each release is written down before it happens (`openLedger` of `@dsail/dp/node`), with its budget; of the unit
   * `client`. Without one what was spent is known to the checkpoint, which a crash can leave behind what was sent.
   */
  readonly ledger?: Pick<LedgerFile, "ledger" | "record" | "spent">;
  /** For the epsilon in the history. Default 1e-5. */
  readonly delta?: number;
  /** Default: Rényi. */
  readonly accountant?: Accountant;
  /** Where noise comes from. Default: the operating system. */
  readonly random?: RandomSource;
}

/** What one wrapper does different from the other. */
export interface PrivacyRule {
  readonly name: string;
  readonly ownOptions: JsonObject;
  readonly initialClippingNorm: number;
  /** The bit of a client: whether its update was within the norm. Default: what the server finds. */
  readonly bitOf?: (result: FoldedResult) => boolean;
  /** Adds noise to the sum and divides it, in place. */
  readonly privatize: (
    sums: readonly Float64Array[],
    clippingNorm: number,
    bits: readonly boolean[],
  ) => { readonly event: DpEvent; readonly nextClippingNorm: number };
}

/** What is remembered beside what the strategy itself does. */
interface PrivacyState {
  readonly clippingNorm: number;
  readonly events: readonly { readonly event: DpEvent; readonly count: number }[];
}

/** @throws {@link FlError} `BAD_CONFIG` for a strategy that does not take a mean, and a ledger of another unit */
export function privateStrategy(
  strategy: Strategy,
  rule: PrivacyRule,
  options: PrivacyOptions,
): Strategy {
  const rest = meanOf(strategy, rule.name);
  assertUnit(options);
  const { noiseMultiplier, numSampledClients } = options;
  const { mean: _, ...others } = strategy;
  return {
    ...others,
    name: `${strategy.name}+${rule.name}`,
    options: {
      ...strategy.options,
      [rule.name]: { ...rule.ownOptions, noiseMultiplier, numSampledClients },
    },
    aggregateFit: async (context, replies) => {
      const { clippingNorm, events } = privacyOf(context, rule);
      const sum = createClippedSum(context.parameters, clippingNorm, replies.zeros);
      const bits: boolean[] = [];
      const results = await foldResults(replies, async ({ update, ...result }) => {
        const found = await sum.add(update);
        bits.push(rule.bitOf?.(result) ?? found);
      });
      rest.assertEnough(results, replies.failures(), context.round);
      const { event, nextClippingNorm } = rule.privatize(sum.sums, clippingNorm, bits);
      options.ledger?.record(event, `round ${context.round}`);
      const after: PrivacyState = { clippingNorm: nextClippingNorm, events: added(events, event) };
      return {
        ...stepOn(context, rest, sum, after),
        metrics: rest.metricsOf(results),
        privacy: spentSoFar(after, clippingNorm, options),
      };
    },
  };
}

/** The clipping norm of a round, for clients that clip themselves. */
export function clippingNormOf(context: Pick<RoundContext, "state">, rule: PrivacyRule): number {
  return privacyOf(context, rule).clippingNorm;
}

function meanOf({ name, mean }: Strategy, wrapper: string): MeanRule {
  if (mean !== undefined) return mean;
  throw new FlError(
    "BAD_CONFIG",
    `${wrapper}: ${name} does not take a mean, whose noise could be told`,
  );
}

function assertUnit({ ledger }: PrivacyOptions): void {
  if (ledger === undefined || ledger.ledger().header.unit === "client") return;
  throw new FlError("BAD_CONFIG", "ledger: expected one whose unit is a client");
}

function privacyOf({ state }: Pick<RoundContext, "state">, rule: PrivacyRule): PrivacyState {
  // Written by `stepOn`; a checkpoint of another strategy was refused before.
  const known = state.values?.["privacy"] as unknown as PrivacyState | undefined;
  return known ?? { clippingNorm: rule.initialClippingNorm, events: [] };
}

/** The strategy's own step from the private mean, and its state beside ours. */
function stepOn(
  { round, parameters, state }: RoundContext,
  { serverStep }: MeanRule,
  sum: ClippedSum,
  privacy: PrivacyState,
) {
  const { values, tensors } = state;
  const own: StrategyState = {
    ...(values?.["strategy"] !== undefined && { values: values["strategy"] as JsonObject }),
    ...(tensors !== undefined && { tensors }),
  };
  const step = serverStep({ round, parameters, state: own }, sum.moved());
  return {
    parameters: step.parameters,
    state: {
      ...step.state,
      values: {
        ...(step.state.values !== undefined && { strategy: step.state.values }),
        privacy: privacy as unknown as JsonObject,
      },
    },
  };
}

function added(events: PrivacyState["events"], event: DpEvent): PrivacyState["events"] {
  const last = events.at(-1);
  const isSame = JSON.stringify(last?.event) === JSON.stringify(event);
  if (last === undefined || !isSame) return [...events, { event, count: 1 }];
  return [...events.slice(0, -1), { event, count: last.count + 1 }];
}

function spentSoFar(
  { events }: PrivacyState,
  clippingNorm: number,
  { ledger, delta = 1e-5, accountant = rdpAccountant() }: PrivacyOptions,
): PrivacySpent {
  const spent =
    ledger?.spent() ?? composed(...events.map(({ event, count }) => repeated(event, count)));
  const { epsilon } = accountant.epsilon(spent, delta, { lowerBound: false });
  return { epsilon: Number.isFinite(epsilon) ? epsilon : null, delta, clippingNorm };
}
