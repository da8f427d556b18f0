/**
 * How one fit is done: the trainer's options, with what the server's config says otherwise.
 *
 * @module
 */
import { FlError, type Scalars } from "@dsail/fl-protocol";
import type { Model } from "../layers/module.js";
import {
  constantPlan,
  fineTunePlan,
  oneCyclePlan,
  type TrainingPhase,
} from "../training/training-plan.js";
import type { TfjsTrainerOptions } from "./trainer-options.js";

/** What a fit goes by. */
export interface FitSettings {
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchSize: number;
  /** μ of FedProx. */
  readonly proximalMu: number;
}

/**
 * Reads `epochs` (or `local_epochs`), `learning_rate` (or `lr`), `batch_size` and `proximal_mu` of a config, and passes over
 * the rest. With privacy `batch_size` is passed over too; how many `epochs` are paid for, the ledger's budget says.
 *
 * @throws {@link FlError} `BAD_CONFIG` for a value that is none
 */
export function fitSettings(
  { epochs = 5, learningRate = 6e-4, batchSize = 64, privacy }: TfjsTrainerOptions,
  config: Scalars,
): FitSettings {
  const settings = {
    epochs: numberOf(config, ["epochs", "local_epochs"]) ?? epochs,
    learningRate: numberOf(config, ["learning_rate", "lr"]) ?? learningRate,
    // It makes the sampling rate, on which epsilon rests.
    batchSize: (privacy === "none" ? numberOf(config, ["batch_size"]) : undefined) ?? batchSize,
    proximalMu: numberOf(config, ["proximal_mu"]) ?? 0,
  };
  assert("epochs", isCount(settings.epochs), "an integer of 1 or more");
  assert("batch_size", isCount(settings.batchSize), "an integer of 1 or more");
  assert("learning_rate", settings.learningRate > 0, "a number above 0");
  assert("proximal_mu", settings.proximalMu >= 0, "a number of 0 or more");
  return settings;
}

/** The phases of a fit. */
export function planOf(
  model: Model,
  schedule: TfjsTrainerOptions["schedule"],
  { epochs, learningRate }: FitSettings,
): readonly TrainingPhase[] {
  switch (schedule) {
    case "constant":
      return constantPlan(epochs, learningRate);
    case "fine-tune":
      return fineTunePlan(model, epochs, learningRate);
    default:
      return oneCyclePlan(epochs, learningRate);
  }
}

function numberOf(config: Scalars, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = config[name];
    if (value === undefined) continue;
    const number = typeof value === "bigint" ? Number(value) : value;
    assert(name, typeof number === "number" && Number.isFinite(number), "a finite number");
    return number as number;
  }
  return undefined;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function assert(name: string, isRight: boolean, expected: string): void {
  if (!isRight) throw new FlError("BAD_CONFIG", `config: ${name}: expected ${expected}`);
}
