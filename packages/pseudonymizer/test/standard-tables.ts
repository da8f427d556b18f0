/**
 * The tables of the standard as `data/` has them: read here by other code than that which generates `src/generated/`.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** A row of a table, by the names of its columns. */
export type TableRow = ReadonlyMap<string, string>;

/** The rows of a CSV file in `data/`. */
export function readStandardTable(file: string): readonly TableRow[] {
  const text = readFileSync(new URL(`../data/${file}`, import.meta.url), "utf8");
  const [names = [], ...rows] = parseCsv(text);
  return rows.map((fields) => {
    if (fields.length !== names.length)
      throw new Error(`${file}: a row is not as long as the head`);
    return new Map(names.map((name, i) => [name, fields[i] ?? ""]));
  });
}

/** Character by character (RFC 4180): a field may be quoted, and hold commas, line breaks and doubled quotes. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[i++];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "," || character === "\n") {
      row.push(field);
      field = "";
      if (character === "\n") {
        rows.push(row);
        row = [];
      }
    } else if (character !== "\r") field += character;
  }
  if (field !== "" || row.length > 0) rows.push([...row, field]);
  return rows;
}
