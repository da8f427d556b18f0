import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { openManifest } from "./manifest-dataset.js";
import { parseManifest } from "./parse-manifest.js";

const grey = (value: number) =>
  encodePng({ width: 1, height: 1, data: Uint8Array.of(value), channels: 1 });

const entry = (site: string, split: string, label: string, name: string) => ({
  ...{ path: `${site}/${split}/${label}/${name}.png`, label, group: `patient ${name}` },
  ...{ split, site, sha256: "0".repeat(64) },
});
const ENTRIES = [
  entry("site-1", "train", "ill", "a"),
  entry("site-1", "train", "well", "b"),
  entry("site-1", "valid", "ill", "c"),
  entry("site-2", "train", "well", "d"),
  entry("site-2", "test", "odd", "e"),
  entry("site-2", "valid", "well", "f"),
];
const json = (entries: readonly object[] = ENTRIES) =>
  JSON.stringify({ format: "dsail-dataset", version: 2, counts: [], entries });
const csv = [
  "path,label,group,split,site,sha256",
  ...ENTRIES.map((one) => Object.values(one).join(",")),
].join("\r\n");

function folderOf(name: string, text: string): string {
  const folder = temporaryFolder();
  const images = Object.fromEntries(ENTRIES.map(({ path }, i) => [path, grey(i)]));
  writeFiles(folder, { ...images, [name]: text });
  return folder;
}

const plain = { channels: 1, normalization: "none" } as const;

describe("openManifest", () => {
  it.each([
    ["manifest.json", `\uFEFF${json()}`],
    ["manifest.csv", `\uFEFF${csv}\r\n`],
  ])("opens the splits of %s", async (name, text) => {
    const splits = await openManifest(join(folderOf(name, text), name), plain);
    expect(splits.classes).toEqual(["ill", "odd", "well"]);
    expect([...splits.train.labels]).toEqual([0, 2, 2]);
    expect([...splits.test!.labels]).toEqual([1]);
    const { images } = await splits.train.readBatch([0, 1, 2]);
    expect(images).toEqual(Float32Array.of(0, 1 / 255, 3 / 255));
  });

  it("opens one site, with the classes of all", async () => {
    const path = join(folderOf("manifest.json", json()), "manifest.json");
    const splits = await openManifest(path, { ...plain, site: "site-1" });
    expect(splits.classes).toEqual(["ill", "odd", "well"]);
    expect([...splits.train.labels]).toEqual([0, 2]);
    expect(splits.test).toBeUndefined();
    await expect(openManifest(path, { site: "site-9" })).rejects.toThrow("no images");
  });

  it("decodes what it is told how to", async () => {
    const path = join(folderOf("manifest.json", json()), "manifest.json");
    const decode = () => ({ rows: 1, columns: 1, channels: 1, pixels: Uint8Array.of(51) }) as const;
    const { train } = await openManifest(path, { ...plain, decode });
    expect((await train.readBatch([1])).images).toEqual(Float32Array.of(0.2));
  });

  it("refuses a file that is not there, and other splits", async () => {
    const more = [...ENTRIES, entry("site-1", "train", "ill", "missing")];
    const path = join(folderOf("manifest.json", json(more)), "manifest.json");
    const told: string[] = [];
    const onProblem = (file: string) => told.push(file);
    await expect(openManifest(path, { ...plain, onProblem })).rejects.toThrow("1 of 7 images");
    expect(told).toEqual(["site-1/train/ill/missing.png"]);
    const other = join(
      folderOf("m.json", json([...ENTRIES, entry("s", "holdout", "ill", "x")])),
      "m.json",
    );
    await expect(openManifest(other, plain)).rejects.toThrow("expected the splits");
  });

  it("refuses a path through a link", async () => {
    const outside = folderOf("x", "");
    const folder = folderOf(
      "manifest.json",
      json([...ENTRIES, entry("away", "train", "ill", "a")]),
    );
    symlinkSync(join(outside, "site-1"), join(folder, "away"));
    await expect(openManifest(join(folder, "manifest.json"), plain)).rejects.toThrow(
      /^manifest: a path leads through a link$/,
    );
    const file = folderOf("manifest.json", json([...ENTRIES, { ...ENTRIES[0], path: "l.png" }]));
    symlinkSync(join(outside, "site-1/train/ill/a.png"), join(file, "l.png"));
    await expect(openManifest(join(file, "manifest.json"), plain)).rejects.toThrow("a link");
  });

  it("tells a manifest that is not there by its code only", async () => {
    const path = join(temporaryFolder(), "Doe.json");
    await expect(openManifest(path)).rejects.toThrow(/^the manifest cannot be read \(ENOENT\)$/);
  });
});

describe("parseManifest", () => {
  it.each([
    "../a.png",
    "/etc/passwd",
    "a/../../b.png",
    "a/./b.png",
    "a//b.png",
    "C:/a.png",
    "a\\..\\b.png",
    "a\0.png",
    "..",
    "",
  ])("refuses the path %j, in JSON and CSV", (path) => {
    const bad = { path, label: "ill", group: "p", split: "train" };
    const refused = expect.objectContaining({ name: "FlError", code: "BAD_DATA" });
    expect(() => parseManifest(json([bad]), "json")).toThrow(refused);
    const text = `path,label,group,split\n"${path}",ill,p,train\n`;
    expect(() => parseManifest(text, "csv")).toThrow(refused);
  });

  it.each([
    ["no JSON", "{Doe^John"],
    ["another format", JSON.stringify({ format: "other", version: 2, entries: [] })],
    ["another version", JSON.stringify({ format: "dsail-dataset", version: 3, entries: [] })],
    ["no entries", JSON.stringify({ format: "dsail-dataset", version: 2 })],
    ["an entry that is none", json([[1]] as object[])],
    ["no label", json([{ path: "a.png" }])],
    ["a path twice", json([ENTRIES[0]!, ENTRIES[0]!])],
    ["a split that leads away", json([{ path: "a", label: "b", split: "../x" }])],
  ])("refuses %s, and quotes nothing", (_, text) => {
    expect(() => parseManifest(text, "json")).toThrow(/^manifest: (?!.*Doe)/);
  });

  it.each(['path,label\n"a', "label\nx\n", "path,path\na,b\n", "path,label\na\n"])(
    "refuses the CSV %j",
    (text) => {
      expect(() => parseManifest(text, "csv")).toThrow(/^manifest: /);
    },
  );
});
