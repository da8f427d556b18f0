import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { pathsIn, stateOf, temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.js";
import { parseManifestJson } from "../src/manifest.js";
import { parseManifestCsv } from "../src/node/manifest-csv.js";
import { readManifest } from "../src/node/manifest-files.js";
import {
  mergeCategories,
  type SplitCategoriesOptions,
  splitCategories,
  splitSitesOnDisk,
} from "../src/node/split-categories.js";
import { verifyManifest } from "../src/node/verify-manifest.js";

const options: SplitCategoriesOptions = {
  fractions: { train: 0.7, valid: 0.2, test: 0.1 },
  seed: 3,
  groupBy: /^(P\d+)_/,
};

/** 20 patients of two classes, three slices each, the third in a folder of its own. */
function dataset(): string {
  const folder = temporaryFolder();
  for (let p = 0; p < 20; p++) {
    const at = p % 2 === 0 ? "ill" : "healthy";
    writeFiles(folder, {
      [`${at}/P${p}_1.png`]: `${p} 1`,
      [`${at}/P${p}_2.png`]: `${p} 2`,
      [`${at}/more/P${p}_3.png`]: `${p} 3`,
    });
  }
  return folder;
}

/** Content of each file by its name, in all of the folders. */
function contents(...folders: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    folders
      .flatMap((folder) => pathsIn(folder).map((path) => join(folder, path)))
      .filter((path) => path.endsWith(".png"))
      .map((path) => [basename(path), readFileSync(path, "utf8")] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const refusal = (code: string) => expect.objectContaining({ name: "ConverterError", code });

describe("splitCategories", () => {
  it("copies each file once, patients whole, and leaves the input as it was", async () => {
    const [input, output] = [dataset(), join(temporaryFolder(), "new")];
    const before = stateOf(input);
    const { manifest, skipped } = await splitCategories(input, output, options);
    expect(stateOf(input)).toEqual(before);
    expect(contents(output)).toEqual(contents(input));
    expect(skipped).toBe(0);
    expect(pathsIn(output).map((path) => path.replaceAll("\\", "/"))).toEqual(
      [...manifest.entries.map(({ path }) => path), "manifest.csv", "manifest.json"].sort(),
    );
    const splits = new Map(manifest.entries.map(({ group, split }) => [group, split]));
    expect(splits.size).toBe(20);
    for (const { group, split, path, label } of manifest.entries) {
      expect(split).toBe(splits.get(group));
      expect(path.startsWith(`${split}/${label}/`)).toBe(true);
    }
    expect(manifest.counts).toContainEqual({ label: "ill", split: "train", count: 21 });
    const written = readFileSync(join(output, "manifest.json"), "utf8");
    expect(parseManifestJson(written)).toEqual(manifest);
    expect(parseManifestCsv(readFileSync(join(output, "manifest.csv"), "utf8"))).toEqual(manifest);
    for (const { path, sha256 } of manifest.entries) {
      const bytes = readFileSync(join(output, path));
      expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });

  it("moves, and mergeCategories brings all back", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    const [names, before] = [pathsIn(input), contents(input)];
    const { manifest } = await splitCategories(input, output, { ...options, mode: "move" });
    expect(await verifyManifest(output)).toMatchObject({ ok: true, files: 60 });
    expect(pathsIn(input)).toEqual([]);
    expect(contents(output)).toEqual(before);
    expect(manifest.entries).toHaveLength(60);
    const merged = await mergeCategories(output, input, { mode: "move" });
    expect(merged).toEqual({ files: 60, skipped: 0 });
    expect(pathsIn(input)).toEqual(names);
    expect(contents(input)).toEqual(before);
    expect(pathsIn(output)).toEqual(["manifest.csv", "manifest.json"]);
  });

  it("loses nothing when a move is stopped: no manifest, no second run into it, and a way back", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    const [names, before] = [pathsIn(input), contents(input)];
    const stop = new AbortController();
    const run = splitCategories(input, output, {
      ...options,
      mode: "move",
      signal: stop.signal,
      onProgress: (done, total) => {
        expect(total).toBe(60);
        if (done === 25) stop.abort();
      },
    });
    await expect(run).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(pathsIn(output)).toHaveLength(25);
    expect(contents(input, output)).toEqual(before);
    await expect(splitCategories(input, output, options)).rejects.toThrow(refusal("TARGET_EXISTS"));
    // Killed, not stopped, it may leave one file in both places.
    const [moved = ""] = pathsIn(output);
    linkSync(join(output, moved), join(input, moved.split(sep).slice(1).join(sep)));
    await mergeCategories(output, input, { mode: "move" });
    expect(pathsIn(input)).toEqual(names);
    expect(contents(input)).toEqual(before);
  });

  it("refuses to guess the patients", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    const { groupBy: _, ...without } = options;
    for (const bad of [without, { ...without, groupBy: /^P\d+_/ }, { ...without, groupBy: "_" }]) {
      const run = splitCategories(input, output, bad as unknown as SplitCategoriesOptions);
      await expect(run).rejects.toThrow(refusal("GROUPING_NEEDED"));
    }
    const run = splitCategories(input, output, { ...options, groupBy: /^(Q\d+)_/ });
    await expect(run).rejects.toThrow(refusal("GROUP_UNKNOWN"));
    await expect(run).rejects.toThrow("groupBy: gives no group for 60 of 60 files");
    expect(pathsIn(output)).toEqual([]);
  });

  it("groups by file or by a function if told to, and by an expression that remembers nothing", async () => {
    const input = dataset();
    const groups = async (groupBy: SplitCategoriesOptions["groupBy"]) => {
      const { manifest } = await splitCategories(input, temporaryFolder(), { ...options, groupBy });
      return new Set(manifest.entries.map(({ group }) => group)).size;
    };
    expect(await groups("file")).toBe(60);
    expect(await groups((path) => path.replace(/^.*\/(P\d+).*$/, "$1"))).toBe(20);
    expect(await groups(/^(P\d+)_/g)).toBe(20);
  });

  it("tears patients apart when told that every file is a group: the other tests can fail", async () => {
    const { manifest } = await splitCategories(dataset(), temporaryFolder(), {
      ...options,
      groupBy: "file",
    });
    const places = manifest.entries.map(({ path, split }) => `${/P\d+/.exec(path)?.[0]} ${split}`);
    expect(new Set(places).size).toBeGreaterThan(20);
  });

  it("keeps a patient of two classes in one split", async () => {
    const input = dataset();
    for (let p = 0; p < 20; p++) writeFiles(input, { [`third/P${p}_9.png`]: "9" });
    const { manifest } = await splitCategories(input, temporaryFolder(), options);
    expect(new Set(manifest.entries.map(({ group, split }) => `${group} ${split}`)).size).toBe(20);
  });

  it("skips hidden files and links, and counts them", async () => {
    const input = dataset();
    writeFiles(input, { ".DS_Store": "", "ill/.hidden": "", ".git/config": "" });
    symlinkSync(join(input, "ill"), join(input, "link"));
    const { skipped, manifest } = await splitCategories(input, temporaryFolder(), options);
    expect(skipped).toBe(4);
    expect(manifest.entries).toHaveLength(60);
  });

  it("passes over manifests in the input, but not a file of that name in a class", async () => {
    const input = dataset();
    writeFiles(input, { "manifest.json": "", "manifest.csv": "", "ill/manifest.json": "P1" });
    const { manifest } = await splitCategories(input, temporaryFolder(), {
      groupBy: "file",
    });
    expect(manifest.entries).toHaveLength(61);
  });

  it.each([
    ["a file in no class", { "loose.png": "" }],
    ["a name that means a drive elsewhere", { "ill/a:P1_.png": "" }],
  ])("refuses %s", async (_, files) => {
    const [input, output] = [dataset(), temporaryFolder()];
    writeFiles(input, files);
    await expect(splitCategories(input, output, options)).rejects.toThrow(refusal("BAD_INPUT"));
    expect(pathsIn(output)).toEqual([]);
  });

  it("refuses an input that is empty or not there, without its path", async () => {
    const gone = join(temporaryFolder(), "Doe^Jane");
    const run = splitCategories(gone, temporaryFolder(), options);
    await expect(run).rejects.toThrow(refusal("BAD_INPUT"));
    await expect(run).rejects.not.toThrow(/Doe/);
    await expect(splitCategories(temporaryFolder(), temporaryFolder(), options)).rejects.toThrow(
      refusal("BAD_INPUT"),
    );
  });

  it("refuses folders that overlap, through links too", async () => {
    const input = dataset();
    const link = join(temporaryFolder(), "link");
    symlinkSync(input, link);
    for (const output of [input, join(input, "out"), join(link, "a", "b"), join(input, "..")]) {
      await expect(splitCategories(input, output, options)).rejects.toThrow(
        refusal("FOLDERS_OVERLAP"),
      );
    }
  });

  it.each(["../train", ".train", "", "a/b", "manifest.json"])(
    "refuses a split of the name %j",
    async (name) => {
      const fractions = { [name]: 1 };
      const run = splitCategories(dataset(), temporaryFolder(), { ...options, fractions });
      await expect(run).rejects.toThrow(refusal("BAD_NAME"));
    },
  );

  it("refuses a split that would be empty before it writes", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    const fractions = { train: 0.9999, test: 0.0001 };
    await expect(splitCategories(input, output, { ...options, fractions })).rejects.toThrow(
      refusal("SPLIT_IMPOSSIBLE"),
    );
    expect(pathsIn(output)).toEqual([]);
  });
});

