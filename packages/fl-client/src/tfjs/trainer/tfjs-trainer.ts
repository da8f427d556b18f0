/**
 * A trainer on TensorFlow.js: a model and a site's images.
 *
 * @module
 */
import type { DpEvent } from "@dsail/dp";
import { assertFinite, FlError, type ModelParameters, type Scalars } from "@dsail/fl-protocol";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageDataset } from "../../data/image-dataset.js";
import { scalarMetrics } from "../../metrics/scalar-metrics.js";
import { seededRandom } from "../../seeded-random.js";
import type { FitResult, Trainer, TrainerContext } from "../../trainer.js";
import type { ModelState } from "../layers/module.js";
import type { Learner } from "../training/learner.js";
import type { TrainingPhase } from "../training/training-plan.js";
import { initializeState } from "../weights/initialize-state.js";
import { parametersOfState, stateOfParameters } from "../weights/state-of-parameters.js";
import { assertTrainerOptions } from "./assert-trainer-options.js";
import { createEarlyStopping } from "./early-stopping.js";
import { epochBatches, stepsPerEpoch } from "./epoch-batches.js";
import { secondsOfStep } from "./estimate-time.js";
import { type DatasetEvaluation, evaluateDataset } from "./evaluate-dataset.js";
import { type FitSettings, fitSettings, planOf } from "./fit-settings.js";
import { learnerOf } from "./learner-of.js";
import { openPrivacyAccount } from "./privacy-account.js";
import { type RoundProgress, roundCheckpoint } from "./round-checkpoint.js";
import { roundWork } from "./round-work.js";
import { trainEpoch } from "./train-epoch.js";
import type { EpochRecord } from "./trainer-event.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

/** A trainer, and the memory it holds. */
export interface TfjsTrainer extends Trainer {
  /** Frees its tensors. Nothing of it may be called afterwards. */
  readonly dispose: () => void;
}

/** Apart from what else a seed is used for. */
const FIRST_WEIGHTS = 1;

/**
 * Makes a trainer. A backend has to have been chosen (`selectBackend`).
 *
 * `fit` trains on `train`, and tells how many images there are; without privacy also `train_loss`, with privacy `epsilon`
 * and `delta` of all that was spent. `evaluate` looks at `evaluateOn`. **No epsilon accounts for it, or for `valid`**: loss
 * and metrics are exact, and so are the numbers of images; early stopping and the best epoch depend on `valid`.
 *
 * With privacy, every step is recorded in the ledger before it changes a parameter. When the ledger's budget ends within a
 * fit, the fit ends there, and what was learned until then is given back; when it has ended before, the fit fails.
 *
 * With a checkpoint, a round that is asked for again, with the same parameters and settings, goes on after its last epoch;
 * one that was at its end is given back as it was, at no cost, if both data sets have a `fingerprint`. A ledger that does not
 * know of what it cost makes it begin anew.
 *
 * @throws {@link RangeError} or {@link TypeError} for options out of their range, and batch norm with privacy; {@link FlError} `BAD_DATA` for
 *   data of another form than the model's; `BAD_CONFIG` for a sampler that privacy forbids
 */
