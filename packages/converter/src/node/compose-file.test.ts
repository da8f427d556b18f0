import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findElement, readFile, readStrings } from "@dsail/dicom-core";
import { openFrames } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { greyOf } from "../../test/image-for-test.js";
import { type PixelFile, pixelFile } from "../../test/pixel-file.js";
import { CANARY } from "../../test/watched-command.js";
import { encodeBmp } from "../image/bmp.js";
import { encodePng } from "../image/encode-png.js";
import { composeFolder, decomposeFolder } from "./convert-folder.js";
import type {
  ComposeFolderOptions,
  DecomposeOptions,
  FileOutcome,
  RunOptions,
} from "./folder-job.js";

const png = encodePng(greyOf([1, 2], [3, 4]));
const three: PixelFile = {
  ...{ rows: 2, columns: 2, bitsAllocated: 16, bitsStored: 12, isSigned: true },
  frames: [
    [-2048, 0, 1, 2047],
    [5, 6, 7, 8],
    [-1, -1, 0, 0],
  ],
};

/** Composes a folder; nobody is told what is in it. */
async function composed(
  input: string,
  options: ComposeFolderOptions & Pick<RunOptions, "dryRun"> = {},
) {
  const output = join(temporaryFolder(), "out");
  const outcomes: FileOutcome[] = [];
  await composeFolder(input, output, { ...options, onFile: (outcome) => outcomes.push(outcome) });
  const failures = outcomes.flatMap((outcome) => (outcome.kind === "failed" ? [outcome] : []));
  for (const { code, message, at } of failures) {
    expect(`${code} ${message} ${at}`).not.toMatch(new RegExp(`${CANARY}|dsail-test`));
  }
  const read = (path: string) => readFile(new Uint8Array(readFileSync(join(output, path))));
  return {
    codes: failures.map(({ code }) => code),
    failures,
    paths: pathsIn(output),
    skipped: outcomes.filter(({ kind }) => kind === "skipped").length,
    text: (path: string, tag: number) => {
      const { dataset } = read(path);
      const element = findElement(dataset, tag);
      return element && readStrings(dataset, element)[0];
    },
    frames: async (path: string) => {
      const { count, readFrame } = await openFrames(read(path));
      return Promise.all(
        Array.from({ length: count }, async (_, i) => [...(await readFrame(i)).samples]),
      );
    },
  };
}

/** A folder of what a file becomes. */
async function parts(
  files: Readonly<Record<string, Uint8Array>>,
  options: DecomposeOptions = {},
): Promise<string> {
  const folder = temporaryFolder();
  writeFiles(join(folder, "in"), files);
  await decomposeFolder(join(folder, "in"), join(folder, "parts"), options);
  return join(folder, "parts");
}

const folderOf = (files: Readonly<Record<string, Uint8Array | string>>) => {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return folder;
};

describe("composing what was decomposed", () => {
  it("gives every stored value back, of folders in folders too", async () => {
    const input = await parts({ "a/x.dcm": pixelFile(three) }, { mode: "full" });
    const { paths, frames, text, skipped } = await composed(input);
    expect([paths, skipped]).toEqual([["a/x.dcm"], 3]);
    expect(await frames("a/x.dcm")).toEqual(three.frames);
    expect(text("a/x.dcm", Tag.SOPInstanceUID)).toBe("1.2.3.4");
  });

  it("takes the pixels in the JSON where there is no image", async () => {
    const input = await parts(
      { x: pixelFile(three) },
      { removeImageInJson: false, frames: "first" },
    );
    const alone = folderOf({ "x.json": readFileSync(join(input, "x.json")) });
    expect(await (await composed(alone)).frames("x.dcm")).toEqual(three.frames);
  });

  it("is a Secondary Capture of what is seen, from BMP too", async () => {
    const input = await parts({ x: pixelFile(three) }, { format: "bmp" });
    const { frames, text } = await composed(input);
    expect(text("x.dcm", Tag.SOPClassUID)).toBe("1.2.840.10008.5.1.4.1.1.7.2");
    expect((await frames("x.dcm"))[0]?.[0]).toBe(0);
  });

  it("tells UIDs from frames", async () => {
    const uids = {
      "1.2.3": pixelFile(three),
      "1.2.3.0001": pixelFile({ ...three, frames: [[1, 2, 3, 4]] }),
    };
    const input = await parts(
      { "1.2": uids["1.2.3"], "1.2.1234": uids["1.2.3.0001"] },
      { mode: "full" },
    );
    const { codes, frames } = await composed(input);
    expect(codes).toEqual([]);
    expect(await frames("1.2.dcm")).toEqual(three.frames);
    expect(await frames("1.2.1234.dcm")).toEqual([[1, 2, 3, 4]]);
  });

  it("gives pseudonyms; nothing of the patient's is left in the two elements", async () => {
    const input = await parts({ x: pixelFile(three), y: pixelFile(three) }, { mode: "full" });
    const key = new Uint8Array(32).fill(3);
    const keyed = await composed(input, { patientId: { kind: "keyed", key } });
    const random = await composed(input, { patientId: { kind: "random" } });
    const ids = [keyed, random].flatMap(({ text }) =>
      ["x.dcm", "y.dcm"].map((path) => text(path, Tag.PatientID)),
    );
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
    expect(ids.map((id) => String(id).length)).toEqual([16, 16, 16, 16]);
    expect(keyed.text("x.dcm", Tag.PatientName)).toBe(ids[0]);
  });

  it("writes nothing in a dry run", async () => {
    const input = await parts({ x: pixelFile(three) }, { mode: "full" });
    const before = stateOf(input);
    expect((await composed(input, { dryRun: true })).paths).toEqual([]);
    expect(stateOf(input)).toEqual(before);
  });
});

