/**
 * Manifests as CSV (RFC 4180): `path,label,group,split,site,sha256`, no counts.
 *
 * Here and not beside JSON, since csv-parse needs Node's Buffer.
 *
 * @module
 */
import { stringify } from "csv-stringify/sync";
import { ConverterError } from "../errors.js";
import { createManifest, ENTRY_FIELDS, type Manifest, type ManifestEntry } from "../manifest.js";
import { parseCsv } from "./parse-csv.js";

/**
 * What is not known of an entry is an empty value.
 *
 * Values are written as they are. A spreadsheet takes one that begins with `=`, `+`, `-` or `@` for a formula: open the file as text,
 * if others chose the names.
 */
export function formatManifestCsv(manifest: Manifest): string {
  const { entries } = createManifest(manifest.entries);
  const rows = entries.map((entry) => ENTRY_FIELDS.map((field) => entry[field] ?? ""));
  return stringify([ENTRY_FIELDS, ...rows]);
}

/**
 * Columns may be in any order; `split`, `site` and `sha256` may be missing.
 *
 * @throws {@link ConverterError} `BAD_MANIFEST`
 */
export function parseManifestCsv(text: string): Manifest {
  const rows = parseCsv(
    text,
    ["path"],
    (why) => new ConverterError("BAD_MANIFEST", `manifest: ${why}`),
  );
  return createManifest(
    rows.map((row) => {
      const fields = [...row].filter(([, value]) => value !== "");
      // What is wrong with a field, createManifest tells.
      return Object.fromEntries(fields) as unknown as ManifestEntry;
    }),
  );
}
