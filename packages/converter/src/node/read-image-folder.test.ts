import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { openDataset, readImageFolder } from "./read-image-folder.js";
import { splitSitesOnDisk } from "./split-categories.js";

function folderOf(...paths: readonly string[]): string {
  const folder = temporaryFolder();
  writeFiles(folder, Object.fromEntries(paths.map((path) => [path, path])));
  return folder;
}

const bad = expect.objectContaining({ code: "BAD_INPUT" });

describe("readImageFolder", () => {
  it("numbers classes as torchvision does, and takes images only", async () => {
    const folder = folderOf(
      ...["b/1.png", "Z/2.PNG", "a/deep/3.bmp", "a/4.dcm", "a/5.json", "a/.6.png", "notes.txt"],
    );
    expect(await readImageFolder(folder)).toEqual({
      classes: ["Z", "a", "b"],
      items: [
        { path: "Z/2.PNG", label: "Z", classIndex: 0 },
        { path: "a/4.dcm", label: "a", classIndex: 1 },
        { path: "a/deep/3.bmp", label: "a", classIndex: 1 },
        { path: "b/1.png", label: "b", classIndex: 2 },
      ],
    });
  });

  it("reads one split with the classes of all", async () => {
    const folder = folderOf("train/a/1.png", "train/b/2.png", "test/b/3.png");
    expect(await readImageFolder(folder, { levels: 1, split: "test" })).toEqual({
      classes: ["a", "b"],
      items: [{ path: "test/b/3.png", label: "b", classIndex: 1, split: "test" }],
    });
  });

  it("numbers the classes of sites alike when told them", async () => {
    const folder = folderOf("north/train/b/1.png", "south/train/a/2.png");
    const north = await readImageFolder(join(folder, "north"), { levels: 1, classes: ["a", "b"] });
    expect(north.items).toMatchObject([{ label: "b", classIndex: 1 }]);
    const both = await readImageFolder(folder, { levels: 2 });
    expect(both.items).toEqual([
      { path: "north/train/b/1.png", label: "b", classIndex: 1, split: "train", site: "north" },
      { path: "south/train/a/2.png", label: "a", classIndex: 0, split: "train", site: "south" },
    ]);
  });

  it("refuses what it cannot read", async () => {
    const folder = folderOf("a/1.png");
    await expect(readImageFolder(temporaryFolder())).rejects.toThrow(bad);
    await expect(readImageFolder(join(folder, "gone"))).rejects.toThrow(bad);
    await expect(readImageFolder(folder, { levels: 1 })).rejects.toThrow(bad);
    await expect(readImageFolder(folder, { classes: ["b"] })).rejects.toThrow(bad);
    await expect(readImageFolder(folder, { classes: ["a", "a"] })).rejects.toThrow(RangeError);
    await expect(readImageFolder(folder, { split: "train" })).rejects.toThrow(RangeError);
    await expect(readImageFolder(folder, { levels: 3 as 2 })).rejects.toThrow(RangeError);
  });
});

describe("openDataset", () => {
  it("reads by the manifest what the folders say too", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `${i % 2 === 0 ? "a" : "b"}/${i}.png`);
    const output = temporaryFolder();
    await splitSitesOnDisk(folderOf(...names), output, { groupBy: "file", sites: 2 });
    const bySite = await openDataset(join(output, "site-1"), { split: "train" });
    expect(bySite).toEqual(
      await readImageFolder(join(output, "site-1"), { levels: 1, split: "train" }),
    );
    const all = await openDataset(output);
    expect(all.items).toHaveLength(30);
    expect(all).toEqual(await readImageFolder(output, { levels: 2 }));
    rmSync(join(output, "manifest.json"));
    expect(await openDataset(output, { levels: 2 })).toEqual(all);
  });

  it("does not take a broken manifest for none", async () => {
    const folder = folderOf("a/1.png", "manifest.json");
    await expect(openDataset(folder)).rejects.toThrow(
      expect.objectContaining({ code: "BAD_MANIFEST" }),
    );
  });
});