describe("metadata of all", () => {
  it.each(["ref.dcm", "ref.json"])("%s: each image is an instance of its own", async (name) => {
    const reference = await parts(
      { ref: pixelFile({ ...three, frames: [[1, 2, 3, 4]] }) },
      { mode: "full" },
    );
    writeFileSync(join(reference, "ref.dcm"), pixelFile({ ...three, frames: [[9, 9, 9, 9]] }));
    const image = readFileSync(join(reference, "ref.png"));
    const input = folderOf({ "a.png": image, "b.PNG": image, "c.png": png, "no.txt": CANARY });
    const { codes, paths, text, frames } = await composed(input, {
      metadata: join(reference, name),
      patientId: { kind: "keep" },
    });
    expect([codes, paths]).toEqual([[], ["a.dcm", "b.dcm", "c.dcm"]]);
    expect(await frames("a.dcm")).toEqual([[1, 2, 3, 4]]);
    const uids = paths.map((path) => text(path, Tag.SOPInstanceUID));
    expect(new Set([...uids, "1.2.3.4"]).size).toBe(4);
    expect(text("b.dcm", Tag.PatientID)).toBe(`${CANARY} 4711`);
  });

  it("fails each image where it is neither DICOM nor JSON, or not there", async () => {
    const input = folderOf({ "a.png": png, "b.png": png });
    const metadata = join(folderOf({ [CANARY]: CANARY }), CANARY);
    expect((await composed(input, { metadata })).codes).toEqual(["BAD_INPUT", "BAD_INPUT"]);
    const missing = await composed(input, { metadata: `${metadata}.json` });
    expect(missing.codes).toEqual(["ENOENT", "ENOENT"]);
  });
});

describe("what does not go together", () => {
  const json = JSON.stringify({
    "00280010": { vr: "US", Value: [2] },
    "00280011": { vr: "US", Value: [2] },
  });

  it.each([
    ["a missing frame", { "x.0001.png": png, "x.0003.png": png }],
    ["the first frame missing", { "x.0002.png": png }],
    ["frame 0", { "x.0000.png": png }],
    ["a frame twice", { "x.0001.png": png, "x.0001.bmp": encodeBmp(greyOf([1, 2], [3, 4])) }],
    ["a frame twice, by another number of digits", { "x.0001.png": png, "x.00001.png": png }],
    ["two images", { "x.png": png, "x.bmp": encodeBmp(greyOf([1, 2], [3, 4])) }],
    ["an image and a frame", { "x.png": png, "x.0001.png": png }],
    ["another size", { "x.png": encodePng(greyOf([1])) }],
  ])("%s is refused", async (_, images) => {
    const { codes, paths } = await composed(folderOf({ "x.json": json, ...images }));
    expect([codes, paths]).toEqual([["IMAGE_MISMATCH"], []]);
  });

  it("images of two sizes are refused", async () => {
    const images = { "x.0001.png": png, "x.0002.png": encodePng(greyOf([1])) };
    expect((await composed(folderOf({ "x.json": json, ...images }))).codes).toEqual(["BAD_IMAGE"]);
  });

  it("an image that is none is refused", async () => {
    const damaged = png.slice(0, -20);
    for (const image of [CANARY, damaged, ""]) {
      const { codes } = await composed(folderOf({ "x.json": json, "x.png": image }));
      expect(codes).toEqual(["BAD_IMAGE"]);
    }
  });
});

