/**
 * One pass over the training set.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { isDpError, secureRandom } from "@dsail/dp";
import { createBatches } from "../../data/create-batches.js";
import { seededRandom } from "../../seeded-random.js";
import type { TrainerContext } from "../../trainer.js";
import type { Learner } from "../training/learner.js";
import { scaledGroups, type TrainingPhase } from "../training/training-plan.js";
import { epochBatches, stepsPerEpoch } from "./epoch-batches.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

/** Which epoch it is. */
export interface EpochWork {
  readonly learner: Learner;
  readonly batchSize: number;
  readonly round: number;
  /** Of the round, from 0. */
  readonly epoch: number;
  /** Of the round, in all. */
  readonly epochs: number;
  readonly phase: TrainingPhase;
  /** Epochs of the phase that are done. */
  readonly epochOfPhase: number;
}

/** What came of it. */
export interface EpochResult {
  /** Mean of the batches, each before its step; undefined if all were empty. Private. */
  readonly loss: number | undefined;
  /** The ledger let it go no further. */
  readonly isBudgetSpent: boolean;
}

/** Apart from what else a seed is used for. */
const AUGMENTATION = 2;

/** More than any round has epochs, to number those of all rounds. */
const EPOCHS = 1_000_000;

/** @throws what a step throws; a budget that ends ends the epoch, unless nothing was learned before */
export async function trainEpoch(
  { train, balance = "none", privacy, seed = 42 }: TfjsTrainerOptions,
  { learner, batchSize, round, epoch, epochs, phase, epochOfPhase }: EpochWork,
  { signal, onProgress }: TrainerContext,
): Promise<EpochResult> {
  const isPrivate = privacy !== "none";
  const number = round * EPOCHS + epoch;
  const indices = epochBatches(train, {
    ...{ batchSize, balance, seed, epoch: number },
    ...(isPrivate && { poisson: privacy.random === undefined ? {} : { random: privacy.random } }),
  });
  const steps = stepsPerEpoch(train.size, batchSize, isPrivate);
  // With privacy nobody may know how images are changed: by a known seed, one image less would change those after it otherwise.
  const random = isPrivate ? secureRandom() : seededRandom(seed, number, AUGMENTATION);
  const augmentSeed = Math.floor(random.uniform() * 2 ** 32);
  let lossSum = 0;
  let examples = 0;
  let step = 0;
  const result = (isBudgetSpent: boolean): EpochResult => ({
    loss: examples === 0 ? undefined : lossSum / examples,
    isBudgetSpent,
  });
  for await (const batch of createBatches(train, indices, { augmentSeed, signal })) {
    const { factor, momentum } = phase.schedule(
      (epochOfPhase * steps + step) / (phase.epochs * steps),
    );
    const learningRate = scaledGroups(phase.groups, factor);
    try {
      const { loss, numExamples } = await learner.step(batch, { learningRate, momentum, signal });
      if (numExamples > 0) lossSum += loss * numExamples;
      examples += numExamples;
    } catch (error) {
      const isSpent = isDpError(error) && error.code === "BUDGET_EXCEEDED";
      if (isSpent && epoch + step > 0) return result(true);
      throw error;
    }
    step += 1;
    onProgress({
      share: (epoch + step / steps) / epochs,
      note: `epoch ${epoch + 1} of ${epochs}`,
    });
    // Connections are kept alive, and signals heard, between steps.
    await setImmediate();
  }
  return result(false);
}
