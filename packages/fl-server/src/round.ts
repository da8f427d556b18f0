/**
 * One round: training, then evaluation.
 *
 * @module
 */
import { setMaxListeners } from "node:events";
import {
  assertNumExamples,
  type ClientConnection,
  checkedSource,
  FlError,
  isFlError,
  type ModelParameters,
  specsOf,
  type TensorSpec,
} from "@dsail/fl-protocol";
import { type Layout, layoutOf } from "./aggregate/layout.js";
import type { Scratch } from "./aggregate/scratch.js";
import type { Spool } from "./aggregate/spool.js";
import { updateNorm } from "./aggregate/update-norm.js";
import { type AskOptions, askClients, request } from "./ask-clients.js";
import { assertNotAborted } from "./clients.js";
import { finiteOrNull, metricValuesOf, type Participation, type RoundRecord } from "./history.js";
import type { AskedKind } from "./server-event.js";
import type {
  ClientFailure,
  ClientPlan,
  EvaluateResult,
  FitAggregate,
  FitResult,
  RoundContext,
  Strategy,
} from "./strategy.js";
import { giveUp, watchedSource } from "./watched-source.js";

/** What a result may be. */
export interface UpdateLimits {
  /** The most of the L2 norm of an update's difference to the model. Default: no limit. */
  readonly maxUpdateNorm?: number;
  /** The most examples a result may stand for. Default 2^53 − 1. */
  readonly maxNumExamples?: number;
}

/** What a round needs beside its context. */
export interface RoundOptions extends Omit<AskOptions, "round"> {
  readonly strategy: Strategy;
  readonly spool: Spool;
  readonly scratch: Scratch;
  readonly limits: UpdateLimits;
  readonly runId: string;
  /** From 1. With the run, the round and the client it names an instruction. */
  readonly attempt: number;
}

/** A round's new model, and what is told of it. */
export interface TrainedRound extends FitAggregate {
  readonly participation: Participation;
}

/**
 * Training.
 *
 * @throws {@link FlError} `TOO_FEW_RESULTS`, `ABORTED`; what the strategy throws
 */
export async function trainRound(
  context: RoundContext,
  options: RoundOptions,
): Promise<TrainedRound> {
  const { strategy, tell, attempt } = options;
  const { round } = context;
  const plans = await strategy.configureFit(context);
  assertPlans(plans, context);
  if (plans.length === 0) throw new FlError("TOO_FEW_RESULTS", "no client was chosen", { round });
  tell({ kind: "roundStarted", round, attempt, clients: idsOf(plans) });

  const over = new AbortController();
  const signal = signalForMany([options.signal, over.signal]);
  const layout = layoutOf(specsOf(context.parameters));
  const own = { ...options, round, signal };
  const byId = configsOf(plans);
  const answers = askClients(
    "fit",
    idsOf(plans),
    (connection) => fit(connection, byId, context, layout, own),
    own,
  );
  const results: FitResult[] = [];
  const failures: ClientFailure[] = [];
  try {
    const aggregate = await strategy.aggregateFit(context, {
      results: (async function* () {
        for await (const outcome of answers.inOrder()) {
          assertNotAborted(options.signal);
          if ("failure" in outcome) failures.push(outcome.failure);
          else {
            results.push(outcome.value);
            yield outcome.value;
          }
        }
      })(),
      failures: () => [...failures],
      zeros: options.scratch.zeros,
    });
    assertNotAborted(options.signal);
    const participation = participationOf(results, failures, metricValuesOf(aggregate.metrics));
    return { ...aggregate, participation };
  } finally {
    // Of a round that ends early: what is still under way is of no use, and what has arrived is given up.
    over.abort();
    for (const outcome of await answers.settled()) {
      if ("value" in outcome) outcome.value.update.release();
    }
    for (const { update } of results) update.release();
    options.scratch.takeBack();
  }
}

async function fit(
  connection: ClientConnection,
  configs: ReadonlyMap<string, ClientPlan["config"]>,
  context: RoundContext,
  layout: Layout,
  options: RoundOptions & AskOptions,
): Promise<FitResult> {
  const { strategy, spool, limits } = options;
  const { clientId } = connection;
  const { round, parameters } = context;
  const config = configs.get(clientId)!;
  const id = instructionId("fit", clientId, options);
  const reply = await request(connection, { id, round, kind: "fit", parameters, config }, options);
  const { numExamples, metrics } = reply;
  const where = { clientId, round };
  const maximum =
    limits.maxNumExamples === undefined ? {} : { maxNumExamples: limits.maxNumExamples };
  try {
    assertNumExamples(numExamples, { ...maximum, ...where });
    strategy.checkFit?.({ clientId, numExamples, metrics }, context);
  } catch (error) {
    void giveUp(reply.parameters);
    throw error;
  }
  const source = checkedSource(watchedSource(reply.parameters, { ...options, ...where }), {
    ...where,
    specs: layout.specs,
    ignoreNames: hasStandIns(reply.parameters.specs) || hasStandIns(layout.specs),
  });
  const update = await spool.receive(source, layout);
  try {
    await assertNorm(update, parameters, limits, where);
    return { clientId, numExamples, metrics, update };
  } catch (error) {
    update.release();
    throw error;
  }
}

