import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createManifest,
  formatManifestJson,
  type ManifestEntry,
  parseManifestJson,
} from "./manifest.js";
import { formatManifestCsv, parseManifestCsv } from "./node/manifest-csv.js";

const entries: readonly ManifestEntry[] = [
  { path: "train/ill/b.png", label: "ill", group: "P1", split: "train" },
  { path: "train/ill/a.png", label: "ill", group: "P1", split: "train" },
  { path: "test/healthy/c.png", label: "healthy", group: "P2", split: "test" },
];
const broken = expect.objectContaining({ code: "BAD_MANIFEST" });

const name = fc
  .string({ unit: "grapheme", minLength: 1 })
  .filter((text) => !/[\p{Cc}\p{Cs}\\/:]/u.test(text) && text !== "." && text !== "..");
const text = fc.string({ unit: "binary", minLength: 1 });
const anyEntries = fc.uniqueArray(
  fc.record(
    {
      path: fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/")),
      label: text,
      group: text,
      split: name,
      site: name,
      sha256: fc.string({
        unit: fc.constantFrom(..."0123456789abcdef"),
        minLength: 64,
        maxLength: 64,
      }),
    },
    { requiredKeys: ["path", "label", "group"] },
  ),
  { selector: ({ path }) => path },
);

describe("a manifest", () => {
  it("is in order of paths, and counted", () => {
    const manifest = createManifest(entries);
    expect(manifest.entries.map(({ path }) => path)).toEqual([
      "test/healthy/c.png",
      "train/ill/a.png",
      "train/ill/b.png",
    ]);
    expect(manifest.counts).toEqual([
      { label: "healthy", split: "test", count: 1 },
      { label: "ill", split: "train", count: 2 },
    ]);
  });

  it("comes back from JSON and from CSV as it was", () => {
    fc.assert(
      fc.property(anyEntries, (any) => {
        const manifest = createManifest(any);
        expect(parseManifestJson(formatManifestJson(manifest))).toEqual(manifest);
        expect(parseManifestCsv(formatManifestCsv(manifest))).toEqual(manifest);
      }),
    );
  });

  it.each([
    "/etc/passwd",
    "../a",
    "a/../../b",
    "a//b",
    "./a",
    "a/",
    "",
    "C:/a",
    "a\\b",
    "a\u0000b",
  ])("refuses the path %j, written and read", (path) => {
    const entry = { path, label: "a", group: "P1" };
    const manifest = { entries: [entry], counts: [{ label: "a", count: 1 }] };
    expect(() => createManifest([entry])).toThrow(broken);
    expect(() => formatManifestJson(manifest)).toThrow(broken);
    expect(() => parseManifestJson(jsonOf(manifest))).toThrow(broken);
    expect(() => parseManifestCsv(`path,label,group\n"${path}",a,P1\n`)).toThrow(broken);
  });

  it("refuses two entries of one path, unknown fields, and names that are no folder's", () => {
    const [one] = entries as [ManifestEntry];
    expect(() => createManifest([one, one])).toThrow(broken);
    expect(() => createManifest([{ ...one, PatientName: "Doe" } as ManifestEntry])).toThrow(broken);
    expect(() => createManifest([{ ...one, split: "a/b" }])).toThrow(broken);
    expect(() => createManifest([{ ...one, site: ".." }])).toThrow(broken);
    expect(() => createManifest([{ ...one, group: "" }])).toThrow(broken);
    for (const sha256 of ["", "0".repeat(63), "A".repeat(64)]) {
      expect(() => createManifest([{ ...one, sha256 }])).toThrow(broken);
    }
  });

  it("refuses JSON of another format, version, or with wrong counts", () => {
    const json = formatManifestJson(createManifest(entries));
    for (const other of [
      "{",
      "[]",
      json.replace("dsail-dataset", "other"),
      json.replace('"version": 2', '"version": 1'),
      json.replace('"count":2', '"count":3'),
      json.replace(/"entries": \[.*\]/s, '"entries": {}'),
    ]) {
      expect(other).not.toBe(json);
      expect(() => parseManifestJson(other)).toThrow(broken);
    }
  });

  it("reads CSV of a spreadsheet: byte order mark, CR LF, columns in another order", () => {
    const csv = "\uFEFFlabel,path,group\r\nill,a.png,P1\r\n";
    expect(parseManifestCsv(csv).entries).toEqual([{ path: "a.png", label: "ill", group: "P1" }]);
  });

  it("keeps in CSV what a spreadsheet takes for a formula, as it is", () => {
    const [one] = entries as [ManifestEntry];
    const manifest = createManifest([{ ...one, path: "=HYPERLINK(1)", group: "@P1" }]);
    expect(formatManifestCsv(manifest)).toContain("=HYPERLINK(1),ill,@P1");
    expect(parseManifestCsv(formatManifestCsv(manifest))).toEqual(manifest);
  });

  it("refuses broken CSV without quoting it", () => {
    for (const csv of ["", "label\nill\n", 'path,label,group\n"Doe', "path,label,group\nDoe,a\n"]) {
      expect(() => parseManifestCsv(csv)).toThrow(broken);
      expect(() => parseManifestCsv(csv)).not.toThrow(/Doe/);
    }
  });
});

function jsonOf(manifest: object): string {
  return JSON.stringify({ format: "dsail-dataset", version: 2, ...manifest });
}
