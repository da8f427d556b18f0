/**
 * All rounds of a run, one after the other.
 *
 * @module
 */
import {
  assertFinite,
  assertSameStructure,
  isFlError,
  type ModelParameters,
} from "@dsail/fl-protocol";
import type { Scratch } from "./aggregate/scratch.js";
import type { Spool } from "./aggregate/spool.js";
import { assertCheckpointable, writeCheckpoint } from "./checkpoint.js";
import { assertNotAborted, type ClientRegistry } from "./clients.js";
import { type CentralRecord, finiteOrNull, type History, metricValuesOf } from "./history.js";
import { askForParameters } from "./initial-parameters.js";
import { createRandom } from "./random.js";
import { evaluateRound, type RoundOptions, trainRound } from "./round.js";
import type { ModelSaver } from "./save-model.js";
import type { ServerEvent } from "./server-event.js";
import type { ResolvedServerOptions } from "./server-options.js";
import type { RoundContext, StrategyState } from "./strategy.js";

/** How far a run is. Changes whole: between two rounds it is what a checkpoint has. */
interface Progress {
  readonly parameters?: ModelParameters;
  readonly state: StrategyState;
  readonly history: History;
}

/** A run under way. */
export interface Run {
  readonly runId: string;
  readonly seed: number;
  readonly options: ResolvedServerOptions;
  readonly registry: ClientRegistry;
  readonly spool: Spool;
  readonly scratch: Scratch;
  readonly saver: ModelSaver | undefined;
  readonly signal: AbortSignal;
  readonly tell: (event: ServerEvent) => void;
  progress: Progress;
}

/** A round that is tried. */
interface Attempt {
  readonly round: number;
  readonly attempt: number;
}

/**
 * Runs all rounds that are not done yet. What is done is in `run.progress`, however this ends.
 *
 * @throws {@link FlError} `ABORTED`, and whatever ended the run
 */
export async function runRounds(run: Run): Promise<void> {
  const { options } = run;
  await saveMissing(run);
  while (roundsOf(run) < options.numRounds) {
    const round = roundsOf(run) + 1;
    for (let attempt = 1; ; attempt++) {
      try {
        await runRound(run, { round, attempt });
        break;
      } catch (error) {
        assertNotAborted(run.signal);
        // What others throw is an error of a program, or a budget that is spent: trying again would not help.
        if (!isFlError(error) || error.code === "BAD_CONFIG") throw error;
        const { code, message } = error;
        const isRetried = options.onRoundFailure === "retry" && attempt <= options.maxRoundRetries;
        run.tell({ kind: "roundFailed", round, attempt, code, message, isRetried });
        if (!isRetried) throw error;
      }
    }
  }
}

const roundsOf = ({ progress }: Run) => progress.history.rounds.at(-1)?.round ?? 0;

async function runRound(run: Run, { round, attempt }: Attempt): Promise<void> {
  const { options, registry, signal, tell, runId } = run;
  const { strategy, waitForClientsTimeoutMs: timeoutMs } = options;
  await registry.waitFor(strategy.minAvailableClients, { timeoutMs, signal });
  const begun = performance.now();
  const parameters = run.progress.parameters ?? (await initialize(run));
  const contextOf = (hook: string, model: ModelParameters, state: StrategyState): RoundContext => ({
    round,
    parameters: model,
    state,
    clients: registry.ids(),
    // Another choice when a round is tried again: whom it failed of may have been in the first.
    random: createRandom(run.seed, round, hook, attempt),
  });
  const own: RoundOptions = {
    ...{ strategy, registry, signal, tell, runId, attempt },
    spool: run.spool,
    scratch: run.scratch,
    timeoutMs: options.roundTimeoutMs,
    limits: options.updateLimits ?? {},
  };

  const before = contextOf("fit", parameters, run.progress.state);
  const trained = await trainRound(before, own);
  const { parameters: next, state } = trained;
  assertModel(next, parameters, round);
  const central = await evaluateCentrally(run, round, next);
  const evaluate = await evaluateRound(contextOf("evaluate", next, state), own);
  const record = {
    round,
    attempts: attempt,
    fit: trained.participation,
    ...(evaluate !== undefined && { evaluate }),
    ...(central !== undefined && { central }),
    ...(trained.privacy !== undefined && { privacy: trained.privacy }),
  };
  const { history } = run.progress;
  const rounds = [...history.rounds, record];
  await keep(run, { parameters: next, state, history: { ...history, rounds } });
  const milliseconds = performance.now() - begun;
  tell({ kind: "roundFinished", record, milliseconds });
}

/** A step of the server may overflow; a strategy of somebody's own may return anything. */
function assertModel(next: ModelParameters, before: ModelParameters, round: number): void {
  assertSameStructure(next, before, { round });
  assertFinite(next, { round });
}

async function initialize(run: Run): Promise<ModelParameters> {
  const { options, registry, signal, tell, runId } = run;
  const { strategy, limits, roundTimeoutMs: timeoutMs } = options;
  const given = strategy.initialParameters;
  const asked =
    given === undefined
      ? await askForParameters(runId, { registry, signal, tell, round: 0, timeoutMs, limits })
      : undefined;
  const parameters = given ?? asked!.parameters;
  assertFinite(parameters);
  if (options.checkpoint !== undefined || run.saver !== undefined) assertCheckpointable(parameters);
  const from = { ...(asked !== undefined && { clientId: asked.clientId }) };
  tell({ kind: "initialized", ...from, tensors: parameters.length });
  const initial = await evaluateCentrally(run, 0, parameters);
  const { history } = run.progress;
  run.progress = {
    ...run.progress,
    parameters,
    history: { ...history, ...(initial !== undefined && { initial }) },
  };
  return parameters;
}

async function evaluateCentrally(
  { options }: Run,
  round: number,
  parameters: ModelParameters,
): Promise<CentralRecord | undefined> {
  const found = await options.strategy.evaluate?.(round, parameters);
  if (found === undefined) return undefined;
  return { loss: finiteOrNull(found.loss), metrics: metricValuesOf(found.metrics ?? {}) };
}

/** Makes a round the last one that is done: first what a restart needs, then what is for people. */
async function keep(run: Run, progress: Progress & { parameters: ModelParameters }): Promise<void> {
  const { options, runId, seed, tell } = run;
  const { checkpoint, strategy } = options;
  const round = progress.history.rounds.at(-1)!.round;
  if (checkpoint !== undefined) {
    await writeCheckpoint(checkpoint.folder, { runId, seed, round, strategy, ...progress });
    tell({ kind: "checkpointSaved", round });
  }
  run.progress = progress;
  await save(run);
}

async function save({ saver, progress, tell }: Run): Promise<void> {
  const { parameters, history } = progress;
  if (saver === undefined || parameters === undefined) return;
  const isBest = await saver.save(parameters, history);
  tell({ kind: "modelSaved", round: history.rounds.at(-1)!.round, isBest });
}

/** After a resume: the process may have ended between the checkpoint and the files of the round. */
async function saveMissing(run: Run): Promise<void> {
  const round = roundsOf(run);
  if (round > 0 && run.saver !== undefined && !(await run.saver.has(round))) await save(run);
}
