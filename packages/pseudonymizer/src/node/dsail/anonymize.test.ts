import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type ElementInit, readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../../../vitest.temporary-folder.js";
import { KEY } from "../../../test/keys.js";
import { refused, textAt } from "../../../test/pseudonymized.js";
import { smallFile, TEXT_FILE, truncatedFile } from "../../../test/small-files.js";
import { generateActions } from "../../dsail/generate-actions.js";
import { anonymize } from "./anonymize.js";
import { anonymizeDicomFile } from "./anonymize-dicom-file.js";

const NONE = new Map();
let instances = 0;

/** A file of a study. */
function fileOf(patient: string, accession: string | undefined, study = "1.2.3"): Uint8Array {
  const elements: ElementInit[] = [
    { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.7" },
    { tag: Tag.SOPInstanceUID, value: `1.2.3.${++instances}` },
    { tag: Tag.PatientID, value: patient },
    { tag: Tag.StudyInstanceUID, value: study },
    ...(accession === undefined ? [] : [{ tag: Tag.AccessionNumber, value: accession }]),
  ];
  return writeFile(elements);
}

function foldersWith(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  writeFiles(path("in"), files);
  return path;
}

/** The texts of an element in the files of a folder, in order of names. */
function valuesOf(folder: string, tag: string): readonly (string | undefined)[] {
  return pathsIn(folder).map(
    (name) => textAt(readFile(readFileSync(join(folder, name))).dataset, tag)?.[0],
  );
}

const rowsOf = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n").slice(1);

describe("anonymize", () => {
  it("keeps the lookup table with D-SAIL's columns, for its owner only, and the key beside it", async () => {
    const path = foldersWith({ "a.dcm": fileOf("4711", "A1") });
    const summary = await anonymize(path("in"), path("out"), path("lookup.csv"), NONE, true, false);
    expect(summary).toEqual({ done: 1, skipped: 0, failed: 0, left: 0 });
    const [header] = readFileSync(path("lookup.csv"), "utf8").split("\n");
    expect(header).toBe("old_patient_id,new_patient_id,old_accession_number,new_accession_number");
    const [patient] = valuesOf(path("out"), "(0010,0020)");
    const [accession] = valuesOf(path("out"), "(0008,0050)");
    expect(rowsOf(path("lookup.csv"))).toContain(`4711,${patient},A1,${accession}`);
    for (const name of ["lookup.csv", "lookup.csv.key"]) {
      expect(statSync(path(name)).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
    }
  });

  it("gives no patient another's pseudonyms, whose accession number is the same, or empty", async () => {
    const path = foldersWith({
      "a.dcm": fileOf("A", "1"),
      "b.dcm": fileOf("B", ""),
      "c.dcm": fileOf("C", ""),
      "d.dcm": fileOf("D", "1"),
      "e.dcm": fileOf("C", "1"),
    });
    await anonymize(path("in"), path("out"), path("lookup.csv"), NONE, true, false);
    const [a, b, c, d, e] = valuesOf(path("out"), "(0010,0020)");
    expect(new Set([a, b, c, d]).size).toBe(4);
    expect(e).toBe(c);
    const accessions = valuesOf(path("out"), "(0008,0050)");
    expect(new Set([accessions[0], accessions[3], accessions[4]]).size).toBe(3);
  });

  it("goes on with a table: the same patient, study and examination, in a later run", async () => {
    const path = foldersWith({ "a.dcm": fileOf("4711", "A1") });
    await anonymize(path("in"), path("out"), path("lookup.csv"), NONE, true, false);
    writeFiles(path("in2"), { "a.dcm": fileOf("4711", "A1"), "b.dcm": fileOf("4712", "A1") });
    await anonymize(path("in2"), path("out2"), path("lookup.csv"), NONE, true, false);
    for (const tag of ["(0010,0020)", "(0008,0050)", "(0020,000D)"]) {
      const [before] = valuesOf(path("out"), tag);
      const [same] = valuesOf(path("out2"), tag);
      expect(before?.length).toBeGreaterThan(8);
      expect(same).toBe(before);
    }
    const [first, second] = valuesOf(path("out2"), "(0010,0020)");
    expect(second).not.toBe(first);
  });

  it("needs no lookup table: pseudonyms are then those of one run", async () => {
    const path = foldersWith({ "a.dcm": fileOf("4711", "A1"), "b.dcm": fileOf("4711", undefined) });
    for (const out of ["out", "out2"]) {
      await anonymize(path("in"), path(out), undefined, NONE, true, false);
    }
    const [first, same] = valuesOf(path("out"), "(0010,0020)");
    expect(same).toBe(first);
    expect(valuesOf(path("out2"), "(0010,0020)")[0]).not.toBe(first);
    expect(pathsIn(path("."))).not.toContain("lookup.csv");
  });

  it("does not go on with a table whose key is not there", async () => {
    const path = foldersWith({ "a.dcm": fileOf("4711", "A1") });
    writeFileSync(
      path("lookup.csv"),
      "old_patient_id,new_patient_id,old_accession_number,new_accession_number\n",
    );
    const run = (options = {}) =>
      anonymize(path("in"), path("out"), path("lookup.csv"), NONE, true, false, options);
    await expect(run()).rejects.toEqual(refused("BAD_KEY"));
    expect(pathsIn(path("."))).not.toContain("lookup.csv.key");
    expect((await run({ key: KEY })).done).toBe(1);
  });

  it("renames into the folder, by patient, examination and instance; none is written over", async () => {
    const path = foldersWith({
      "a.dcm": fileOf("4711", "A1"),
      "b.dcm": fileOf("4711", "A1"),
      "sub/c": fileOf("4711", undefined),
    });
    await anonymize(path("in"), path("out"), path("lookup.csv"), NONE, true, true);
    const names = pathsIn(path("out"));
    expect(names.length).toBe(3);
    const [patient] = valuesOf(path("out"), "(0010,0020)");
    for (const [i, name] of names.entries()) {
      const accession = valuesOf(path("out"), "(0008,0050)")[i];
      const uid = valuesOf(path("out"), "(0008,0018)")[i];
      expect(name).toBe(`${patient}-${accession || "no-accession"}_${uid}.dcm`);
    }
    expect(pathsIn(path(".")).filter((name) => name.startsWith("out")).length).toBe(3);
  });

  it("skips what is not DICOM, fails what is damaged, and goes on", async () => {
    const path = foldersWith({
      "a.txt": TEXT_FILE,
      "b.dcm": truncatedFile(),
      "c/d.dcm": smallFile(),
    });
    const summary = await anonymize(path("in"), path("out"), undefined, NONE, true, false);
    expect(summary).toEqual({ done: 1, skipped: 1, failed: 1, left: 0 });
    expect(pathsIn(path("out"))).toEqual([join("c", "d.dcm")]);
  });

  it("replaces no file unless asked to", async () => {
    const path = foldersWith({ "a.dcm": smallFile() });
    const run = (options = {}) =>
      anonymize(path("in"), path("out"), undefined, NONE, true, false, options);
    await run();
    const before = readFileSync(path("out/a.dcm"));
    expect((await run()).failed).toBe(1);
    expect(readFileSync(path("out/a.dcm"))).toEqual(before);
    expect((await run({ overwrite: true })).done).toBe(1);
    expect(readFileSync(path("out/a.dcm"))).not.toEqual(before);
  });

  it.each([
    ["an output in the input", "in/out", undefined],
    ["a lookup table in the output", "out", "out/lookup.csv"],
  ])("refuses %s, and writes nothing", async (_what, output, lookup) => {
    const path = foldersWith({ "a.dcm": smallFile() });
    const call = anonymize(path("in"), path(output), lookup && path(lookup), NONE, true, false);
    await expect(call).rejects.toEqual(refused("FOLDERS_OVERLAP"));
    expect(pathsIn(path("."))).toEqual([join("in", "a.dcm")]);
  });

  it("refuses an input that is not there", async () => {
    const path = foldersWith({});
    const call = anonymize(path("none"), path("out"), path("lookup.csv"), NONE, true, false);
    await expect(call).rejects.toEqual(refused("BAD_INPUT"));
    expect(pathsIn(path("."))).toEqual([]);
  });

  it("treats private elements and actions as it is told to", async () => {
    const path = foldersWith({
      "a.dcm": writeFile([
        { tag: Tag.SOPInstanceUID, value: "1.2.3" },
        { tag: Tag.StudyDescription, value: "kept" },
        { tag: 0x00110010, vr: "LO", value: "ACME" },
        { tag: 0x00111001, vr: "LO", value: "private" },
      ]),
    });
    const actions = generateActions(["(0x0008, 0x1030)"], "keep");
    await anonymize(path("in"), path("out"), undefined, actions, false, false);
    expect(valuesOf(path("out"), "(0008,1030)")).toEqual(["kept"]);
    expect(valuesOf(path("out"), "(0011,1001)")).toEqual(["private"]);
  });
});

describe("a single file", () => {
  it.each([
    ["becomes a file", "new/b.dcm", join("new", "b.dcm")],
    ["goes into a folder that is named with a slash", "new/", join("new", "a.dcm")],
    ["goes into a folder that exists", "there", join("there", "a.dcm")],
  ])("%s", async (_what, output, expected) => {
    const path = foldersWith({ "a.dcm": smallFile() });
    writeFiles(path("there"), { "x.txt": "" });
    const seen: unknown[] = [];
    const target = `${path(".")}/${output}`;
    const options = { onFile: (outcome: { kind: string }) => seen.push(outcome.kind) };
    const done = await anonymize(path("in/a.dcm"), target, undefined, NONE, true, false, options);
    expect(done).toEqual({ done: 1, skipped: 0, failed: 0, left: 0 });
    expect(seen).toEqual(["done"]);
    expect(pathsIn(path("."))).toContain(expected);
  });

  it.each([
    ["that is damaged fails", truncatedFile(), { done: 0, skipped: 0, failed: 1, left: 0 }],
    ["that is not DICOM is skipped", TEXT_FILE, { done: 0, skipped: 1, failed: 0, left: 0 }],
  ])("%s, and leaves nothing", async (_what, content, expected) => {
    const path = foldersWith({ a: content });
    const call = anonymize(path("in/a"), path("out.dcm"), undefined, NONE, true, false);
    expect(await call).toEqual(expected);
    expect(pathsIn(path("."))).toEqual([join("in", "a")]);
  });

  it("is not begun once stopped", async () => {
    const path = foldersWith({ "a.dcm": smallFile() });
    const call = anonymize(path("in/a.dcm"), path("b.dcm"), undefined, NONE, true, false, {
      signal: AbortSignal.abort(),
    });
    expect(await call).toEqual({ done: 0, skipped: 0, failed: 0, left: 1 });
  });
});

describe("anonymizeDicomFile", () => {
  it("has the original's defaults", async () => {
    const path = foldersWith({ "a.dcm": smallFile() });
    await anonymizeDicomFile(path("in/a.dcm"), path("out/b.dcm"));
    expect(pathsIn(path("out"))).toEqual(["b.dcm"]);
  });

  it("renames within the folder of the output", async () => {
    const path = foldersWith({ "a.dcm": smallFile() });
    const plan = await anonymizeDicomFile(
      path("in/a.dcm"),
      path("out/b.dcm"),
      path("lookup.csv"),
      NONE,
      true,
      true,
    );
    const [name = ""] = pathsIn(path("out"));
    expect(basename(name)).toMatch(/^[0-9A-Z]{16}-no-accession_2\.25\.\d+\.dcm$/);
    expect(name).toContain(plan.sopInstanceUid);
  });

  it.each([
    ["the input as its output", "in/a.dcm", undefined],
    ["the lookup table as its output", "out.dcm", "out.dcm"],
  ])("refuses %s", async (_what, output, lookup) => {
    const path = foldersWith({ "a.dcm": smallFile() });
    const call = anonymizeDicomFile(path("in/a.dcm"), path(output), lookup && path(lookup));
    await expect(call).rejects.toEqual(refused("FOLDERS_OVERLAP"));
    expect(pathsIn(path("."))).toEqual([join("in", "a.dcm")]);
  });
});
