import { join } from "node:path";
import { writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { readGroupTable } from "./group-table.js";
import { type GroupBy, groupingOf } from "./grouping.js";
import { listClasses } from "./list-classes.js";
import { splitCategories } from "./split-categories.js";
import { verifyManifest } from "./verify-manifest.js";

const json = (...patients: readonly string[]) =>
  JSON.stringify({ "00100020": { vr: "LO", Value: patients } });
const dicom = (patient: string) => writeFile([{ tag: Tag.PatientID, value: patient }]);

async function groupsOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  groupBy: GroupBy,
): Promise<readonly string[]> {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return groupingOf(groupBy)(folder, (await listClasses(folder, 0)).paths);
}

const unknown = (count: string) =>
  expect.objectContaining({
    code: "GROUP_UNKNOWN",
    message: `groupBy: gives no group for ${count} files`,
  });

describe("a grouping by a tag", () => {
  const groupBy = { tag: Tag.PatientID };

  it("asks DICOM files themselves, and the JSON files beside images, which are grouped too", async () => {
    const files = {
      "a/1.dcm": dicom("P1"),
      "a/2": dicom("P2"),
      "a/3.0001.png": "",
      "a/3.0002.png": "",
      "a/3.json": json("P3"),
      "b/4.bmp": "",
      "b/4.json": json("P4"),
      "b/5.npy": "",
      "b/5.json": json("P5"),
    };
    expect(await groupsOf(files, groupBy)).toEqual([
      ...["P1", "P2", "P3", "P3", "P3", "P4", "P4", "P5", "P5"],
    ]);
  });

  it("asks JSON files in a folder of their own, as classifyByLabel makes it or with the same folders", async () => {
    const metadata = temporaryFolder();
    writeFiles(metadata, {
      "JSON-ill/x/1.json": json("P1"),
      "PNG-ill/x/2.json": json("P2"),
      "JSON-ill/x/2.json": json("not this"),
    });
    const files = { "PNG-ill/x/1.png": "", "BMP-ill/x/1.0001.bmp": "", "PNG-ill/x/2.png": "" };
    expect(await groupsOf(files, { ...groupBy, metadata })).toEqual(["P1", "P1", "P2"]);
  });

  it("does not guess: no JSON, no value, several values", async () => {
    const files = {
      "a/1.png": "",
      "a/2.png": "",
      "a/2.json": json(),
      "a/3.png": "",
      "a/3.json": json("P1", "P2"),
      "a/4.dcm": dicom("P1"),
    };
    await expect(groupsOf(files, groupBy)).rejects.toThrow(unknown("5 of 6"));
    const other = { ...groupBy, metadata: join(temporaryFolder(), "Doe") };
    await expect(groupsOf(files, other)).rejects.toThrow(
      expect.objectContaining({
        code: "BAD_INPUT",
        message: "the metadata cannot be read (ENOENT)",
      }),
    );
  });

  it("keeps patients whole on disk", async () => {
    const [input, output] = [temporaryFolder(), temporaryFolder()];
    for (let i = 0; i < 60; i++) {
      writeFiles(input, { [`${i % 2 === 0 ? "ill" : "healthy"}/${i}.dcm`]: dicom(`P${i % 20}`) });
    }
    const { manifest } = await splitCategories(input, output, { groupBy });
    const places = manifest.entries.map(({ group, split }) => `${group} ${split}`);
    expect(new Set(places).size).toBe(20);
    expect((await verifyManifest(output)).ok).toBe(true);
  });
});

describe("a grouping by a table", () => {
  const files = { "a/1.png": "", "a/2.png": "", "b/1.png": "", "b/3.png": "" };

  it("looks for the path, then for the name", async () => {
    const table = new Map([
      ["a/1.png", "P1"],
      ["b/1.png", "P2"],
      ["2.png", "P1"],
      ["3.png", "P2"],
    ]);
    expect(await groupsOf(files, { table })).toEqual(["P1", "P1", "P2", "P2"]);
  });

  it("does not take a name for two files", async () => {
    const table = new Map(["1.png", "2.png", "3.png"].map((name) => [name, "P1"]));
    await expect(groupsOf(files, { table })).rejects.toThrow(unknown("2 of 4"));
  });
});

describe("readGroupTable", () => {
  async function read(csv: string, options = {}) {
    const folder = temporaryFolder();
    writeFiles(folder, { "table.csv": csv });
    return [...(await readGroupTable(join(folder, "table.csv"), options))];
  }
  const bad = expect.objectContaining({ code: "BAD_TABLE" });

  it("reads columns by their names", async () => {
    expect(await read("file,group\na/1.png,P1\n2.png,P2\n2.png,P2\n")).toEqual([
      ["a/1.png", "P1"],
      ["2.png", "P2"],
    ]);
    const windows = '\uFEFFage,patient,image\r\n7,"P,1",.\\a\\1.png\r\n';
    expect(await read(windows, { file: "image", group: "patient" })).toEqual([["a/1.png", "P,1"]]);
  });

  it.each([
    ["", "line 1"],
    ["path,group\nDoe,P1\n", "line 1"],
    ['file,group\n"Doe', "line"],
    ["file,group\nDoe,\n", "row 1"],
    ["file,group\nDoe,P1\nDoe,P2\n", "row 2"],
  ])("refuses %j, and tells where", async (csv, where) => {
    await expect(read(csv)).rejects.toThrow(bad);
    await expect(read(csv)).rejects.toThrow(where);
    await expect(read(csv)).rejects.not.toThrow(/Doe/);
  });

  it("tells that there is no table, without its path", async () => {
    const gone = readGroupTable(join(temporaryFolder(), "Doe.csv"));
    await expect(gone).rejects.toThrow("the table cannot be read (ENOENT)");
  });
});
