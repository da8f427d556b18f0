import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ElementInit, writeFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { holds } from "../../test/canary.js";
import { KEY } from "../../test/keys.js";
import { CANARY, dicomdir, smallFile, TEXT_FILE, truncatedFile } from "../../test/small-files.js";
import { createPseudonymization } from "../pseudonymization.js";
import { createPseudonymizer } from "../pseudonymize.js";
import { pseudonymizeFile, pseudonymizeFileSync } from "./pseudonymize-file.js";

const pseudonymization = createPseudonymization({ key: KEY });
const inMemory = createPseudonymizer({ key: KEY });

/** Longer than the buffer into which whole files are read, so that most of it goes from disk to disk. */
const largeFile = (patientId: ElementInit) =>
  writeFile([
    { tag: Tag.SOPInstanceUID, vr: "UI", value: "1.2.3" },
    { tag: Tag.PatientName, vr: "PN", value: CANARY },
    patientId,
    { tag: Tag.SpectroscopyData, vr: "OF", value: new Uint8Array(300_000).fill(7) },
    { tag: Tag.PixelData, vr: "OW", value: new Uint8Array(3_000_002).map((_, i) => i % 251) },
  ]);

describe.each([
  ["pseudonymizeFile", pseudonymizeFile],
  [
    "pseudonymizeFileSync",
    async (...args: Parameters<typeof pseudonymizeFileSync>) => pseudonymizeFileSync(...args),
  ],
] as const)("%s", (_name, pseudonymize) => {
  it("writes what is made in memory of the same bytes, and leaves the source as it is", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "in/a.dcm": smallFile() });
    const before = stateOf(join(folder, "in"));
    await pseudonymize(join(folder, "in/a.dcm"), join(folder, "out.dcm"), pseudonymization);
    const output = new Uint8Array(readFileSync(join(folder, "out.dcm")));
    expect(output).toEqual(inMemory(smallFile()));
    expect(holds(output, CANARY)).toBe(false);
    expect(stateOf(join(folder, "in"))).toEqual(before);
  });

  it("does the same with a file that does not fit into its buffer", async () => {
    const folder = temporaryFolder();
    const large = largeFile({ tag: Tag.PatientID, vr: "LO", value: CANARY });
    writeFileSync(join(folder, "in.dcm"), large);
    await pseudonymize(join(folder, "in.dcm"), join(folder, "out.dcm"), pseudonymization);
    const output = readFileSync(join(folder, "out.dcm"));
    expect(output.equals(inMemory(large))).toBe(true);
  });

  it("refuses a file whose identifiers are too long to be read, rather than to guess", async () => {
    const folder = temporaryFolder();
    const value = new TextEncoder().encode(CANARY.repeat(60_000));
    writeFileSync(join(folder, "in.dcm"), largeFile({ tag: Tag.PatientID, vr: "UN", value }));
    await expect(
      pseudonymize(join(folder, "in.dcm"), join(folder, "out.dcm"), pseudonymization),
    ).rejects.toThrow(expect.objectContaining({ code: "NOT_LOADED" }));
    expect(pathsIn(folder)).toEqual(["in.dcm"]);
  });

  it.each([
    ["cut off", truncatedFile(), "TRUNCATED"],
    ["a DICOMDIR", dicomdir(), "DICOMDIR"],
    ["no DICOM", new TextEncoder().encode(TEXT_FILE), "NOT_DICOM"],
    ["empty", new Uint8Array(), "NOT_DICOM"],
  ])("refuses a file that is %s, and leaves nothing behind", async (_what, bytes, code) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "in.dcm"), bytes);
    await expect(
      pseudonymize(join(folder, "in.dcm"), join(folder, "out.dcm"), pseudonymization),
    ).rejects.toThrow(expect.objectContaining({ code }));
    expect(pathsIn(folder)).toEqual(["in.dcm"]);
  });

  it("replaces no file unless asked to, and never its source", async () => {
    const folder = temporaryFolder();
    const [source, target] = [join(folder, "in.dcm"), join(folder, "out.dcm")];
    writeFiles(folder, { "in.dcm": smallFile(), "out.dcm": "mine" });
    await expect(pseudonymize(source, target, pseudonymization)).rejects.toThrow(
      expect.objectContaining({ code: "TARGET_EXISTS" }),
    );
    expect(readFileSync(target, "utf8")).toBe("mine");
    await pseudonymize(source, target, pseudonymization, { overwrite: true });
    expect(new Uint8Array(readFileSync(target))).toEqual(inMemory(smallFile()));
    await expect(
      pseudonymize(source, source, pseudonymization, { overwrite: true }),
    ).rejects.toThrow(expect.objectContaining({ code: "TARGET_IS_SOURCE" }));
    expect(new Uint8Array(readFileSync(source))).toEqual(smallFile());
    expect(pathsIn(folder)).toEqual(["in.dcm", "out.dcm"]);
  });

  it("gives the target a date of its own: that of the source may be the examination's", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "in.dcm"), smallFile());
    const examination = new Date("1964-02-29T12:00:00Z");
    utimesSync(join(folder, "in.dcm"), examination, examination);
    await pseudonymize(join(folder, "in.dcm"), join(folder, "out.dcm"), pseudonymization);
    expect(statSync(join(folder, "out.dcm")).mtime.getFullYear()).toBeGreaterThan(2000);
  });
});
