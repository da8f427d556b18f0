/**
 * What a trainer tells the site while it works. None of it goes to the server.
 *
 * @module
 */
import type { ClassificationMetrics } from "../../metrics/classification-metrics.js";
import { formatTime } from "../../metrics/csv-log.js";
import type { PrivacySpent } from "./privacy-account.js";

/** An epoch that is done. */
export interface EpochRecord {
  /** From 1; undefined where the server does not tell. */
  readonly round: number | undefined;
  /** Of this round, from 1. */
  readonly epoch: number;
  /** Of this round, in all. */
  readonly epochs: number;
  /** Since the trainer was made, from 0, as fastai counts. */
  readonly totalEpoch: number;
  /** Mean loss of the batches, as they were before each step; undefined if all were empty. */
  readonly trainLoss: number | undefined;
  readonly validLoss: number | undefined;
  /** Of the validation set, as `scalarMetrics` names them. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Something that happened. */
export type TrainerEvent =
  /** How long the fit that begins will take, about. Once, before the first epoch. */
  | { readonly type: "estimate"; readonly steps: number; readonly seconds: number }
  /** A fit goes on after this many epochs of it. */
  | { readonly type: "resumed"; readonly epochs: number }
  | { readonly type: "epoch"; readonly record: EpochRecord }
  /** A fit ended before its last epoch, since none was better than this one, from 1. */
  | { readonly type: "stoppedEarly"; readonly bestEpoch: number }
  /** What the ledger says, after a fit. */
  | { readonly type: "privacy"; readonly round: number | undefined; readonly spent: PrivacySpent }
  | {
      readonly type: "evaluated";
      readonly round: number | undefined;
      readonly loss: number;
      readonly metrics: ClassificationMetrics;
    }
  /** What the weights of a file had for the model, in arrays: see `loadWeights`. Once, when a client is made. */
  | {
      readonly type: "weights";
      readonly taken: number;
      /** Drawn, besides a new head. */
      readonly missing: number;
      readonly unexpected: number;
      /** Whether the head is drawn: the file has none for these classes. */
      readonly isHeadNew: boolean;
    }
  /** The file of an option (`savePath`) could not be written: training goes on. `reason`: the system's code, such as `ENOSPC`. */
  | { readonly type: "notWritten"; readonly option: string; readonly reason: string };

/** An event as one line, or more for warnings. */
export function formatTrainerEvent(event: TrainerEvent): string {
  switch (event.type) {
    case "estimate":
      return `${event.steps} steps, about ${formatTime(event.seconds)}`;
    case "resumed":
      return `goes on after epoch ${event.epochs}`;
    case "epoch": {
      const { record } = event;
      const told: readonly [string, number | undefined][] = [
        ["train loss", record.trainLoss],
        ["valid loss", record.validLoss],
        ["accuracy", record.metrics["accuracy"]],
        ["AUC", record.metrics["roc_auc_score"]],
      ];
      const numbers = told
        .filter((each): each is [string, number] => each[1] !== undefined)
        .map(([name, value]) => `${name} ${value.toFixed(4)}`);
      const place = `${roundOf(record.round)}epoch ${record.epoch} of ${record.epochs}`;
      return [place, ...numbers, formatTime(record.seconds)].join(", ");
    }
    case "stoppedEarly":
      return `stopped early: the best was epoch ${event.bestEpoch}`;
    case "privacy": {
      const { epsilon, delta, warnings } = event.spent;
      const spent = `${roundOf(event.round)}epsilon ${epsilon.toPrecision(5)} at delta ${delta}, all rounds together`;
      return [spent, ...warnings.map((warning) => `warning: ${warning}`)].join("\n");
    }
    case "evaluated": {
      const { accuracy, rocAuc, numExamples } = event.metrics;
      const numbers = [`loss ${event.loss.toFixed(4)}`];
      if (accuracy !== undefined) numbers.push(`accuracy ${accuracy.toFixed(4)}`);
      if (rocAuc !== undefined) numbers.push(`AUC ${rocAuc.toFixed(4)}`);
      return `${roundOf(event.round)}evaluated on ${numExamples} images: ${numbers.join(", ")}`;
    }
    case "weights": {
      const { taken, missing, unexpected, isHeadNew } = event;
      const counts = `${taken} arrays of the file, ${missing} missing, ${unexpected} unexpected`;
      const line = `weights: ${counts}${isHeadNew ? ", a new head" : ""}`;
      return missing === 0 ? line : `${line}\nwarning: what is missing begins at random`;
    }
    case "notWritten":
      return `warning: ${event.option}: a file could not be written (${event.reason})`;
  }
}

function roundOf(round: number | undefined): string {
  return round === undefined ? "" : `round ${round}, `;
}
