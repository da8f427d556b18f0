/**
 * The manifest of a data set as `@dsail/converter` writes it: JSON (`dsail-dataset`, version 2), or CSV (RFC 4180) with the
 * columns `path,label,group,split,site,sha256`.
 *
 * It may come from elsewhere: nothing in it is trusted.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { badData } from "./bad-data.js";
import { isName, isRelativePath } from "./relative-path.js";

/** One file of a data set. */
export interface ManifestFile {
  /** Relative to the manifest's folder, with `/`; leads nowhere else. */
  readonly path: string;
  readonly label: string;
  readonly split?: string;
  readonly site?: string;
}

const FORMAT = "dsail-dataset";
const VERSION = 2;

/** @throws {@link FlError} `BAD_DATA` if this is no such manifest, or a path is absolute, leads elsewhere or occurs twice */
export function parseManifest(text: string, format: "json" | "csv"): readonly ManifestFile[] {
  const entries = format === "json" ? entriesOfJson(text) : entriesOfCsv(text);
  const files = entries.map((entry, index) => checkEntry(entry, `entry ${index + 1}`));
  if (new Set(files.map(({ path }) => path)).size !== files.length) {
    throw broken("two entries have one path");
  }
  return files;
}

function entriesOfJson(text: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw broken("expected JSON"); // the cause would quote the text
  }
  if (!isRecord(parsed) || parsed["format"] !== FORMAT || parsed["version"] !== VERSION) {
    throw broken(`expected format ${FORMAT}, version ${VERSION}`);
  }
  if (!Array.isArray(parsed["entries"])) throw broken("entries: expected a list");
  return parsed["entries"];
}

function entriesOfCsv(text: string): readonly unknown[] {
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, record_delimiter: ["\r\n", "\n"], skip_empty_lines: true });
  } catch {
    throw broken("expected CSV"); // the cause would quote the text
  }
  const [header = [], ...values] = rows;
  if (new Set(header).size !== header.length || !header.includes("path")) {
    throw broken("expected the names of columns in line 1");
  }
  return values.map((row) => {
    const fields = header.map((name, i) => [name, row[i]] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== ""));
  });
}

function checkEntry(entry: unknown, at: string): ManifestFile {
  if (!isRecord(entry)) throw broken(`${at}: expected an object`);
  const text = (field: string): string => {
    const value = entry[field];
    if (typeof value !== "string" || value === "") throw broken(`${at}: ${field}: expected a text`);
    return value;
  };
  const name = (field: "split" | "site") => {
    if (entry[field] === undefined) return {};
    if (!isName(text(field))) throw broken(`${at}: ${field}: expected the name of a folder`);
    return { [field]: text(field) };
  };
  const path = text("path");
  if (!isRelativePath(path)) throw broken(`${at}: path: expected a relative path with /`);
  return { path, label: text("label"), ...name("split"), ...name("site") };
}

function broken(why: string): Error {
  return badData(`manifest: ${why}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
