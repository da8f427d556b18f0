/**
 * What a site keeps of its training: tables, pictures, events for TensorBoard.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { FlError } from "@dsail/fl-protocol";
import { nameOf } from "../../failure-reply.js";
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
import { withOptionName } from "./with-option-name.js";

/** Where records are kept. */
export interface SiteRecords {
  readonly record: (event: TrainerEvent) => void;
  /** Writes the file of an option when what was before is written. One that fails ends no training. */
  readonly attempt: (option: PathOption, write: () => Promise<void>) => void;
  /** Ends when all is written. @throws {@link FlError} `BAD_CONFIG` with the option of the first file that could not be */
  readonly close: () => Promise<void>;
}

/** Options that name what is written. */
type PathOption =
  | "csvPath"
  | "matrixPath"
  | "rocPath"
  | "calibrationPath"
  | "curvesPath"
  | "tensorboardPath"
  | "savePath";

/** What records are of. */
export interface SiteRecordsOptions {
  /** For the table's name; 0 without privacy. */
  readonly noiseMultiplier: number;
  /** Called with each file that could not be written, at once. `reason`: the system's code, or the error's name. */
  readonly onNotWritten: (option: PathOption, reason: string) => void;
}

/** Columns of the table beyond fastai's. */
const FURTHER = ["round", "balanced_accuracy", "sensitivity", "specificity", "f1_score", "epsilon"];

/**
 * Opens the records that have a path.
 *
 * @throws {@link FlError} `BAD_CONFIG` with the option of a file that can't be had; `BAD_CHECKPOINT` for a table of other
 *   columns
 */
export async function openSiteRecords(
  paths: Pick<FLClientOptions, PathOption | "dataPath">,
  { noiseMultiplier, onNotWritten }: SiteRecordsOptions,
): Promise<SiteRecords> {
  const { csvPath, matrixPath, rocPath, calibrationPath, curvesPath, tensorboardPath } = paths;
  const files = { matrixPath, rocPath, calibrationPath, curvesPath, savePath: paths.savePath };
  for (const [option, path] of Object.entries(files)) {
    await withOptionName(option, () => makeFolder(path));
  }
  const events = await withOptionName("tensorboardPath", () =>
    tensorboardPath === undefined ? undefined : openEventLog(tensorboardPath),
  );
  const csvFile = csvPath && csvLogName(csvPath, noiseMultiplier, paths.dataPath);
  const csv = await withOptionName("csvPath", () => {
    makeFolder(csvFile);
    return csvFile ? openCsvLog(csvFile, { furtherColumns: FURTHER }) : undefined;
  });
  const rows: CsvLogRow[] = [];
  let epsilon: number | undefined;
  let evaluations = 0;
  // One picture after the other: two at once would race for the same file.
  let writing: Promise<void> = Promise.resolve();
  let failure: FlError | undefined;
  const failed = (option: PathOption, cause: unknown): void => {
    const reason = nameOf(cause);
    const what = `${option}: a file could not be written (${reason})`;
    failure ??= new FlError("BAD_CONFIG", what);
    onNotWritten(option, reason);
  };
  const attempt = (option: PathOption, write: () => Promise<void>): void => {
    writing = writing
      .then(write)
      .catch((error: unknown) => failed(option, error))
      // What is told may throw, and nobody waits here: `close` tells of the failure.
      .catch(() => undefined);
  };
  const attemptNow = (option: PathOption, write: () => void): void => {
    try {
      write();
    } catch (error) {
      failed(option, error);
    }
  };
  const draw = (
    option: Exclude<PathOption, "csvPath" | "tensorboardPath">,
    save: (path: string) => Promise<void>,
  ): void => {
    const path = files[option];
    if (path !== undefined) attempt(option, () => save(path));
  };
  const scalar = (tag: string, value: number | undefined, step: number): void => {
    if (value === undefined) return;
    attemptNow("tensorboardPath", () => events?.scalar(tag, value, step));
  };

  const recordEpoch = (told: EpochRecord): void => {
    const row = rowOf(told, epsilon);
    rows.push(row);
    attemptNow("csvPath", () => csv?.write(row));
    for (const name of ["train_loss", "valid_loss", "accuracy", "roc_auc_score"]) {
      const value = row[name];
      if (typeof value === "number") scalar(`epoch/${name}`, value, told.totalEpoch);
    }
    const drawn = [...rows];
    draw("curvesPath", (path) => saveLearningCurves(path, drawn));
  };

  return {
    attempt,
    record: (event) => {
      if (event.type === "epoch") recordEpoch(event.record);
      if (event.type === "privacy") {
        epsilon = event.spent.epsilon;
        scalar("privacy/epsilon", epsilon, event.round ?? rows.length);
      }
      if (event.type === "evaluated") {
        const { metrics, loss } = event;
        const classes = metrics.perClass.map(({ name }) => name);
        evaluations += 1;
        const step = event.round ?? evaluations;
        scalar("evaluation/loss", loss, step);
        scalar("evaluation/accuracy", metrics.accuracy, step);
        const { confusionMatrix } = metrics;
        draw("matrixPath", (path) => saveMatrix(path, { confusionMatrix, classes }));
        draw("rocPath", (path) => saveRoc(path, metrics));
        draw("calibrationPath", (path) => saveCalibration(path, metrics));
      }
    },
    close: async () => {
      attemptNow("csvPath", () => csv?.close());
      attemptNow("tensorboardPath", () => events?.close());
      await writing;
      if (failure !== undefined) throw failure;
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
