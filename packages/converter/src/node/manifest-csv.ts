/**
 * Manifests as CSV (RFC 4180): `path,label,group,split,site`, no counts.
 *
 * Here and not beside JSON, since csv-parse needs Node's Buffer.
 *
 * @module
 */
import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { ConverterError } from "../errors.js";
import { createManifest, ENTRY_FIELDS, type Manifest, type ManifestEntry } from "../manifest.js";

/** What is not known of an entry is an empty value. */
export function formatManifestCsv(manifest: Manifest): string {
  const { entries } = createManifest(manifest.entries);
  const rows = entries.map((entry) => ENTRY_FIELDS.map((field) => entry[field] ?? ""));
  return stringify([ENTRY_FIELDS, ...rows]);
}

/**
 * Columns may be in any order; `split` and `site` may be missing.
 *
 * @throws {@link ConverterError} `BAD_MANIFEST`
 */
export function parseManifestCsv(text: string): Manifest {
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, record_delimiter: ["\r\n", "\n"], skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // What csv-parse says quotes the file.
    throw new ConverterError("BAD_MANIFEST", `manifest: no CSV, line ${Number(error["lines"])}`);
  }
  const [header = [], ...values] = rows;
  if (new Set(header).size !== header.length || !header.includes("path")) {
    throw new ConverterError("BAD_MANIFEST", "manifest: expected the names of columns in line 1");
  }
  return createManifest(
    values.map((row) => {
      const fields = header.map((name, i) => [name, row[i]] as const);
      // What is wrong with a field, createManifest tells.
      return Object.fromEntries(
        fields.filter(([, value]) => value !== ""),
      ) as unknown as ManifestEntry;
    }),
  );
}
