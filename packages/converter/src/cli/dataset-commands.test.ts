import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { command } from "../../test/watched-command.js";
import { readManifest } from "../node/manifest-files.js";
import { EXIT_FAILED, EXIT_OK } from "./exit-code.js";

/** 20 patients of two classes, two slices each; with a JSON file and a row of a table for each. */
function dataset() {
  const folder = temporaryFolder();
  const rows: string[] = [];
  for (let p = 10; p < 30; p++) {
    const at = p % 2 === 0 ? "ill" : "healthy";
    for (const slice of [1, 2]) {
      const value = { "00100020": { vr: "LO", Value: [`P${p}`] } };
      writeFiles(folder, {
        [`in/${at}/P${p}_${slice}.png`]: `${p} ${slice}`,
        [`json/${at}/P${p}_${slice}.json`]: JSON.stringify(value),
      });
      rows.push(`P${p}_${slice}.png,P${p}`);
    }
  }
  writeFileSync(join(folder, "groups.csv"), ["image,patient", ...rows].join("\n"));
  const path = (name: string) => join(folder, name);
  return { path, io: [path("in"), path("out")] };
}

const BY_NAME = ["--group-by", "/^(P\\d+)_/"];
const COUNTS = [
  '"test" "healthy": 2 files\n"test" "ill": 2 files\n"train" "healthy": 14 files\n"train" "ill": 14 files\n',
  '"valid" "healthy": 4 files\n"valid" "ill": 4 files\n',
].join("");

describe("split", () => {
  it("copies, and says how many files of each class are in each split", async () => {
    const { path, io } = dataset();
    expect(await command(["split", ...io, ...BY_NAME])).toEqual({
      code: EXIT_OK,
      out: `${COUNTS}40 files copied, 0 skipped (hidden, or links)\n`,
      error: "",
    });
    const { entries } = await readManifest(path("out"));
    expect(new Set(entries.map(({ group, split }) => `${group} ${split}`)).size).toBe(20);
  });

  it("--dry-run says the same, and writes nothing", async () => {
    const { path, io } = dataset();
    const before = stateOf(path("."));
    for (const move of [[], ["--move"]]) {
      const { code, out } = await command(["split", ...io, ...BY_NAME, ...move, "--dry-run"]);
      expect(code).toBe(EXIT_OK);
      const done = move.length === 0 ? "copied" : "moved";
      expect(out).toBe(
        `${COUNTS}40 files would be ${done}, 0 skipped (hidden, or links); nothing written\n`,
      );
    }
    expect(stateOf(path("."))).toEqual(before);
  });

  it("groups alike by name, by a tag, by a table; and by file if told to", async () => {
    const { path } = dataset();
    const groupsBy = async (...how: readonly string[]) => {
      const output = join(temporaryFolder(), "out");
      const { code, error } = await command(["split", path("in"), output, "--group-by", ...how]);
      expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
      const { entries } = await readManifest(output);
      return entries.map(({ path: at, group }) => `${at} ${group}`);
    };
    const byName = await groupsBy("/^(P\\d+)_/");
    expect(new Set(byName.map((line) => line.split(" ")[1])).size).toBe(20);
    expect(await groupsBy("/^(p\\d+)_/i")).toEqual(byName);
    expect(await groupsBy("tag:PatientID", "--metadata", path("json"))).toEqual(byName);
    expect(await groupsBy("tag:(0010,0020)", "--metadata", path("json"))).toEqual(byName);
    const columns = ["--file-column", "image", "--group-column", "patient"];
    expect(await groupsBy(`table:${path("groups.csv")}`, ...columns)).toEqual(byName);
    const byFile = await groupsBy("file");
    expect(new Set(byFile.map((line) => line.split(" ")[1])).size).toBe(40);
  });

  it("takes fractions and a seed", async () => {
    const { path, io } = dataset();
    const halves = ["--fractions", "a=0.5, b = 0.5"];
    const first = await command(["split", ...io, ...BY_NAME, ...halves]);
    expect(first.out).toMatch(/^"a" "healthy": 10 files\n"a" "ill": 10 files\n"b" /);
    const at = async (seed: string, name: string) => {
      await command(["split", path("in"), path(name), ...BY_NAME, ...halves, "--seed", seed]);
      return pathsIn(path(name));
    };
    expect(await at("3", "again")).toEqual(pathsIn(path("out")));
    expect(await at("4", "other")).not.toEqual(pathsIn(path("out")));
  });
});