describe("JSON of a stranger", () => {
  const of = (text: string) => folderOf({ "x.json": text });
  it.each([
    ["broken", `{"00100010": "${CANARY}`, "BAD_INPUT"],
    ["empty", "", "BAD_INPUT"],
    ["a text", JSON.stringify(CANARY), "BAD_JSON"],
    ["a list", JSON.stringify([{}]), "BAD_JSON"],
    ["of other keys", JSON.stringify({ [CANARY]: { vr: "LO" } }), "BAD_JSON"],
    ["of a prototype", `{"__proto__": {"00100010": {"vr": "PN"}}}`, "BAD_JSON"],
    ["of a constructor", `{"constructor": {"prototype": {"vr": "${CANARY}"}}}`, "BAD_JSON"],
    ["of a VR that is none", `{"00100010": {"vr": "${CANARY}"}}`, "BAD_JSON"],
    ["by reference", `{"00100010": {"vr": "LO", "BulkDataURI": "file:///${CANARY}"}}`, "BAD_JSON"],
    [
      "deep",
      `${'{"00081140":{"vr":"SQ","Value":['.repeat(2000)}${"]}}".repeat(2000)}`,
      "LIMIT_EXCEEDED",
    ],
    [
      "with pixels of an image that are not there",
      `{"00280010":{"vr":"US","Value":[2]}}`,
      "BAD_VALUE",
    ],
  ])("%s: %s is refused", async (_, text, code) => {
    expect(await composed(of(text))).toMatchObject({ codes: [code], paths: [] });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("is UTF-8, with or without a mark", async () => {
    const text =
      '\uFEFF{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00100020":{"vr":"LO","Value":["ä"]}}';
    expect((await composed(of(text))).text("x.dcm", Tag.PatientID)).toBe("ä");
    const latin1 = folderOf({ "x.json": Uint8Array.from(Buffer.from(text.slice(1), "latin1")) });
    expect((await composed(latin1)).codes).toEqual(["BAD_INPUT"]);
  });

  it("gives a file or a refusal, of whatever it is made, and tells nothing of it", async () => {
    const value = fc.oneof(
      fc.constant(CANARY),
      fc.constant(null),
      fc.double(),
      fc.integer(),
      fc.array(fc.oneof(fc.constant(CANARY), fc.integer(), fc.constant(null)), { maxLength: 3 }),
    );
    const element = fc.record(
      {
        vr: fc.constantFrom(
          "LO",
          "PN",
          "US",
          "DS",
          "IS",
          "OB",
          "OW",
          "SQ",
          "UI",
          "AT",
          "UN",
          "XX",
          CANARY,
        ),
        Value: value,
        InlineBinary: fc.constantFrom(CANARY, "AAAA", ""),
      },
      { requiredKeys: ["vr"] },
    );
    const tag = fc.constantFrom(
      ...["00020010", "00080005", "00080016", "00080018", "00080000", "00280002", "00280004"],
      ...["00280008", "00280010", "00280011", "00280030", "00280100", "00280101", "00280102"],
      ...[
        "00280103",
        "00281050",
        "00100020",
        "7FE00010",
        "00091001",
        "FFFEE000",
        "__proto__",
        CANARY,
      ],
    );
    const json = fc.dictionary(tag, element, { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(
        json,
        fc.boolean(),
        fc.boolean(),
        async (elements, hasImage, allowResized) => {
          const input = folderOf({
            "x.json": JSON.stringify(elements),
            ...(hasImage ? { "x.png": png } : {}),
          });
          const { failures, paths } = await composed(input, { allowResized });
          expect(paths).toEqual(failures.length === 0 ? ["x.dcm"] : []);
          expect(failures.map(({ code }) => code)).not.toContain("UNEXPECTED");
        },
      ),
      { numRuns: 200 },
    );
  });
});
