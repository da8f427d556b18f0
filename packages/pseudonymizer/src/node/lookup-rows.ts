/**
 * What is known of a lookup table's file, and how more of it is taken in: from where reading ended, unless the file
 * became another one.
 *
 * @module
 */
import { fstatSync, readSync } from "node:fs";
import { PseudonymizerError } from "../errors.js";
import { atLine, parseRows, type TableName } from "./read-csv.js";

/** What errors say of the table. */
export const LOOKUP_TABLE: TableName = { code: "LOOKUP_TABLE", name: "the lookup table" };

/** The columns of D-SAIL. */
export const HEADER: readonly string[] = [
  "old_patient_id",
  "new_patient_id",
  "old_accession_number",
  "new_accession_number",
];

/** More than any row: values of DICOM have some 64 characters. */
export const MAX_ROW_BYTES: number = 64 * 1024;

/** Read at once: many rows, since they are parsed together, but never a whole table that is large. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** As many bytes before the unread ones have to be as they were, or the file is another one. */
const PROBE_BYTES = 64;

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** A patient and an accession number, which may be empty, and what they became. */
export interface LookupRow {
  readonly oldPatientId: string;
  readonly newPatientId: string;
  readonly oldAccessionNumber: string;
  readonly newAccessionNumber: string;
}

/** The rows of a file as far as it was read. */
export interface LookupRows {
  readonly inode: bigint;
  /** Bytes that were read: whole rows. */
  offset: number;
  /** Lines that were read. */
  lines: number;
  /** The last bytes that were read. */
  probe: Uint8Array;
  readonly newPatientIds: Map<string, string>;
  /** The new Patient IDs of all patients. */
  readonly taken: Set<string>;
  /** By {@link pairOf} patient and accession number. */
  readonly newAccessionNumbers: Map<string, string>;
}

/** What is known of a file, which is nothing if it is not the one that was read, or was changed other than at its end. */
export function stillKnown(fd: number, rows: LookupRows | undefined): LookupRows {
  const { ino } = fstatSync(fd, { bigint: true });
  if (rows?.inode === ino) {
    // A file that was removed may have left its number to the next one.
    const probe = readAt(fd, rows.offset - rows.probe.length, rows.probe.length);
    if (Buffer.compare(probe, rows.probe) === 0) return rows;
  }
  return {
    inode: ino,
    offset: 0,
    lines: 0,
    probe: new Uint8Array(),
    newPatientIds: new Map(),
    taken: new Set(),
    newAccessionNumbers: new Map(),
  };
}

/**
 * Takes in the unread rows that end before a byte of the file.
 *
 * @throws {@link PseudonymizerError} `LOOKUP_TABLE` if they are no rows of a lookup table, or contradict others
 */
export function takeIn(fd: number, rows: LookupRows, end: number): void {
  while (rows.offset < end) {
    const unread = readAt(fd, rows.offset, Math.min(CHUNK_BYTES, end - rows.offset));
    const { byteLength, lines } = wholeRows(unread);
    if (byteLength === 0) return;
    const whole = unread.subarray(0, byteLength);
    let isHeader = rows.offset === 0;
    const onRow = (values: readonly string[], line: number) => {
      if (isHeader) assertHeader(values);
      else add(rows, values, line);
      isHeader = false;
    };
    parseRows(whole, LOOKUP_TABLE, onRow, rows.lines);
    rows.offset += byteLength;
    rows.lines += lines;
    rows.probe = whole.slice(-PROBE_BYTES);
  }
}

/**
 * Looks at what is left when all whole rows were taken in: at most one row that was not written to its end.
 *
 * @throws {@link PseudonymizerError} `LOOKUP_TABLE` if it is anything else, which must not be cut off
 */
export function assertRestIsUnfinishedRow(fd: number, rows: LookupRows): void {
  if (rows.offset === 0) {
    throw new PseudonymizerError("LOOKUP_TABLE", "the lookup table has no header line");
  }
  const rest = readAt(fd, rows.offset, MAX_ROW_BYTES);
  if (rest.length < MAX_ROW_BYTES && !rest.includes(LINE_FEED)) return;
  throw atLine(LOOKUP_TABLE, rows.lines + 1, "a quotation mark is not closed");
}

/** Whether the table has the row, as opposed to another, or none, for the same patient and accession number. */
export function hasRow(rows: LookupRows, row: LookupRow): boolean {
  const accessionNumber = rows.newAccessionNumbers.get(pairOf(row));
  return (
    accessionNumber === row.newAccessionNumber &&
    rows.newPatientIds.get(row.oldPatientId) === row.newPatientId
  );
}

/** Whether the table says otherwise than the row. */
export function contradicts(rows: LookupRows, row: LookupRow): boolean {
  const patientId = rows.newPatientIds.get(row.oldPatientId) ?? row.newPatientId;
  const accessionNumber = rows.newAccessionNumbers.get(pairOf(row)) ?? row.newAccessionNumber;
  return patientId !== row.newPatientId || accessionNumber !== row.newAccessionNumber;
}

function assertHeader(values: readonly string[]): void {
  if (values.length === HEADER.length && HEADER.every((name, i) => values[i] === name)) return;
  throw new PseudonymizerError(
    "LOOKUP_TABLE",
    `the lookup table does not begin with the line ${HEADER.join()}`,
  );
}

function add(rows: LookupRows, values: readonly string[], line: number): void {
  if (values.length !== HEADER.length) {
    throw atLine(LOOKUP_TABLE, line, "not as many values as columns");
  }
  const [oldPatientId, newPatientId, oldAccessionNumber, newAccessionNumber] =
    values as unknown as readonly [string, string, string, string];
  const row = { oldPatientId, newPatientId, oldAccessionNumber, newAccessionNumber };
  if (contradicts(rows, row)) {
    throw atLine(LOOKUP_TABLE, line, "a line before it has other new values for the same old ones");
  }
  rows.newPatientIds.set(oldPatientId, newPatientId);
  rows.taken.add(newPatientId);
  rows.newAccessionNumbers.set(pairOf(row), newAccessionNumber);
}

/** Never the same for two pairs, whatever characters are in them. */
function pairOf({ oldPatientId, oldAccessionNumber }: LookupRow): string {
  return `${oldPatientId.length} ${oldPatientId}${oldAccessionNumber}`;
}

/** As far as rows end: at a line feed that is not between quotation marks. */
function wholeRows(bytes: Uint8Array): { readonly byteLength: number; readonly lines: number } {
  let byteLength = 0;
  let lines = 0;
  let linesSoFar = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    // One that is doubled, for itself, turns it off and on again.
    if (byte === QUOTE) quoted = !quoted;
    if (byte !== LINE_FEED) continue;
    linesSoFar++;
    if (quoted) continue;
    byteLength = i + 1;
    lines = linesSoFar;
  }
  return { byteLength, lines };
}

/** So many bytes, or as many as there are. */
function readAt(fd: number, offset: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  let count = 0;
  while (count < length) {
    const read = readSync(fd, bytes, count, length - count, offset + count);
    if (read === 0) break;
    count += read;
  }
  return bytes.subarray(0, count);
}
