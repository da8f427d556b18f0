import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EXPLICIT, fileOf } from "../../test/bytes-of.js";
import { name, set } from "../../test/edits.js";
import type { DicomFile } from "../dicom-file.js";
import { readFile } from "../read/part10.js";
import { rewriteBytes, rewriteFile } from "../rewrite/rewrite-file.js";
import {
  type Rewrite,
  type RewriteDicomFileOptions,
  rewriteDicomFile,
  rewriteDicomFileSync,
} from "./rewrite-dicom-file.js";

const { element, item, openSequence } = EXPLICIT;
const RENAME = { dataset: [set("(0010,0010)", "Roe^")] };
const rename: Rewrite = (file) => rewriteFile(file, RENAME);

let folder: string;
let source: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dicom-core-"));
  source = join(folder, "source");
  target = join(folder, "target");
  writeFileSync(source, fileOf(name(EXPLICIT)));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ["without blocking", rewriteDicomFile],
  [
    "at once",
    (...args: Parameters<typeof rewriteDicomFileSync>) =>
      new Promise<void>((resolve) => resolve(rewriteDicomFileSync(...args))),
  ],
] as const)("a file on disk that is rewritten %s", (_name, rewriteTo) => {
  const rewritten = (rewrite: Rewrite = rename, options: RewriteDicomFileOptions = {}) =>
    rewriteTo(source, target, rewrite, options);

  /** The source is as it was, and nothing is beside it but what is named. */
  const expectUntouched = (before: Uint8Array, names = ["source"]) => {
    expect(readdirSync(folder).sort()).toEqual(names);
    expect(Buffer.compare(readFileSync(source), before)).toBe(0);
  };

  it("gets what is to become of it, and the source stays", async () => {
    const before = readFileSync(source);
    await rewritten();
    expect(new Uint8Array(readFileSync(target))).toEqual(fileOf(name(EXPLICIT, "Roe^")));
    expectUntouched(before, ["source", "target"]);
  });

  it.each([
    ["fits into the buffer", 2_000_000, 1_000],
    ["has the size of the buffer", undefined, 1_000],
    ["is larger than the buffer", 64, 1_000],
    ["is much larger than the buffer", 64, 3_000_000],
  ])("is the same whether it %s", async (_what, bufferBytes, pixelBytes) => {
    const pixels = Uint8Array.from({ length: pixelBytes }, (_, i) => i * 7);
    const bytes = fileOf([
      element(0x00081110, "SQ", item(name(EXPLICIT))),
      name(EXPLICIT),
      openSequence(0x7fe00010, "OB", [item([]), item(pixels), item(pixels.subarray(0, 500))]),
      element(0xfffcfffc, "OB", new Uint8Array(40_000).fill(5)),
    ]);
    writeFileSync(source, bytes);
    const edits = {
      dataset: [set("(0008,1110)[0].(0010,0010)", "x".repeat(50_000)), ...RENAME.dataset],
    };
    const buffer = new Uint8Array(bufferBytes ?? bytes.length);
    await rewritten((file) => rewriteFile(file, edits), { buffer });
    const expected = rewriteBytes(readFile(bytes), edits);
    expect(Buffer.compare(readFileSync(target), expected)).toBe(0);
  });

  it("may use one buffer for many files", async () => {
    const buffer = new Uint8Array(1_000);
    for (const value of ["A^1 ", "B^22", "C^3 "]) {
      writeFileSync(source, fileOf(name(EXPLICIT, value)));
      await rewriteTo(source, join(folder, value), (file) => rewriteFile(file, {}), { buffer });
    }
    for (const value of ["A^1 ", "B^22", "C^3 "]) {
      expect(new Uint8Array(readFileSync(join(folder, value)))).toEqual(
        fileOf(name(EXPLICIT, value)),
      );
    }
  });

  it("is written all the same if it is to be synced", async () => {
    await rewritten(rename, { sync: true });
    expect(new Uint8Array(readFileSync(target))).toEqual(fileOf(name(EXPLICIT, "Roe^")));
  });

  it("does not replace a target that exists, and leaves nothing behind", async () => {
    const before = readFileSync(source);
    writeFileSync(target, "precious");
    await expect(rewritten()).rejects.toMatchObject({ code: "TARGET_EXISTS" });
    expect(readFileSync(target, "utf8")).toBe("precious");
    expectUntouched(before, ["source", "target"]);
  });

  it("replaces a target if asked", async () => {
    writeFileSync(target, "old");
    await rewritten(rename, { overwrite: true });
    expect(new Uint8Array(readFileSync(target))).toEqual(fileOf(name(EXPLICIT, "Roe^")));
    expect(readdirSync(folder).sort()).toEqual(["source", "target"]);
  });

  it.each([
    ["the same path", () => source],
    ["another path to it", () => join(folder, ".", "source")],
    ["a link", () => link(linkSync)],
    ["a symbolic link", () => link(symlinkSync)],
  ])("is not written over itself: %s", async (_what, targetOf) => {
    const before = readFileSync(source);
    const options = { overwrite: true };
    await expect(rewriteTo(source, targetOf(), rename, options)).rejects.toMatchObject({
      code: "TARGET_IS_SOURCE",
    });
    expect(Buffer.compare(readFileSync(source), before)).toBe(0);
  });

  function link(make: (from: string, to: string) => void): string {
    make(source, join(folder, "link"));
    return join(folder, "link");
  }

  it("leaves nothing behind if the rewriting fails", async () => {
    const before = readFileSync(source);
    const refuse = () => {
      throw new Error("refused");
    };
    await expect(rewritten(refuse)).rejects.toThrow("refused");
    expectUntouched(before);
  });

  it("leaves nothing behind if the source is no DICOM file", async () => {
    writeFileSync(source, "no DICOM");
    await expect(rewritten()).rejects.toMatchObject({ code: "NOT_DICOM" });
    expectUntouched(Buffer.from("no DICOM"));
  });

  it("leaves nothing behind if the content cannot be written", async () => {
    const before = readFileSync(source);
    // A range that the source does not have.
    const beyond = () => ({ segments: [{ byteOffset: 1_000, length: 1_000 }], length: 1_000 });
    await expect(rewritten(beyond, { buffer: new Uint8Array(8) })).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
    });
    expectUntouched(before);
  });

  it.each([
    ["grows", () => appendFileSync(source, "x")],
    ["shrinks", () => truncateSync(source, 200)],
    ["is written to", () => utimesSync(source, new Date(0), new Date(0))],
  ])("leaves nothing behind if the source %s meanwhile", async (_what, change) => {
    const meanwhile = (file: DicomFile) => {
      change();
      return rewriteFile(file, RENAME);
    };
    await expect(rewritten(meanwhile)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    expect(readdirSync(folder)).toEqual(["source"]);
  });

  it("fails if the target's folder is not there, or the source", async () => {
    const nowhere = join(folder, "none", "target");
    await expect(rewriteTo(source, nowhere, rename)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(rewriteTo(join(folder, "none"), target, rename)).rejects.toMatchObject({
      code: "ENOENT",
    });
  });

  it("fails if the target is a folder", async () => {
    mkdirSync(target);
    await expect(rewritten()).rejects.toMatchObject({ code: "TARGET_EXISTS" });
    await expect(rewritten(rename, { overwrite: true })).rejects.toMatchObject({
      code: expect.stringMatching(/EISDIR|EEXIST|ENOTEMPTY|EPERM/),
    });
    expect(readdirSync(folder).sort()).toEqual(["source", "target"]);
  });
});

const unprivileged = process.getuid?.() !== 0;
it.runIf(unprivileged)(
  "a folder that must not be written to fails, and stays as it is",
  async () => {
    chmodSync(folder, 0o555);
    try {
      await expect(rewriteDicomFile(source, target, rename)).rejects.toMatchObject({
        code: "EACCES",
      });
    } finally {
      chmodSync(folder, 0o755);
    }
    expect(statSync(source).size).toBe(fileOf(name(EXPLICIT)).length);
  },
);
