import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type DicomError, findElement, readFile, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { LABEL_TAG, readLabel } from "../label/read-label.js";
import { type AddLabelOptions, addLabel, type LabelledFile } from "./add-label.js";

const dicom = (patient: string, pixels = 4) =>
  writeFile([
    { tag: Tag.SOPClassUID, value: "1.2.840.10008.5.1.4.1.1.2" },
    { tag: Tag.PatientID, value: patient },
    { tag: Tag.PixelData, vr: "OW", value: new Uint8Array(pixels).fill(7) },
  ]);

/** Three DICOM files, one larger than what is read at once; one broken; and three that are none. */
function dataset(): string {
  const folder = temporaryFolder();
  const directory = writeFile([{ tag: Tag.DirectoryRecordSequence, value: [] }]);
  writeFiles(folder, {
    "a.dcm": dicom("a"),
    "more/B": dicom("b", 2_000_000),
    "more/deep/c.dcm": dicom("c"),
    "broken.dcm": dicom("d").subarray(0, 200),
    "notes.txt": "none",
    DICOMDIR: directory,
    ".hidden.dcm": dicom("h"),
  });
  return folder;
}

const labelOf = (path: string) => readLabel(readFile(readFileSync(path)).dataset);
const refusal = (code: string) => expect.objectContaining({ name: "ConverterError", code });

