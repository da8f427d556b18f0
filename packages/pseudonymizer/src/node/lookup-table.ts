/**
 * The lookup table: which patient and accession number became which, as CSV with D-SAIL's columns, for those who are
 * allowed to know. Several workers and processes may use one table at once.
 *
 * A row is one write at the file's end, and on disk before it counts. What a crash cut short is an unfinished last line:
 * it is ignored, and cut off before the next row is written. So is a last line of someone else's that has no line end.
 *
 * @module
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { PseudonymizerError } from "../errors.js";
import {
  assertRestIsUnfinishedRow,
  contradicts,
  HEADER,
  hasRow,
  LOOKUP_TABLE,
  type LookupRow,
  type LookupRows,
  MAX_ROW_BYTES,
  stillKnown,
  takeIn,
} from "./lookup-rows.js";
import { type LockTiming, withTableLock } from "./lookup-table-lock.js";
import { withoutPath } from "./read-csv.js";

export type { LookupRow } from "./lookup-rows.js";

/** What is farther from the end of a large table is read before others are locked out: no one is writing there. */
const UNSETTLED_BYTES = 1024 * 1024;

/** If as many pseudonyms in a row belong to other patients, they are not made at random. */
const MAX_TRIES = 100;

/** A lookup table in use. */
export interface LookupTable {
  /**
   * Adds the row unless the table has it; on disk when this returns.
   *
   * @throws {@link PseudonymizerError} `LOOKUP_TABLE` if the table has another pseudonym for the patient, or for this
   *   accession number of the patient
   */
  readonly record: (row: LookupRow) => void;
  /**
   * The pseudonym that the table has for the patient, or the one that `make` gives, which is recorded, with empty
   * accession numbers, before it is used. If it is that of another patient, `make` is called again.
   *
   * @param make - must not use the table, which is locked meanwhile
   * @throws {@link PseudonymizerError} `LOOKUP_TABLE` if `make` gives none but those of others
   */
  readonly patientIdOf: (oldPatientId: string, make: () => string) => string;
}

/**
 * Opens a lookup table. If there is none, it is made, readable by its owner only; the mode of one that exists is left as
 * it is. While it is written, a file with its name and `.lock` lies beside it.
 *
 * @param timing - how long to wait for others; for tests
 * @throws {@link PseudonymizerError} `BAD_INPUT` if the file cannot be both read and written, `LOOKUP_TABLE` if it is no
 *   lookup table, contradicts itself, or others keep it locked
 */
export function openLookupTable(path: string, timing?: LockTiming): LookupTable {
  const file = existingFile(path, timing);
  let known: LookupRows | undefined;

  /** Works with all that is in the table, while no one else writes. */
  const locked = <T>(work: (rows: LookupRows, append: (row: LookupRow) => void) => T): T => {
    try {
      if (statSync(file).size - (known?.offset ?? 0) > UNSETTLED_BYTES) {
        withOpenFile(file, (fd) => {
          known = stillKnown(fd, known);
          takeIn(fd, known, fstatSync(fd).size - UNSETTLED_BYTES);
        });
      }
      return withTableLock(
        file,
        (isHeld) =>
          withOpenFile(file, (fd) => {
            const rows = catchUp(fd, known);
            known = rows;
            return work(rows, (row) => append(file, fd, rows, row, isHeld));
          }),
        timing,
      );
    } catch (error) {
      throw withoutPath(error, LOOKUP_TABLE);
    }
  };

  locked(() => undefined);
  return {
    record: (row) => {
      if (known !== undefined && hasRow(known, row)) return;
      locked((rows, append) => {
        if (hasRow(rows, row)) return;
        if (contradicts(rows, row)) {
          throw new PseudonymizerError(
            "LOOKUP_TABLE",
            "the lookup table has another pseudonym: it was begun with another key or table",
          );
        }
        append(row);
      });
    },
    patientIdOf: (oldPatientId, make) =>
      known?.newPatientIds.get(oldPatientId) ??
      locked((rows, append) => {
        const existing = rows.newPatientIds.get(oldPatientId);
        if (existing !== undefined) return existing;
        const newPatientId = makeUntaken(make, rows.taken);
        append({ oldPatientId, newPatientId, oldAccessionNumber: "", newAccessionNumber: "" });
        return newPatientId;
      }),
  };
}

function makeUntaken(make: () => string, taken: ReadonlySet<string>): string {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const candidate = make();
    if (!taken.has(candidate)) return candidate;
  }
  throw new PseudonymizerError(
    "LOOKUP_TABLE",
    `${MAX_TRIES} pseudonyms made for a patient were those of others`,
  );
}

/** The real path of a table, so that it has one lock by whatever links it is reached. Made if there is none. */
function existingFile(path: string, timing: LockTiming | undefined): string {
  // Also a link to nothing is something: it is not replaced.
  const exists = () => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  try {
    if (!exists()) {
      const file = join(realpathSync(dirname(path)), basename(path));
      withTableLock(file, () => exists() || makeTable(file), timing);
    }
    // Anything else, a pipe say, might never end.
    if (statSync(path).isFile()) return realpathSync(path);
  } catch (error) {
    throw withoutPath(error, LOOKUP_TABLE);
  }
  throw new PseudonymizerError("BAD_INPUT", "the lookup table is no file");
}

/** At no moment is there a table without its header. */
function makeTable(file: string): void {
  const draft = `${file}.new`;
  // From a crash.
  rmSync(draft, { force: true });
  writeFileSync(draft, stringify([HEADER]), { flag: "wx", mode: 0o600, flush: true });
  renameSync(draft, file);
  // Windows has folders that cannot be opened, and writes them by itself.
  if (process.platform === "win32") return;
  const folder = openSync(dirname(file), constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What is known when all rows were read, and will still be after a power failure. */
function catchUp(fd: number, known: LookupRows | undefined): LookupRows {
  const rows = stillKnown(fd, known);
  const { size } = fstatSync(fd);
  if (size > rows.offset || size === 0) {
    takeIn(fd, rows, size);
    assertRestIsUnfinishedRow(fd, rows);
    fsyncSync(fd);
  }
  return rows;
}

function append(
  file: string,
  fd: number,
  rows: LookupRows,
  row: LookupRow,
  isHeld: () => boolean,
): void {
  const line = new TextEncoder().encode(
    stringify([
      [row.oldPatientId, row.newPatientId, row.oldAccessionNumber, row.newAccessionNumber],
    ]),
  );
  if (line.length >= MAX_ROW_BYTES) {
    throw new PseudonymizerError("LOOKUP_TABLE", "a row of the lookup table would be too long");
  }
  if (!isHeld()) {
    throw new PseudonymizerError(
      "LOOKUP_TABLE",
      "the lookup table's lock was lost: this process stood still for too long",
    );
  }
  // By its path: Windows shortens no file that is open for appending.
  const cutOff = () => truncateSync(file, rows.offset);
  if (fstatSync(fd).size > rows.offset) cutOff();
  if (writeSync(fd, line) < line.length) {
    cutOff();
    throw new PseudonymizerError("BAD_INPUT", "the lookup table cannot be written: disk full");
  }
  fsyncSync(fd);
  // Not just put in: what is known is always what is in the file.
  takeIn(fd, rows, fstatSync(fd).size);
}

function withOpenFile<T>(file: string, work: (fd: number) => T): T {
  // Opened anew each time, since the file may have been replaced. What is appended cannot overwrite anything.
  const fd = openSync(file, constants.O_RDWR | constants.O_APPEND);
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}
