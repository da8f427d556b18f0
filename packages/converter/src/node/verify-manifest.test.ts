import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { createManifest, formatManifestJson } from "../manifest.js";
import { readManifest } from "./manifest-files.js";
import { splitCategories } from "./split-categories.js";
import { type ManifestProblem, verifyManifest } from "./verify-manifest.js";

const contents = Array.from({ length: 12 }, (_, i) => `content of ${i}`);

async function dataset(): Promise<string> {
  const [input, output] = [temporaryFolder(), temporaryFolder()];
  contents.forEach((content, i) => {
    writeFiles(input, { [`${i % 2 === 0 ? "a" : "b"}/${i}.png`]: content });
  });
  await splitCategories(input, output, { groupBy: "file" });
  return output;
}

describe("verifyManifest", () => {
  it("finds nothing in what was just written", async () => {
    expect(await verifyManifest(await dataset())).toEqual({
      ok: true,
      files: 12,
      missing: 0,
      changed: 0,
      extra: 0,
      unverified: 0,
    });
  });

  it("tells what is missing, changed and extra, by callback", async () => {
    const folder = await dataset();
    const [gone, replaced, changed] = (await readManifest(folder)).entries.map(({ path }) => path);
    rmSync(join(folder, gone as string));
    rmSync(join(folder, replaced as string));
    mkdirSync(join(folder, replaced as string));
    appendFileSync(join(folder, changed as string), "!");
    writeFiles(folder, { "train/a/new.png": "", "train/manifest.json": "", ".hidden": "" });
    const told: (readonly [string, ManifestProblem])[] = [];
    let files = 0;
    const found = await verifyManifest(folder, {
      onProblem: (path, problem) => told.push([path, problem]),
      onProgress: (done, total) => {
        files = done;
        expect(total).toBe(12);
      },
    });
    expect(found).toEqual({
      ok: false,
      files: 12,
      missing: 2,
      changed: 1,
      extra: 2,
      unverified: 0,
    });
    expect(files).toBe(12);
    expect(told).toEqual([
      [gone, "missing"],
      [replaced, "missing"],
      [changed, "changed"],
      ["train/a/new.png", "extra"],
      ["train/manifest.json", "extra"],
    ]);
  });

  it("finds any byte that is changed", async () => {
    const folder = await dataset();
    const { entries } = await readManifest(folder);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: entries.length - 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (file, at, difference) => {
          const path = join(folder, entries[file]?.path as string);
          const before = Buffer.from(contents[Number(/\d+/.exec(path.slice(-7))?.[0])] as string);
          const after = Buffer.from(before);
          after[at % after.length] = (after[at % after.length] as number) ^ difference;
          writeFileSync(path, after);
          expect(await verifyManifest(folder)).toMatchObject({ ok: false, changed: 1, missing: 0 });
          writeFileSync(path, before);
          expect((await verifyManifest(folder)).ok).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("says what cannot be known, and that there is no manifest", async () => {
    const folder = temporaryFolder();
    await expect(verifyManifest(folder)).rejects.toThrow(
      expect.objectContaining({ code: "BAD_INPUT", message: "there is no manifest.json" }),
    );
    const manifest = createManifest([{ path: "a/1.png", label: "a", group: "P1" }]);
    writeFiles(folder, { "a/1.png": "", "manifest.json": formatManifestJson(manifest) });
    expect(await verifyManifest(folder)).toMatchObject({ ok: false, unverified: 1, changed: 0 });
  });
});
