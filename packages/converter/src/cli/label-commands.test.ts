import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readFile } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { captureStreams } from "../../../../vitest.captured-streams.js";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { smallImage, TEXT_FILE, truncatedImage } from "../../test/small-files.js";
import { CANARY, command } from "../../test/watched-command.js";
import { LABEL_TAG, readLabel } from "../label/read-label.js";
import { EXIT_FAILED, EXIT_OK } from "./exit-code.js";
import { run } from "./run.js";

function folderOf(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = temporaryFolder();
  writeFiles(join(folder, "in"), files);
  return (name: string) => join(folder, name);
}

const labelled = (label: string) =>
  smallImage({ more: [{ tag: LABEL_TAG, vr: "SH", value: label }] });
const labelOf = (path: string, tag = LABEL_TAG) =>
  readLabel(readFile(readFileSync(path)).dataset, tag);

describe("label", () => {
  it("writes labels, and ends with 1 if a file failed", async () => {
    const path = folderOf({ "a.dcm": smallImage(), b: TEXT_FILE, "sub/cut.dcm": truncatedImage() });
    const { code, out, error } = await command([
      "label",
      path("in"),
      "ill",
      "--output",
      path("out"),
    ]);
    expect({ code, out }).toEqual({
      code: EXIT_FAILED,
      out: "1 labelled, 1 skipped (not DICOM, hidden, or links), 1 failed\n",
    });
    expect(error).toMatch(/^"sub\/cut\.dcm": TRUNCATED: [^\n]* at \(7FE0,0010\)\n$/);
    expect(pathsIn(path("out"))).toEqual(["a.dcm"]);
    expect(labelOf(path("out/a.dcm"))).toBe("ill");
  });

  it("writes in place, to another tag, one that begins with -", async () => {
    const path = folderOf({ "a.dcm": smallImage() });
    const options = ["--in-place", "--tag", "[0x0018,0x1030]", "--vr", "LO"];
    const { code, error } = await command(["label", path("in"), ...options, "--", "-1"]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    expect(labelOf(path("in/a.dcm"), Tag.ProtocolName)).toBe("-1");
  });

  it("replaces files only with --overwrite", async () => {
    const path = folderOf({ "a.dcm": smallImage() });
    writeFiles(path("out"), { "a.dcm": "mine" });
    const args = ["label", path("in"), "ill", "--output", path("out")];
    expect((await command(args)).error).toMatch(/^"a\.dcm": TARGET_EXISTS/);
    expect(readFileSync(path("out/a.dcm"), "utf8")).toBe("mine");
    expect((await command([...args, "--overwrite"])).code).toBe(EXIT_OK);
    expect(labelOf(path("out/a.dcm"))).toBe("ill");
  });

  it.each([["--in-place"], ["--output"]])("%s --dry-run writes nothing", async (where) => {
    const path = folderOf({ "a.dcm": smallImage(), "cut.dcm": truncatedImage() });
    const before = stateOf(path("."));
    const to = where === "--output" ? [where, path("out")] : [where];
    const { code, out } = await command(["label", path("in"), "ill", ...to, "--dry-run"]);
    expect({ code, out }).toEqual({
      code: EXIT_FAILED,
      out: "1 would be labelled, 0 skipped (not DICOM, hidden, or links), 1 failed; nothing written\n",
    });
    expect(stateOf(path("."))).toEqual(before);
  });
});

describe("read-label", () => {
  it("prints the label and nothing else, with controls as escapes", async () => {
    const json = (label: string) =>
      JSON.stringify({ "00142016": { vr: "SH", Value: [label] }, "00100010": { vr: "PN" } });
    const path = folderOf({
      "a.dcm": labelled("ill"),
      "b.0001.png": "",
      "b.json": json("so-so"),
      "c.json": json("x\x1b[2J\ny"),
    });
    for (const [name, label] of [
      ["a.dcm", "ill"],
      ["b.0001.png", "so-so"],
      ["b.json", "so-so"],
      ["c.json", "x\\u{1B}[2J\\u{A}y"],
    ]) {
      expect(await command(["read-label", path(`in/${name}`)])).toEqual({
        code: EXIT_OK,
        out: `${label}\n`,
        error: "",
      });
    }
  });

  it("prints what another element has, since it was asked for", async () => {
    const path = folderOf({ "a.dcm": smallImage() });
    const { streams, out } = captureStreams();
    const args = ["read-label", path("in/a.dcm"), "--tag", "PatientID"];
    expect(await run(args, streams)).toBe(EXIT_OK);
    expect(out()).toBe(`${CANARY} 4711\n`);
  });

  it("ends with 1, and prints nothing, if there is no label; if a file is broken it says so", async () => {
    const path = folderOf({ "a.dcm": smallImage(), "cut.dcm": truncatedImage() });
    expect(await command(["read-label", path("in/a.dcm")])).toEqual({
      code: EXIT_FAILED,
      out: "",
      error: "",
    });
    const { code, error } = await command(["read-label", path("in/cut.dcm")]);
    expect(code).toBe(EXIT_FAILED);
    expect(error).toMatch(/^dsail-convert: TRUNCATED: /);
  });
});

describe("classify", () => {
  const files = () => ({
    "a.dcm": labelled("ill"),
    "b.png": "b",
    "c/d.dcm": labelled("ill"),
    "e.txt": TEXT_FILE,
  });
  const sidecars = { "b.json": JSON.stringify({ "00142016": { vr: "SH", Value: ["well"] } }) };
  const REST = "0 without a label, 1 skipped (of other kinds, hidden, or links)";

  it("copies files to folders of their labels, and shows these only if asked to", async () => {
    const path = folderOf(files());
    writeFiles(path("json"), sidecars);
    const args = ["classify", path("in"), path("out"), "--metadata", path("json")];
    expect(await command([...args, "--dry-run", "--show-labels"])).toEqual({
      code: EXIT_OK,
      out: `"ill": 2 files\n"well": 1 file\n3 files of 2 labels would be copied, ${REST}; nothing written\n`,
      error: "",
    });
    expect(pathsIn(path("out"))).toEqual([]);
    expect(await command(args)).toEqual({
      code: EXIT_OK,
      out: `3 files of 2 labels copied, ${REST}\n`,
      error: "",
    });
    expect(pathsIn(path("out"))).toEqual([
      "IMAGES/DICOM-ill/a.dcm",
      "IMAGES/DICOM-ill/c/d.dcm",
      "IMAGES/PNG-well/b.png",
      "METADATA/JSON-well/b.json",
    ]);
  });

  it("moves by another tag", async () => {
    const path = folderOf({ "a.dcm": smallImage() });
    const options = ["--tag", "Modality", "--move"];
    const { code, out } = await command(["classify", path("in"), path("out"), ...options]);
    expect(code).toBe(EXIT_OK);
    expect(out).toMatch(/^1 file of 1 label moved, /);
    expect([pathsIn(path("in")), pathsIn(path("out"))]).toEqual([[], ["IMAGES/DICOM-OT/a.dcm"]]);
  });

  it("does not show a label that is somebody's name", async () => {
    const path = folderOf({ "a.dcm": smallImage() });
    const { code } = await command(["classify", path("in"), path("out"), "--tag", "PatientID"]);
    expect(code).toBe(EXIT_OK);
    expect(pathsIn(path("out"))).toEqual([`IMAGES/DICOM-${CANARY} 4711/a.dcm`]);
  });

  it("tells which files have no label, and copies none, unless told to pass them over", async () => {
    const path = folderOf(files());
    const args = ["classify", path("in"), path("out")];
    const { code, out, error } = await command(args);
    expect({ code, out }).toEqual({ code: EXIT_FAILED, out: "" });
    expect(error).toBe(
      '"b.png": LABEL_MISSING: the file has no label\ndsail-convert: LABEL_MISSING: 1 of 3 files have no label\n',
    );
    expect(pathsIn(path("out"))).toEqual([]);
    expect(await command([...args, "--skip-unlabelled"])).toEqual({
      code: EXIT_OK,
      out: "2 files of 1 label copied, 1 without a label, 1 skipped (of other kinds, hidden, or links)\n",
      error: "",
    });
  });
});