describe("mergeCategories", () => {
  it("refuses two files of one name, and a file that is there, before it writes", async () => {
    const [input, output] = [temporaryFolder(), temporaryFolder()];
    writeFiles(input, { "train/a/1.png": "1", "test/a/1.png": "2" });
    await expect(mergeCategories(input, output)).rejects.toThrow(refusal("TARGET_EXISTS"));
    const other = temporaryFolder();
    writeFiles(other, { "train/a/1.png": "1", "train/a/0.png": "0" });
    writeFiles(output, { "a/1.png": "old" });
    await expect(mergeCategories(other, output, { mode: "move" })).rejects.toThrow(
      refusal("TARGET_EXISTS"),
    );
    expect(contents(output)).toEqual(new Map([["1.png", "old"]]));
    expect(pathsIn(other)).toHaveLength(2);
  });
});

describe("splitSitesOnDisk", () => {
  it("gives each site its splits, patients whole, and all comes back", async () => {
    const [input, output, back] = [dataset(), temporaryFolder(), temporaryFolder()];
    const { manifest } = await splitSitesOnDisk(input, output, {
      ...options,
      fractions: { train: 0.7, test: 0.3 },
      sites: [0.6, 0.4],
      siteNames: ["north", "south"],
    });
    expect(new Set(manifest.entries.map(({ site, split }) => `${site}/${split}`))).toEqual(
      new Set(["north/train", "north/test", "south/train", "south/test"]),
    );
    const places = manifest.entries.map(({ group, site, split }) => `${group} ${site} ${split}`);
    expect(new Set(places).size).toBe(20);
    for (const { path, site, split, label } of manifest.entries) {
      expect(path.startsWith(`${site}/${split}/${label}/`)).toBe(true);
    }
    expect(contents(output)).toEqual(contents(input));
    await mergeCategories(output, back, { levels: 2 });
    expect(pathsIn(back)).toEqual(pathsIn(input));
  });

  it("gives each site a manifest of its own files only, which holds in its folder alone", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    const { groupBy } = options;
    const fractions = { train: 0.7, test: 0.3 };
    const { manifest } = await splitSitesOnDisk(input, output, { fractions, groupBy });
    expect(await verifyManifest(output)).toMatchObject({ ok: true, files: 60 });
    const sizes: number[] = [];
    for (const site of ["site-1", "site-2", "site-3"]) {
      expect(await verifyManifest(join(output, site))).toMatchObject({ ok: true });
      const { entries } = await readManifest(join(output, site));
      sizes.push(entries.length);
      expect(
        entries.map(({ path, ...entry }) => ({ ...entry, site, path: `${site}/${path}` })),
      ).toEqual(manifest.entries.filter((entry) => entry.site === site));
    }
    // D-SAIL's shares, of 20 patients of two classes.
    expect(sizes).toEqual([30, 18, 12]);
  });

  it("refuses names that are not one a site", async () => {
    for (const siteNames of [["one"], ["one", "one"], ["one", "../two"]]) {
      const run = splitSitesOnDisk(dataset(), temporaryFolder(), {
        ...options,
        sites: 2,
        siteNames,
      });
      await expect(run).rejects.toThrow(refusal("BAD_NAME"));
    }
  });
});