export function createTfjsTrainer(options: TfjsTrainerOptions): TfjsTrainer {
  const { model, train, valid, seed = 42, balance = "none", onEvent = () => {} } = options;
  const evaluateOn = options.evaluateOn ?? valid;
  assertTrainerOptions(options);
  const privacy = options.privacy === "none" ? undefined : options.privacy;
  const account =
    privacy &&
    openPrivacyAccount({
      delta: privacy.delta ?? 1e-5,
      numExamples: train.size,
      ...(privacy.alphas && { alphas: privacy.alphas }),
      ...(privacy.ledger && { ledger: privacy.ledger }),
    });
  const checkpoint =
    options.checkpointPath === undefined ? undefined : roundCheckpoint(options.checkpointPath);
  const usual = fitSettings(options, {});
  const first = initializeState(model, seededRandom(seed, FIRST_WEIGHTS));
  try {
    // Options that are wrong are told now, not when a server asks.
    epochBatches(train, { batchSize: 1, balance, seed, epoch: 0, ...(privacy && { poisson: {} }) });
    createEarlyStopping(options.earlyStopping);
    learnerOf(options, {
      state: first,
      settings: usual,
      round: 0,
      epochsDone: 0,
      record: () => {},
    }).dispose();
  } catch (error) {
    tf.dispose([...first.values()]);
    throw error;
  }

  /** What goes on from round to round. */
  let kept: { readonly optimizer?: ModelParameters; readonly maxGradNorm?: number | undefined } =
    {};
  let isEstimated = false;
  let fits = 0;
  let totalEpoch = 0;

  async function fit(
    parameters: ModelParameters,
    config: Scalars,
    context: TrainerContext,
  ): Promise<FitResult> {
    const settings = fitSettings(options, config);
    const phases = planOf(model, options.schedule, settings);
    const epochs = epochsOf(phases);
    fits += 1;
    const round = context.round ?? fits;
    // All images may be looked at for its name: not where nothing is kept.
    const work = checkpoint && roundWork(options, { parameters, settings, round: context.round });
    const progress = await progressOf(work, settings);
    const before = progress?.epochs ?? 0;
    const left = progress?.isOver ? [] : epochs.slice(before);
    if (progress) onEvent({ type: "resumed", epochs: before });
    let isCharged = false;
    const record = (event: DpEvent): void => {
      account?.charge(event, `round ${round}`);
      isCharged = true;
    };

    const learner = await withState(
      stateOfParameters(model, progress?.parameters ?? parameters),
      async (state) => {
        if (!isEstimated && left.length > 0) {
          isEstimated = true;
          const perEpoch = stepsPerEpoch(train.size, settings.batchSize, privacy !== undefined);
          const steps = perEpoch * left.length;
          const seconds = steps * (await secondsOfStep(options, state, settings, context.signal));
          onEvent({ type: "estimate", steps, seconds });
        }
        const optimizer = progress?.optimizer ?? kept.optimizer;
        return learnerOf(options, {
          ...{ state, settings, round, epochsDone: before, record, optimizer },
          maxGradNorm: progress?.maxGradNorm ?? kept.maxGradNorm,
        });
      },
    );
    try {
      const stopping = createEarlyStopping(options.earlyStopping);
      const monitored: (number | null)[] = [];
      let best: ModelParameters = progress?.best ?? [];
      let bestEpoch = 0;
      const watch = (value: number | null) => {
        monitored.push(value);
        const verdict = stopping.epochEnded(value ?? undefined);
        if (verdict.isBest) bestEpoch = monitored.length;
        return verdict;
      };
      for (const value of progress?.monitored ?? []) watch(value);
      let trainLoss = progress?.trainLoss;
      for (const [index, part] of left.entries()) {
        const epoch = before + index;
        const began = performance.now();
        const { batchSize } = settings;
        const place = { learner, batchSize, round, epoch, epochs: epochs.length };
        const done = await trainEpoch(options, { ...place, ...part }, context);
        trainLoss = done.loss;
        const seen = await look(valid, learner.state, batchSize, context.signal);
        const told: EpochRecord = {
          ...{ round: context.round, epoch: epoch + 1, epochs: epochs.length, totalEpoch },
          ...{ trainLoss, validLoss: seen?.loss },
          metrics: seen === undefined ? {} : scalarMetrics(seen.metrics),
          seconds: (performance.now() - began) / 1000,
        };
        totalEpoch += 1;
        onEvent({ type: "epoch", record: told });
        const { isBest, shouldStop } = watch(monitoredOf(told, stopping.monitor));
        if (options.bestWeights === true && isBest) {
          best = await parametersOfState(model, learner.state);
        }
        const isEarly =
          options.earlyStopping !== undefined && shouldStop && epoch + 1 < epochs.length;
        const isOver = done.isBudgetSpent || isEarly || epoch + 1 === epochs.length;
        await keepProgress(work, learner, {
          ...{ epochs: epoch + 1, isOver, monitored, best, trainLoss },
        });
        if (isEarly && !done.isBudgetSpent) onEvent({ type: "stoppedEarly", bestEpoch });
        if (isOver) break;
      }
      const last = best.length > 0 ? best : await parametersOfState(model, learner.state);
      assertFinite(last);
      kept = {
        maxGradNorm: learner.maxGradNorm(),
        ...(options.keepOptimizer === true && { optimizer: await learner.optimizerState() }),
      };
      // A server that was ended before it had kept the round asks for it again. Whether it is the same one has to be known.
      const isKnown = [train, valid].every(({ fingerprint }) => fingerprint !== undefined);
      if (context.round === undefined || !isKnown) await checkpoint?.clear();
      return { parameters: last, numExamples: train.size, metrics: metricsOfFit(trainLoss) };
    } finally {
      learner.dispose();
      if (account !== undefined && isCharged) {
        onEvent({ type: "privacy", round: context.round, spent: account.spent() });
      }
    }
  }

  /** What a checkpoint has of this work. */
  async function progressOf(work: string | undefined, { proximalMu }: FitSettings) {
    const progress = work === undefined ? undefined : await checkpoint?.read(work);
    if (progress === undefined) return undefined;
    // With a proximal term, what the server gave would be needed to go on: such a round begins anew.
    if (proximalMu > 0 && !progress.isOver) return undefined;
    const { epsilon = 0 } = progress;
    // As many events may add up to a little less in another order.
    const isPaid = (account?.spent().epsilon ?? 0) >= epsilon * (1 - 1e-6);
    return isPaid ? progress : undefined;
  }

  /** A disk that is full is no reason to lose what was learned. */
  async function keepProgress(
    work: string | undefined,
    learner: Learner,
    progress: Pick<RoundProgress, "epochs" | "isOver" | "monitored" | "best" | "trainLoss">,
  ): Promise<void> {
    if (checkpoint === undefined || work === undefined) return;
    const whole = {
      ...progress,
      epsilon: account?.spent().epsilon,
      parameters: await parametersOfState(model, learner.state),
      optimizer: await learner.optimizerState(),
      maxGradNorm: learner.maxGradNorm(),
    };
    try {
      await checkpoint.write(work, whole);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
      onEvent({ type: "notWritten", option: "checkpointPath", reason });
    }
  }

  /** With privacy nothing is told of the training set but what was spent. */
  function metricsOfFit(trainLoss: number | undefined): Scalars {
    if (account === undefined) return trainLoss === undefined ? {} : { train_loss: trainLoss };
    const { epsilon, delta } = account.spent();
    return { epsilon, delta };
  }

  async function look(
    dataset: ImageDataset,
    state: ModelState,
    batchSize: number,
    signal: AbortSignal,
  ): Promise<DatasetEvaluation | undefined> {
    if (dataset.size === 0) return undefined;
    return evaluateDataset(model, state, { dataset, batchSize, signal });
  }

  return {
    getParameters: () => {
      const { initialParameters } = options;
      if (initialParameters === undefined) return parametersOfState(model, first);
      const state = stateOfParameters(model, initialParameters);
      return withState(state, (given) => parametersOfState(model, given));
    },
    fit,
    evaluate: (parameters, _, context) =>
      withState(stateOfParameters(model, parameters), async (state) => {
        const seen = await look(evaluateOn, state, usual.batchSize, context.signal);
        if (seen === undefined) return { loss: 0, numExamples: 0, metrics: {} };
        onEvent({ type: "evaluated", round: context.round, ...seen });
        return {
          loss: seen.loss,
          numExamples: evaluateOn.size,
          metrics: scalarMetrics(seen.metrics),
        };
      }),
    dispose: () => tf.dispose([...first.values()]),
  };
}

/** The epochs of a fit, each with the phase it is in. */
function epochsOf(
  phases: readonly TrainingPhase[],
): readonly { readonly phase: TrainingPhase; readonly epochOfPhase: number }[] {
  return phases.flatMap((phase) =>
    Array.from({ length: phase.epochs }, (_, epochOfPhase) => ({ phase, epochOfPhase })),
  );
}

async function withState<T>(
  state: ReadonlyMap<string, tf.Tensor>,
  use: (state: ModelState) => Promise<T>,
): Promise<T> {
  try {
    return await use(state);
  } finally {
    tf.dispose([...state.values()]);
  }
}

/** What is watched, of an epoch. */
function monitoredOf({ validLoss, metrics }: EpochRecord, monitor: string): number | null {
  return (monitor === "loss" ? validLoss : metrics[monitor]) ?? null;
}