async function assertNorm(
  update: FitResult["update"],
  parameters: ModelParameters,
  { maxUpdateNorm = Number.POSITIVE_INFINITY }: UpdateLimits,
  where: { readonly clientId: string; readonly round: number },
): Promise<void> {
  if (maxUpdateNorm === Number.POSITIVE_INFINITY) return;
  const norm = await updateNorm(update, parameters);
  if (norm <= maxUpdateNorm) return;
  const what = `an update of norm ${norm.toPrecision(3)}, ${maxUpdateNorm} allowed`;
  throw new FlError("UPDATE_REFUSED", what, where);
}

/**
 * Evaluation by clients, of the model as it is now. Undefined if nobody is asked.
 *
 * @throws {@link FlError} `ABORTED`; what the strategy throws but `TOO_FEW_RESULTS`, of which the record tells
 */
export async function evaluateRound(
  context: RoundContext,
  options: RoundOptions,
): Promise<RoundRecord["evaluate"]> {
  const { strategy, tell } = options;
  const { round, parameters } = context;
  const plans = await tooFewAsUndefined(() => strategy.configureEvaluate(context), context, tell);
  if (plans === undefined || plans.length === 0) return undefined;
  assertPlans(plans, context);
  const own = { ...options, round, signal: signalForMany([options.signal]) };
  const byId = configsOf(plans);
  const ask = async (connection: ClientConnection): Promise<EvaluateResult> => {
    const { clientId } = connection;
    const config = byId.get(clientId)!;
    const id = instructionId("evaluate", clientId, own);
    const reply = await request(
      connection,
      { id, round, kind: "evaluate", parameters, config },
      own,
    );
    assertNumExamples(reply.numExamples, { clientId, round });
    const { loss, numExamples, metrics } = reply;
    if (!Number.isFinite(loss)) {
      throw new FlError("NOT_FINITE", "a loss that is not finite", { clientId, round });
    }
    return { clientId, loss, numExamples, metrics };
  };
  const results: EvaluateResult[] = [];
  const failures: ClientFailure[] = [];
  for await (const outcome of askClients("evaluate", idsOf(plans), ask, own).inOrder()) {
    if ("failure" in outcome) failures.push(outcome.failure);
    else results.push(outcome.value);
  }
  assertNotAborted(options.signal);
  const aggregate = await tooFewAsUndefined(
    () => strategy.aggregateEvaluate(context, results, failures),
    context,
    tell,
  );
  const metrics = metricValuesOf(aggregate?.metrics ?? {});
  const loss = aggregate === undefined ? null : finiteOrNull(aggregate.loss);
  return { ...participationOf(results, failures, metrics), loss };
}

/** An evaluation that too few take part in is told of; the round counts even so. */
async function tooFewAsUndefined<T>(
  hook: () => T | Promise<T>,
  { round }: RoundContext,
  tell: AskOptions["tell"],
): Promise<T | undefined> {
  try {
    return await hook();
  } catch (error) {
    if (!isFlError(error) || error.code !== "TOO_FEW_RESULTS") throw error;
    tell({ kind: "evaluationSkipped", round, message: error.message });
    return undefined;
  }
}

function participationOf(
  results: readonly { readonly clientId: string; readonly numExamples: number }[],
  failures: readonly ClientFailure[],
  metrics: Participation["metrics"],
): Participation {
  return {
    clients: results.map(({ clientId }) => clientId),
    failures,
    numExamples: results.reduce((sum, { numExamples }) => sum + numExamples, 0),
    metrics,
  };
}

/** A signal that all clients of a round listen to: one of the caller's would warn of so many. */
function signalForMany(signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals]);
  setMaxListeners(0, signal);
  return signal;
}

function instructionId(
  kind: AskedKind,
  clientId: string,
  { runId, round, attempt }: Pick<RoundOptions & AskOptions, "runId" | "round" | "attempt">,
): string {
  return `${runId}/${round}/${attempt}/${kind}/${clientId}`;
}

const idsOf = (plans: readonly ClientPlan[]) => plans.map(({ clientId }) => clientId).sort();

const configsOf = (plans: readonly ClientPlan[]) =>
  new Map(plans.map(({ clientId, config }) => [clientId, config]));

/** @throws {@link RangeError} for a plan that asks a client twice, or one that is not there: an error of the strategy */
function assertPlans(plans: readonly ClientPlan[], { clients }: RoundContext): void {
  const known = new Set(clients);
  for (const { clientId } of plans) {
    if (!known.delete(clientId)) {
      throw new RangeError("plans: expected each client once, of those that are connected");
    }
  }
}

/** Whether tensors are named by their place, as of a wire that has no names. */
function hasStandIns(specs: readonly TensorSpec[]): boolean {
  return specs.every(({ name }, i) => name === String(i));
}