describe("a dry run", () => {
  it.each(["copy", "move"] as const)(
    "of a %s gives the manifest, and writes nothing",
    async (mode) => {
      const [input, output] = [dataset(), join(temporaryFolder(), "new")];
      const before = stateOf(input);
      let steps = 0;
      const dry = { ...options, mode, dryRun: true, onProgress: () => (steps += 1) };
      const first = await splitCategories(input, output, dry);
      const sites = await splitSitesOnDisk(input, output, { ...dry, fractions: { train: 1 } });
      expect(steps).toBe(120);
      expect(stateOf(input)).toEqual(before);
      expect(existsSync(output)).toBe(false);
      expect(await splitCategories(input, output, { ...options, mode })).toEqual(first);
      expect(sites.manifest.entries.every(({ sha256 }) => sha256?.length === 64)).toBe(true);
    },
  );

  it("of mergeCategories writes nothing, and refuses what it would refuse", async () => {
    const [input, output] = [temporaryFolder(), temporaryFolder()];
    writeFiles(input, { "train/a/1.png": "1", "test/a/2.png": "2" });
    const before = stateOf(input);
    for (const mode of ["copy", "move"] as const) {
      expect(await mergeCategories(input, output, { mode, dryRun: true })).toEqual({
        files: 2,
        skipped: 0,
      });
    }
    expect([stateOf(input), pathsIn(output)]).toEqual([before, []]);
    writeFiles(output, { "a/2.png": "other" });
    const run = mergeCategories(input, output, { mode: "move", dryRun: true });
    await expect(run).rejects.toThrow(refusal("TARGET_EXISTS"));
  });

  it("stops between two files", async () => {
    const stop = new AbortController();
    const run = splitCategories(dataset(), temporaryFolder(), {
      ...{ ...options, dryRun: true, signal: stop.signal },
      onProgress: (done) => done === 5 && stop.abort(),
    });
    await expect(run).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

it("an output that has something else in it is refused, and stays", async () => {
  const output = temporaryFolder();
  mkdirSync(join(output, "train"));
  writeFileSync(join(output, "train", "x"), "mine");
  await expect(splitCategories(dataset(), output, options)).rejects.toThrow(
    refusal("TARGET_EXISTS"),
  );
  expect(pathsIn(output)).toEqual([join("train", "x")]);
});
