/**
 * A table of epochs, as fastai's `CSVLogger` writes it.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { FlError } from "@dsail/fl-protocol";
import { stringify } from "csv-stringify/sync";

/** Columns that there always are, the first ones. */
const COLUMNS: readonly string[] = [
  "epoch",
  "train_loss",
  "valid_loss",
  "accuracy",
  "roc_auc_score",
  "time",
];

/** Numbers by columns; `time` in seconds. What is left out is an empty cell. */
export type CsvLogRow = Readonly<Record<string, number | string | undefined>>;

/** A table that is written to. */
export interface CsvLog {
  /** @throws {@link TypeError} for a column that the table has not */
  readonly write: (row: CsvLogRow) => void;
  readonly close: () => void;
}

export interface CsvLogOptions {
  /** Columns between `roc_auc_score` and `time`, such as `epsilon`. Default: none. */
  readonly furtherColumns?: readonly string[];
}

/**
 * Opens a table to go on with it, or makes a new one. The header is written once (fastai's, in append mode, comes again
 * with each call of `fit`); a line that a crash cut off stays, and the next one is a line of its own.
 *
 * @throws {@link FlError} `BAD_CHECKPOINT` for a table of other columns; errors of the file system
 */
export function openCsvLog(path: string, { furtherColumns = [] }: CsvLogOptions = {}): CsvLog {
  const columns = [...COLUMNS.slice(0, -1), ...furtherColumns, "time"];
  if (new Set(columns).size !== columns.length) {
    throw new RangeError("furtherColumns: expected names that are not in use");
  }
  const header = stringify([columns]);
  const descriptor = openSync(path, "a+");
  const append = (text: string): void => {
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  };
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) append(header);
    else {
      if (textAt(descriptor, 0, Buffer.byteLength(header)) !== header) {
        throw new FlError("BAD_CHECKPOINT", "the table is one of other columns");
      }
      if (textAt(descriptor, size - 1, 1) !== "\n") append("\n");
    }
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    write: (row) => {
      const unknown = Object.keys(row).find((name) => !columns.includes(name));
      if (unknown !== undefined) {
        throw new TypeError(`row: expected columns of the table, got ${unknown}`);
      }
      append(stringify([columns.map((name) => cellOf(name, row[name]))]));
    },
    close: () => closeSync(descriptor),
  };
}

/**
 * The path of D-SAIL's table: `logs/` with noise 0.5 and data in `Hospitals/H0` gives `logs/05_H0.csv`.
 *
 * @param folder - D-SAIL's `csv_path`, with a slash at its end or without: there, without one, it begins the file's name
 */
export function csvLogName(folder: string, noiseMultiplier: number, dataFolder: string): string {
  // Python prints a float with at least one decimal.
  const noise = Number.isInteger(noiseMultiplier)
    ? noiseMultiplier.toFixed(1)
    : String(noiseMultiplier);
  return join(folder, `${noise.replaceAll(".", "")}_${basename(dataFolder)}.csv`);
}

/**
 * A span of time as fastai prints it: `mm:ss`, or `h:mm:ss` from an hour on; begun seconds don't count.
 *
 * @param seconds - 0 or more
 */
export function formatTime(seconds: number): string {
  const two = (count: number): string => String(count).padStart(2, "0");
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

function cellOf(name: string, value: number | string | undefined): string {
  if (value === undefined) return "";
  return name === "time" && typeof value === "number" ? formatTime(value) : String(value);
}

function textAt(descriptor: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length);
  return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, length, position));
}
