/**
 * What is trained when: phases, each with its parameters, rates and schedule.
 *
 * @module
 */
import type { Model } from "../layers/module.js";
import type { ParameterGroup } from "./parameter-groups.js";
import { constantSchedule, type OneCycleOptions, oneCycle, type Schedule } from "./schedule.js";

/** Epochs with the same groups. */
export interface TrainingPhase {
  /** Such as `frozen`. */
  readonly name: string;
  /** 1 or more. */
  readonly epochs: number;
  /** Parameters that learn, with the learning rates that the schedule's factor 1 stands for; others are frozen. */
  readonly groups: readonly ParameterGroup[];
  readonly schedule: Schedule;
}

/** All parameters at one rate, which does not change. */
export function constantPlan(epochs: number, learningRate: number): readonly TrainingPhase[] {
  assertEpochs(epochs);
  const groups = [{ prefixes: [""], learningRate }];
  return [{ name: "training", epochs, groups, schedule: constantSchedule }];
}

/** All parameters, up to one rate and down again. */
export function oneCyclePlan(
  epochs: number,
  learningRate: number,
  options?: OneCycleOptions,
): readonly TrainingPhase[] {
  assertEpochs(epochs);
  const groups = [{ prefixes: [""], learningRate }];
  return [{ name: "one cycle", epochs, groups, schedule: oneCycle(options) }];
}

/**
 * fastai's `fine_tune(epochs - 1, lr)`: one epoch of the head alone, up to `learningRate` in 99 % of it; then `epochs - 1` of
 * all layers, each group of the body slower than the next, from lr/200 to lr/2 in even factors (fastai 2.5
 * `Learner.fine_tune`: `fit_one_cycle(1, slice(lr), pct_start=0.99)`, lr /= 2,
 * `fit_one_cycle(epochs, slice(lr/100, lr), pct_start=0.3, div=5)`).
 *
 * fastai's epoch of the head comes on top. Here it is one of `epochs`, which a policy bounds and a privacy budget pays for;
 * with 1 there is none, since a body that never learns is not what was asked for.
 *
 * @param epochs - in all, an integer from 1
 * @throws {@link RangeError} for epochs that are no integer from 1
 */
export function fineTunePlan(
  { headPrefixes, bodyGroups }: Pick<Model, "headPrefixes" | "bodyGroups">,
  epochs: number,
  learningRate: number,
): readonly TrainingPhase[] {
  assertEpochs(epochs);
  const highest = learningRate / 2;
  const groups = [...bodyGroups, headPrefixes];
  const slower = (i: number) => 100 ** ((i + 1 - groups.length) / Math.max(1, groups.length - 1));
  const frozen: TrainingPhase = {
    name: "frozen",
    epochs: 1,
    groups: [{ prefixes: headPrefixes, learningRate }],
    schedule: oneCycle({ pctStart: 0.99 }),
  };
  const unfrozen: TrainingPhase = {
    name: "unfrozen",
    epochs: Math.max(1, epochs - 1),
    // The head first: a prefix of the body may be one of all.
    groups: groups
      .map((prefixes, i) => ({ prefixes, learningRate: highest * slower(i) }))
      .reverse(),
    schedule: oneCycle({ pctStart: 0.3, div: 5 }),
  };
  return epochs === 1 ? [unfrozen] : [frozen, unfrozen];
}

/** The groups of a step of a phase, their rates scaled as the schedule says. */
export function scaledGroups(
  groups: readonly ParameterGroup[],
  factor: number,
): readonly ParameterGroup[] {
  return groups.map(({ prefixes, learningRate }) => ({
    prefixes,
    learningRate: learningRate * factor,
  }));
}

function assertEpochs(epochs: number): void {
  if (Number.isSafeInteger(epochs) && epochs >= 1) return;
  throw new RangeError(`epochs: expected an integer from 1, got ${epochs}`);
}
