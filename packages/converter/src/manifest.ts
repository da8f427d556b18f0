/**
 * The manifest of a data set as plain data: which file has which label, of whom it is, and where it belongs.
 *
 * @module
 */
import { ConverterError } from "./errors.js";
import { isName, isRelativePath } from "./relative-path.js";

/** One file of a data set. */
export interface ManifestEntry {
  /** Relative to the manifest's folder, with `/`. */
  readonly path: string;
  /** Its class. */
  readonly label: string;
  /** The patient, by a pseudonym. */
  readonly group: string;
  readonly split?: string;
  readonly site?: string;
  /** Of the file's bytes: 64 hexadecimal digits in lower case. What is written with a data set on disk always has it. */
  readonly sha256?: string;
}

/** How many files of a class there are in a split at a site. */
export interface ManifestCount {
  readonly label: string;
  readonly split?: string;
  readonly site?: string;
  readonly count: number;
}

export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  /** In order of site, split, label; none is 0. */
  readonly counts: readonly ManifestCount[];
}

/** The fields of an entry, in the order in which they are written. */
export const ENTRY_FIELDS: readonly (keyof ManifestEntry)[] = [
  ...(["path", "label", "group", "split", "site", "sha256"] as const),
];

const FORMAT = "dsail-dataset";
const VERSION = 2;

/**
 * Makes the manifest of entries: in order of their paths, and counted.
 *
 * @throws {@link ConverterError} `BAD_MANIFEST` if a path is absolute, leads elsewhere or occurs twice, or a field is empty
 */
export function createManifest(entries: readonly ManifestEntry[]): Manifest {
  const sorted = entries
    .map(checkEntry)
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  sorted.forEach(({ path }, i) => {
    if (i > 0 && sorted[i - 1]?.path === path) throw broken("two entries have one path");
  });
  return { entries: sorted, counts: countsOf(sorted) };
}

/** As JSON, one entry a line. Nothing in it says when or by whom: the same data set gives the same text. */
export function formatManifestJson(manifest: Manifest): string {
  const { entries, counts } = createManifest(manifest.entries);
  const lines = (list: readonly object[]) =>
    list.length === 0
      ? "[]"
      : `[\n${list.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  ]`;
  return `{\n  "format": "${FORMAT}",\n  "version": ${VERSION},\n  "counts": ${lines(counts)},\n  "entries": ${lines(entries)}\n}\n`;
}

/**
 * @throws {@link ConverterError} `BAD_MANIFEST` if this is not such a manifest, or its counts are not those of its entries
 */
export function parseManifestJson(text: string): Manifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw broken("expected JSON"); // the cause would quote the text
  }
  if (!isRecord(parsed) || parsed["format"] !== FORMAT) throw broken(`expected format ${FORMAT}`);
  if (parsed["version"] !== VERSION) throw broken(`expected version ${VERSION}`);
  if (!Array.isArray(parsed["entries"])) throw broken("entries: expected a list");
  const manifest = createManifest(parsed["entries"]);
  if (canonicalCounts(parsed["counts"]) !== canonicalCounts(manifest.counts)) {
    throw broken("counts: not those of the entries");
  }
  return manifest;
}

/** An entry with its own fields only, each checked. */
function checkEntry(entry: unknown, index: number): ManifestEntry {
  const at = `entry ${index + 1}`;
  if (!isRecord(entry)) throw broken(`${at}: expected an object`);
  for (const field of Object.keys(entry)) {
    if (!(ENTRY_FIELDS as readonly string[]).includes(field)) {
      throw broken(`${at}: expected no fields but ${ENTRY_FIELDS.join(", ")}`);
    }
  }
  const text = (field: keyof ManifestEntry): string => {
    const value = entry[field];
    if (typeof value !== "string" || value === "") throw broken(`${at}: ${field}: expected a text`);
    return value;
  };
  const name = (field: "split" | "site") => {
    if (entry[field] === undefined) return {};
    if (!isName(text(field))) throw broken(`${at}: ${field}: expected the name of a folder`);
    return { [field]: text(field) };
  };
  const digest = () => {
    if (entry["sha256"] === undefined) return {};
    if (!/^[0-9a-f]{64}$/.test(text("sha256"))) throw broken(`${at}: sha256: expected 64 digits`);
    return { sha256: text("sha256") };
  };
  if (!isRelativePath(text("path"))) throw broken(`${at}: path: expected a relative path with /`);
  return {
    path: text("path"),
    label: text("label"),
    group: text("group"),
    ...name("split"),
    ...name("site"),
    ...digest(),
  };
}

function countsOf(entries: readonly ManifestEntry[]): readonly ManifestCount[] {
  const counts = new Map<string, ManifestCount>();
  for (const { label, split, site } of entries) {
    // JSON keeps apart what joining would not. Names sort before labels, and none before any.
    const key = JSON.stringify([site ?? "", split ?? "", label]);
    counts.set(key, {
      label,
      ...(split === undefined ? {} : { split }),
      ...(site === undefined ? {} : { site }),
      count: (counts.get(key)?.count ?? 0) + 1,
    });
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

function canonicalCounts(counts: unknown): string {
  if (!Array.isArray(counts)) return "";
  return JSON.stringify(
    counts.map((one: unknown) =>
      isRecord(one)
        ? [one["site"] ?? null, one["split"] ?? null, one["label"], one["count"]]
        : undefined,
    ),
  );
}

function broken(why: string): ConverterError {
  return new ConverterError("BAD_MANIFEST", `manifest: ${why}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
