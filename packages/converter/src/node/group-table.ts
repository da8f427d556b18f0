/**
 * A table that says of which patient each file is.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { ConverterError } from "../errors.js";
import { withoutPath } from "./file-system-error.js";
import { parseCsv } from "./parse-csv.js";

/** The names of the columns. */
export interface GroupTableOptions {
  /** Of the files: their paths in the input, `class/…/file`, or their names. Default `file`. */
  readonly file?: string;
  /** Of the patients. Default `group`. */
  readonly group?: string;
}

/**
 * Reads a table from files to groups for `groupBy: { table }`: CSV with the names of the columns in its first line. Other columns are
 * passed over.
 *
 * @throws {@link ConverterError} `BAD_TABLE`; `BAD_INPUT` if it cannot be read
 */
export async function readGroupTable(
  path: string,
  { file = "file", group = "group" }: GroupTableOptions = {},
): Promise<ReadonlyMap<string, string>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw withoutPath("the table cannot be read", error);
  }
  const table = new Map<string, string>();
  parseCsv(text, [file, group], badTable).forEach((row, i) => {
    // As a program on Windows writes paths.
    const name = (row.get(file) ?? "").replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
    const value = row.get(group) ?? "";
    if (name === "" || value === "") throw badTable(`row ${i + 1}: a file or a group is missing`);
    if ((table.get(name) ?? value) !== value) throw badTable(`row ${i + 1}: another group`);
    table.set(name, value);
  });
  return table;
}

function badTable(why: string): ConverterError {
  return new ConverterError("BAD_TABLE", `table: ${why}`);
}