describe("sites", () => {
  it("shares out as D-SAIL's hospitals do", async () => {
    const { path, io } = dataset();
    const { code, out } = await command(["sites", ...io, ...BY_NAME, "--fractions", "train=1"]);
    expect({ code, out }).toEqual({
      code: EXIT_OK,
      out: [
        '"site-1" "train" "healthy": 10 files\n"site-1" "train" "ill": 10 files\n',
        '"site-2" "train" "healthy": 6 files\n"site-2" "train" "ill": 6 files\n',
        '"site-3" "train" "healthy": 4 files\n"site-3" "train" "ill": 4 files\n',
        "40 files copied, 0 skipped (hidden, or links)\n",
      ].join(""),
    });
    expect(pathsIn(path("out/site-2"))).toContain("manifest.json");
  });

  it("takes a number or shares of sites, names, and a skew", async () => {
    const { path } = dataset();
    const one = ["--fractions", "train=1", "--dry-run"];
    const sites = async (...options: readonly string[]) => {
      const args = ["sites", path("in"), path("out"), ...BY_NAME, ...one, ...options];
      const { code, out } = await command(args);
      expect(code).toBe(EXIT_OK);
      return [...out.matchAll(/^"([^"]*)" "train" "\w+": (\d+) /gm)].map(
        ([, site, n]) => `${site} ${n}`,
      );
    };
    expect(await sites("--sites", "2")).toEqual([
      "site-1 10",
      "site-1 10",
      "site-2 10",
      "site-2 10",
    ]);
    const named = ["--sites", "0.8,0.2", "--names", "north, south"];
    expect(await sites(...named)).toEqual(["north 16", "north 16", "south 4", "south 4"]);
    for (const kind of ["label", "quantity"]) {
      const skewed = await sites("--sites", "2", "--skew", kind, "--alpha", "0.5", "--seed", "5");
      expect(skewed).not.toEqual(["site-1 10", "site-1 10", "site-2 10", "site-2 10"]);
    }
    expect(pathsIn(path("out"))).toEqual([]);
  });
});

describe("merge", () => {
  it.each([
    ["split", []],
    ["sites", ["--levels", "2"]],
  ])("undoes %s --move", async (name, levels) => {
    const { path, io } = dataset();
    const before = pathsIn(path("in"));
    expect(
      (await command([name, ...io, ...BY_NAME, "--fractions", "train=1", "--move"])).code,
    ).toBe(EXIT_OK);
    expect(pathsIn(path("in"))).toEqual([]);
    const back = ["merge", path("out"), path("in"), ...levels, "--move"];
    const state = stateOf(path("."));
    expect((await command([...back, "--dry-run"])).out).toBe(
      "40 files would be moved, 0 skipped (hidden, or links); nothing written\n",
    );
    expect(stateOf(path("."))).toEqual(state);
    expect((await command(back)).out).toBe("40 files moved, 0 skipped (hidden, or links)\n");
    expect(pathsIn(path("in"))).toEqual(before);
  });

  it("refuses to replace a file", async () => {
    const { path, io } = dataset();
    await command(["split", ...io, ...BY_NAME]);
    const { error } = await command(["merge", path("out"), path("in")]);
    expect(error).toMatch(/^dsail-convert: TARGET_EXISTS: /);
  });
});

describe("verify", () => {
  it("ends with 0 if all is as it should be, else with 1 and what is not", async () => {
    const { path, io } = dataset();
    await command(["split", ...io, ...BY_NAME, "--fractions", "train=1"]);
    expect(await command(["verify", path("out")])).toEqual({
      code: EXIT_OK,
      out: "40 files in the manifest: all as they should be\n",
      error: "",
    });
    writeFiles(path("out/train/ill"), { "P10_1.png": "changed", "more\x1b.png": "extra" });
    expect(await command(["verify", path("out")])).toEqual({
      code: EXIT_FAILED,
      out: "40 files in the manifest: 0 missing, 1 changed, 1 extra, 0 without a digest\n",
      error: '"train/ill/P10_1.png": changed\n"train/ill/more\\u001b.png": extra\n',
    });
    writeFileSync(path("out/manifest.json"), "{}");
    const broken = await command(["verify", path("out")]);
    expect(broken.error).toMatch(/BAD_MANIFEST/);
  });
});
