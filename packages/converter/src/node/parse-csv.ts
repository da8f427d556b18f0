/**
 * CSV (RFC 4180) with names of columns in its first line: as spreadsheets write it, too, with byte order mark and CR LF.
 *
 * @module
 */
import { CsvError, parse } from "csv-parse/sync";

/** A row, by the names of its columns. */
export type CsvRow = ReadonlyMap<string, string>;

/**
 * @param broken - makes the error of what is wrong; it is not told values
 * @throws what `broken` makes: if this is no CSV, or names of columns occur twice or not at all
 */
export function parseCsv(
  text: string,
  columns: readonly string[],
  broken: (why: string) => Error,
): readonly CsvRow[] {
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, record_delimiter: ["\r\n", "\n"], skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // What csv-parse says quotes the file.
    throw broken(`no CSV, line ${Number(error["lines"])}`);
  }
  const [header = [], ...values] = rows;
  if (
    new Set(header).size !== header.length ||
    !columns.every((column) => header.includes(column))
  ) {
    throw broken("expected the names of columns in line 1");
  }
  return values.map((row) => new Map(header.map((name, i) => [name, row[i] ?? ""])));
}
