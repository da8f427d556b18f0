/**
 * CSV files (RFC 4180) as spreadsheets and scripts write them: UTF-8 with or without a byte order mark, commas, lines
 * ended by LF or CR LF.
 *
 * What csv-parse says of a broken file is not passed on: it quotes the file.
 *
 * @module
 */
import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { CsvError, parse } from "csv-parse/sync";
import { PseudonymizerError, type PseudonymizerErrorCode } from "../errors.js";

/** Some four million rows. What is larger was named by mistake. */
const MAX_CSV_BYTES = 256 * 1024 * 1024;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** What errors say of a table. */
export interface TableName {
  readonly code: PseudonymizerErrorCode;
  /** Such as `the patient table`. */
  readonly name: string;
}

/** Takes the values of a row, and the number of the line on which it ends. */
export type OnRow = (values: readonly string[], line: number) => void;

/**
 * Parses whole rows; empty lines are passed over. Rows may differ in length.
 *
 * @param linesBefore - in the file, if `bytes` are not its beginning
 * @throws {@link PseudonymizerError} the table's code, with the line, if this is no CSV
 */
export function parseRows(
  bytes: Uint8Array,
  table: TableName,
  onRow: OnRow,
  linesBefore = 0,
): void {
  try {
    parse(utf8Of(bytes, linesBefore === 0, table), {
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (values: readonly string[], { lines }) => {
        onRow(values, linesBefore + lines);
        // Nothing is gathered: the caller has taken it.
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw atLine(table, linesBefore + Number(error["lines"]), "wrong use of quotation marks");
  }
}

function utf8Of(bytes: Uint8Array, isBeginning: boolean, { code, name }: TableName): Uint8Array {
  // Taken for another encoding, names of patients would silently be others.
  if (!isUtf8(bytes)) throw new PseudonymizerError(code, `${name} is not UTF-8 text`);
  const hasMark = isBeginning && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte);
  return hasMark ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

/**
 * Reads a table of patients and something else, by the names of its columns in the first row. Further columns are
 * ignored. Spaces around values are, as in DICOM, no part of them.
 *
 * @param column - the other column
 * @param parseValue - gives nothing if the text is not what is `expected`
 * @throws {@link PseudonymizerError} `BAD_INPUT` if there is no such file, else the table's code, with the line
 */
export function readPatientColumn<T>(
  path: string,
  table: TableName,
  column: string,
  parseValue: (text: string) => T | undefined,
  expected: string,
): ReadonlyMap<string, T> {
  const values = new Map<string, T>();
  let header:
    | { readonly length: number; readonly at: readonly number[]; readonly isLookup: boolean }
    | undefined;
  parseRows(readTable(path, table), table, (row, line) => {
    if (header === undefined) {
      const at = ["old_patient_id", column].map((name) => columnIndex(row, name, table));
      header = { length: row.length, at, isLookup: row.includes("old_accession_number") };
      return;
    }
    if (row.length !== header.length) throw atLine(table, line, "not as many values as columns");
    const [patient = "", text = ""] = header.at.map((index) => row[index]?.trim());
    // In a lookup table, of a file that has an accession number but no patient.
    if (patient === "" && header.isLookup) return;
    if (patient === "") throw atLine(table, line, "old_patient_id is empty");
    const value = parseValue(text);
    if (value === undefined) throw atLine(table, line, `${column} is not ${expected}`);
    const before = values.get(patient);
    if (before !== undefined && before !== value) {
      throw atLine(table, line, `the patient has another ${column} on a line before it`);
    }
    values.set(patient, value);
  });
  if (values.size === 0) throw new PseudonymizerError(table.code, `${table.name} has no rows`);
  return values;
}

function columnIndex(header: readonly string[], column: string, { code, name }: TableName): number {
  const names = header.map((text) => text.trim());
  const index = names.indexOf(column);
  if (index === -1 || index !== names.lastIndexOf(column)) {
    throw new PseudonymizerError(
      code,
      `${name} needs, in its first line, one column ${column}; commas separate columns`,
    );
  }
  return index;
}

function readTable(path: string, table: TableName): Uint8Array {
  let size: number;
  try {
    const stats = statSync(path);
    // Anything else, a pipe say, might never end.
    if (!stats.isFile()) throw new PseudonymizerError("BAD_INPUT", `${table.name} is no file`);
    size = stats.size;
    if (size <= MAX_CSV_BYTES) return readFileSync(path);
  } catch (error) {
    throw withoutPath(error, table);
  }
  throw new PseudonymizerError(table.code, `${table.name} is too large: ${size} bytes`);
}

/** What to throw for an error of the file system, whose message has the path. */
export function withoutPath(error: unknown, { name }: TableName): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return new PseudonymizerError("BAD_INPUT", `${name} cannot be used (${code ?? "unknown"})`);
}

/** Never with a value. */
export function atLine({ code, name }: TableName, line: number, why: string): PseudonymizerError {
  return new PseudonymizerError(code, `${name}, line ${line}: ${why}`);
}