describe("addLabel", () => {
  it("writes each DICOM file of a folder anew, with one element more", async () => {
    const [input, output] = [dataset(), join(temporaryFolder(), "new")];
    const before = stateOf(input);
    const told: LabelledFile[] = [];
    const result = await addLabel(input, "ill", { output, onFile: (file) => told.push(file) });
    expect(result).toEqual({ done: 3, skipped: 3, failed: 1 });
    expect(stateOf(input)).toEqual(before);
    expect(told.map(({ path, ok }) => `${path} ${ok}`)).toEqual([
      "a.dcm true",
      "broken.dcm false",
      "more/B true",
      "more/deep/c.dcm true",
    ]);
    expect(told[1]).toMatchObject({ error: { name: "DicomError", code: "TRUNCATED" } });
    const paths = ["a.dcm", join("more", "B"), join("more", "deep", "c.dcm")];
    expect(pathsIn(output)).toEqual(paths);
    for (const path of paths) {
      const after = readFileSync(join(output, path));
      const element = findElement(readFile(after).dataset, LABEL_TAG);
      const { byteOffset = 0, endOffset = 0 } = element ?? {};
      expect(labelOf(join(output, path))).toBe("ill");
      const rest = Buffer.concat([after.subarray(0, byteOffset), after.subarray(endOffset)]);
      expect(rest.equals(readFileSync(join(input, path)))).toBe(true);
    }
  });

  it("replaces nothing in the output unless told to", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    await addLabel(input, "ill", { output });
    const errors: unknown[] = [];
    const onFile = (file: LabelledFile) => errors.push(file.ok ? undefined : file.error);
    const again = await addLabel(input, "healthy", { output, onFile });
    expect(again).toEqual({ done: 0, skipped: 3, failed: 4 });
    expect(errors[0]).toMatchObject({ code: "TARGET_EXISTS" });
    expect(labelOf(join(output, "a.dcm"))).toBe("ill");
    expect((await addLabel(input, "healthy", { output, overwrite: true })).done).toBe(3);
    expect(labelOf(join(output, "a.dcm"))).toBe("healthy");
  });

  it("writes in place as whole files, with the rights that they had, and leaves the others", async () => {
    const input = dataset();
    const names = pathsIn(input);
    chmodSync(join(input, "a.dcm"), 0o640);
    linkSync(join(input, "a.dcm"), join(input, ".before")); // another name of the old file
    const broken = readFileSync(join(input, "broken.dcm"));
    expect(await addLabel(input, "ill", { inPlace: true })).toMatchObject({ done: 3, failed: 1 });
    expect(pathsIn(input)).toEqual([...names, ".before"].sort());
    for (const path of ["a.dcm", "more/B", "more/deep/c.dcm"]) {
      expect(labelOf(join(input, path))).toBe("ill");
    }
    expect(statSync(join(input, "a.dcm")).mode & 0o777).toBe(0o640);
    expect(readFileSync(join(input, ".before")).equals(dicom("a"))).toBe(true);
    expect(readFileSync(join(input, "broken.dcm")).equals(broken)).toBe(true);
    expect(labelOf(join(input, ".hidden.dcm"))).toBeUndefined();
  });

  it("labels a single file, into a folder near it or in place; one that is not DICOM is a failure", async () => {
    const input = dataset();
    const file = join(input, "a.dcm");
    expect(await addLabel(file, "ill", { output: join(input, "out") })).toMatchObject({ done: 1 });
    expect(labelOf(join(input, "out", "a.dcm"))).toBe("ill");
    expect(labelOf(file)).toBeUndefined();
    expect(await addLabel(file, "ill", { output: input, overwrite: true })).toMatchObject({
      failed: 1,
    });
    expect(labelOf(file)).toBeUndefined();
    expect(await addLabel(file, "ill", { inPlace: true })).toMatchObject({ done: 1 });
    expect(labelOf(file)).toBe("ill");
    expect(await addLabel(join(input, "notes.txt"), "ill", { inPlace: true })).toEqual({
      done: 0,
      skipped: 0,
      failed: 1,
    });
  });

  it("refuses what is wrong with all files, before it writes", async () => {
    const input = dataset();
    const before = stateOf(input);
    const output = temporaryFolder();
    for (const [label, options, code] of [
      ["more than sixteen", { output }, "BAD_LABEL"],
      ["ill", { output, tag: Tag.Rows }, "BAD_TAG"],
      ["ill", { output: join(input, "out") }, "FOLDERS_OVERLAP"],
    ] as const) {
      await expect(addLabel(input, label, options)).rejects.toThrow(refusal(code));
    }
    await expect(addLabel(input, "ill", {})).rejects.toThrow(TypeError);
    await expect(addLabel(input, "ill", { output, inPlace: true })).rejects.toThrow(TypeError);
    const gone = addLabel(join(input, "Doe^Jane"), "ill", { output });
    await expect(gone).rejects.toThrow(refusal("BAD_INPUT"));
    await expect(gone).rejects.not.toThrow(/Doe/);
    expect(stateOf(input)).toEqual(before);
    expect(pathsIn(output)).toEqual([]);
  });

  it("tells of an output that cannot be written without its path", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    mkdirSync(join(output, "more"));
    symlinkSync(join(output, "nowhere", "Doe"), join(output, "more", "deep"));
    const errors: unknown[] = [];
    await addLabel(input, "ill", { output, onFile: (file) => !file.ok && errors.push(file.error) });
    expect(errors[1]).toMatchObject({ code: "BAD_INPUT" });
    expect(String(errors[1])).not.toMatch(/Doe|deep/);
  });

  it("stops between two files", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    const stop = new AbortController();
    const run = addLabel(input, "ill", {
      output,
      signal: stop.signal,
      onFile: () => stop.abort(),
    });
    await expect(run).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(pathsIn(output)).toEqual(["a.dcm"]);
  });

  it("tells in a dry run what it would do, and writes nothing", async () => {
    const [input, output] = [dataset(), temporaryFolder()];
    writeFiles(output, { "a.dcm": "mine" });
    const before = [stateOf(input), stateOf(output)];
    const run = async (options: AddLabelOptions) => {
      const told: string[] = [];
      const steps: string[] = [];
      const result = await addLabel(input, "ill", {
        ...options,
        dryRun: true,
        onFile: (file) => told.push(`${file.path} ${file.ok || (file.error as DicomError).code}`),
        onProgress: (done, total) => steps.push(`${done}/${total}`),
      });
      expect(steps).toEqual(["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
      return { ...result, told };
    };
    const all = ["a.dcm true", "broken.dcm TRUNCATED", "more/B true", "more/deep/c.dcm true"];
    expect(await run({ inPlace: true })).toEqual({ done: 3, skipped: 3, failed: 1, told: all });
    expect(await run({ output, overwrite: true })).toMatchObject({ done: 3, told: all });
    const told = ["a.dcm TARGET_EXISTS", ...all.slice(1)];
    expect(await run({ output })).toEqual({ done: 2, skipped: 3, failed: 2, told });
    const gone = await run({ output: join(output, "not", "there") });
    expect(gone).toEqual({ done: 3, skipped: 3, failed: 1, told: all });
    expect([stateOf(input), stateOf(output)]).toEqual(before);
  });

  it("sees in a dry run that source and target are one file", async () => {
    const input = dataset();
    const errors: unknown[] = [];
    const options = { output: input, overwrite: true, dryRun: true };
    const onFile = (file: LabelledFile) => errors.push(file.ok ? undefined : file.error);
    await addLabel(join(input, "a.dcm"), "ill", { ...options, onFile });
    expect(errors).toEqual([expect.objectContaining({ code: "TARGET_IS_SOURCE" })]);
  });

  it("refuses in a dry run what one file only refuses", async () => {
    const input = dataset();
    const result = await addLabel(input, "ï", { inPlace: true, dryRun: true });
    expect(result).toEqual(await addLabel(input, "ï", { inPlace: true }));
    expect(result.failed).toBe(4);
  });
});
