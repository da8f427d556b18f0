import { join } from "node:path";
import { writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { LABEL_TAG } from "../label/read-label.js";
import { readLabelOfFile } from "./read-label-of-file.js";

const json = (label: string) => JSON.stringify({ "00142016": { vr: "SH", Value: [label] } });
const dicom = writeFile([
  { tag: Tag.PatientID, value: "P1" },
  { tag: LABEL_TAG, value: "own" },
]);

function folder(): string {
  const at = temporaryFolder();
  writeFiles(at, {
    "x.dcm": dicom,
    "1.2.3.45": dicom,
    "x.json": `\uFEFF${json("of x")}`,
    "x.png": "",
    "x.0001.png": "",
    "x.0002.bmp": "",
    "x.0002.json": json("of its own"),
    "x.12.png": "",
    "1.2.840.10008.png": "",
    "1.2.840.json": json("wrong"),
    "1.2.840.10008.json": json("by UID"),
    "alone.png": "",
    "notes.txt": "",
    "broken.json": "{ Doe",
    "broken.dcm": dicom.subarray(0, 200),
  });
  return at;
}

describe("readLabelOfFile", () => {
  it.each([
    ["x.dcm", "own"],
    ["1.2.3.45", "own"],
    ["x.json", "of x"],
    ["x.png", "of x"],
    ["x.0001.png", "of x"],
    ["x.0002.bmp", "of its own"],
    ["x.12.png", undefined],
    ["1.2.840.10008.png", "by UID"],
    ["alone.png", undefined],
    ["notes.txt", undefined],
  ])("reads the label of %s: %s", async (name, label) => {
    expect(await readLabelOfFile(join(folder(), name))).toBe(label);
  });

  it("reads another tag", async () => {
    expect(await readLabelOfFile(join(folder(), "x.dcm"), Tag.PatientID)).toBe("P1");
    expect(await readLabelOfFile(join(folder(), "x.png"), Tag.PatientID)).toBeUndefined();
  });

  it.each([
    ["broken.json", "BAD_INPUT"],
    ["gone.json", "BAD_INPUT"],
    ["gone.dcm", "BAD_INPUT"],
    ["broken.dcm", "TRUNCATED"],
  ])("refuses %s, and quotes nothing", async (name, code) => {
    const run = readLabelOfFile(join(folder(), name));
    await expect(run).rejects.toThrow(expect.objectContaining({ code }));
    await expect(run).rejects.not.toThrow(/Doe|gone|dsail-test/);
  });
});
