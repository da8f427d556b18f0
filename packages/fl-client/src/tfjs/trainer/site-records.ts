/**
 * What a site keeps of its training: tables, pictures, events for TensorBoard.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type CsvLogRow, csvLogName, openCsvLog } from "../../metrics/csv-log.js";
import { openEventLog } from "../../metrics/event-log.js";
import {
  saveCalibration,
  saveLearningCurves,
  saveMatrix,
  saveRoc,
} from "../../metrics/pictures/save-picture.js";
import type { FLClientOptions } from "./fl-client-options.js";
import type { EpochRecord, TrainerEvent } from "./trainer-event.js";

/** Where records are kept. */
export interface SiteRecords {
  readonly record: (event: TrainerEvent) => void;
  /** Writes something when what was before is written. One that fails ends nothing: `close` tells. */
  readonly attempt: (write: () => Promise<void>) => void;
  /** Ends when all is written. @throws the first error of a file that could not be */
  readonly close: () => Promise<void>;
}

type Paths = Pick<
  FLClientOptions,
  | "csvPath"
  | "matrixPath"
  | "rocPath"
  | "calibrationPath"
  | "curvesPath"
  | "tensorboardPath"
  | "dataPath"
>;

/** Columns of the table beyond fastai's. */
const FURTHER = ["round", "balanced_accuracy", "sensitivity", "specificity", "f1_score", "epsilon"];

/**
 * Opens the records that have a path.
 *
 * @param noiseMultiplier - for the table's name; 0 without privacy
 * @throws errors of the file system; {@link FlError} `BAD_CHECKPOINT` for a table of other columns
 */
export function openSiteRecords(paths: Paths, noiseMultiplier: number): SiteRecords {
  const { csvPath, matrixPath, rocPath, calibrationPath, curvesPath, tensorboardPath } = paths;
  for (const path of [matrixPath, rocPath, calibrationPath, curvesPath]) makeFolder(path);
  const csvFile = csvPath && csvLogName(csvPath, noiseMultiplier, paths.dataPath);
  makeFolder(csvFile);
  const csv = csvFile ? openCsvLog(csvFile, { furtherColumns: FURTHER }) : undefined;
  const events = tensorboardPath === undefined ? undefined : openEventLog(tensorboardPath);
  const rows: CsvLogRow[] = [];
  let epsilon: number | undefined;
  let evaluations = 0;
  // One picture after the other: two at once would race for the same file.
  let writing: Promise<void> = Promise.resolve();
  const failures: unknown[] = [];
  const attempt = (write: () => Promise<void>): void => {
    writing = writing.then(write).catch((error: unknown) => void failures.push(error));
  };
  const draw = (path: string | undefined, save: (path: string) => Promise<void>) => {
    if (path !== undefined) attempt(() => save(path));
  };

  const recordEpoch = (told: EpochRecord): void => {
    const row = rowOf(told, epsilon);
    rows.push(row);
    csv?.write(row);
    for (const name of ["train_loss", "valid_loss", "accuracy", "roc_auc_score"]) {
      const value = row[name];
      if (typeof value === "number") events?.scalar(`epoch/${name}`, value, told.totalEpoch);
    }
    const drawn = [...rows];
    draw(curvesPath, (path) => saveLearningCurves(path, drawn));
  };

  return {
    attempt,
    record: (event) => {
      if (event.type === "epoch") recordEpoch(event.record);
      if (event.type === "privacy") {
        epsilon = event.spent.epsilon;
        events?.scalar("privacy/epsilon", epsilon, event.round ?? rows.length);
      }
      if (event.type === "evaluated") {
        const { metrics, loss } = event;
        const classes = metrics.perClass.map(({ name }) => name);
        evaluations += 1;
        const step = event.round ?? evaluations;
        events?.scalar("evaluation/loss", loss, step);
        if (metrics.accuracy !== undefined) {
          events?.scalar("evaluation/accuracy", metrics.accuracy, step);
        }
        const { confusionMatrix } = metrics;
        draw(matrixPath, (path) => saveMatrix(path, { confusionMatrix, classes }));
        draw(rocPath, (path) => saveRoc(path, metrics));
        draw(calibrationPath, (path) => saveCalibration(path, metrics));
      }
    },
    close: async () => {
      csv?.close();
      events?.close();
      await writing;
      if (failures.length > 0) throw failures[0];
    },
  };
}

function rowOf(told: EpochRecord, epsilon: number | undefined): CsvLogRow {
  const { metrics } = told;
  return {
    epoch: told.totalEpoch,
    train_loss: told.trainLoss,
    valid_loss: told.validLoss,
    accuracy: metrics["accuracy"],
    roc_auc_score: metrics["roc_auc_score"],
    round: told.round,
    balanced_accuracy: metrics["balanced_accuracy"],
    sensitivity: metrics["sensitivity"],
    specificity: metrics["specificity"],
    f1_score: metrics["f1_score"],
    // Of what was spent when the epoch began: this round's is known when it ends.
    epsilon,
    time: told.seconds,
  };
}

function makeFolder(path: string | undefined): void {
  if (path) mkdirSync(dirname(path), { recursive: true });
}
