import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ElementInit,
  EXPLICIT_VR_LITTLE_ENDIAN,
  readFile,
  writeFile,
} from "@dsail/dicom-core";
import { transcode } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { pathsIn, temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { type PixelFile, pixelElements, pixelFile } from "../../test/pixel-file.js";
import { CANARY } from "../../test/watched-command.js";
import { decodeBmp } from "../image/bmp.js";
import { decodePng } from "../image/decode-png.js";
import { decomposeFolder } from "./convert-folder.js";
import type { DecomposeOptions, FileOutcome } from "./folder-job.js";

const RLE = "1.2.840.10008.1.2.5";
const HTJ2K = "1.2.840.10008.1.2.4.201";

/** What became of a file, and how to look at it. */
async function decomposed(name: string, bytes: Uint8Array, options: DecomposeOptions = {}) {
  const folder = temporaryFolder();
  writeFiles(join(folder, "in"), { [name]: bytes });
  const outcomes: FileOutcome[] = [];
  const output = join(folder, "out");
  await decomposeFolder(join(folder, "in"), output, {
    ...options,
    onFile: (outcome) => outcomes.push(outcome),
  });
  const read = (path: string) => new Uint8Array(readFileSync(join(output, path)));
  return {
    outcome: outcomes[0],
    paths: pathsIn(output),
    png: (path: string) => decodePng(read(path)),
    bmp: (path: string) => decodeBmp(read(path)),
    json: (path: string) =>
      JSON.parse(readFileSync(join(output, path), "utf8")) as Record<
        string,
        { vr: string; Value?: unknown[]; InlineBinary?: string }
      >,
  };
}

const one: PixelFile = { rows: 2, columns: 2, frames: [[0, 10, 20, 30]] };
const three: PixelFile = { ...one, frames: [...one.frames, [1, 2, 3, 4], [9, 9, 9, 0]] };

/** A compressed file of three frames, of which the second one cannot be decoded. */
async function damaged(): Promise<Uint8Array> {
  const bytes = (await transcode(readFile(pixelFile(three)), RLE)).slice();
  // PS3.5 G.5: one segment, at 64.
  const header = [1, 0, 0, 0, 64, 0, 0, 0];
  const starts = [...bytes.keys()].filter((at) =>
    header.every((byte, i) => bytes[at + i] === byte),
  );
  expect(starts).toHaveLength(3);
  bytes[starts[1] as number] = 99;
  return bytes;
}

describe("names", () => {
  it.each([
    ["x.dcm", "x"],
    ["x.DCM", "x"],
    ["x.dicom", "x"],
    ["x.dic", "x"],
    ["x.IMA", "x"],
    ["x", "x"],
    ["x.dcm.bak", "x.dcm.bak"],
    ["1.2.840.113619.2.1", "1.2.840.113619.2.1"],
    ["x.png", "x.png"],
  ])("%s becomes %s.png and %s.json", async (name, stem) => {
    const { paths } = await decomposed(name, pixelFile(one));
    expect(paths).toEqual([`${stem}.json`, `${stem}.png`]);
  });

  it.each([
    [{ frames: "each" }, ["x.0001.png", "x.0002.png", "x.0003.png", "x.json"]],
    [{ frames: "first" }, ["x.json", "x.png"]],
    [{ frames: "montage", json: false }, ["x.png"]],
    [{ frames: "animation", json: false }, ["x.png"]],
    [{ format: "bmp", json: false }, ["x.0001.bmp", "x.0002.bmp", "x.0003.bmp"]],
    [{ format: "bmp", frames: "montage", json: false }, ["x.bmp"]],
  ] satisfies [DecomposeOptions, string[]][])("of several frames: %j", async (options, names) => {
    expect((await decomposed("x.dcm", pixelFile(three), options)).paths).toEqual(names);
  });
});

describe("images", () => {
  it("have every bit in mode full, and one frame each", async () => {
    const { png } = await decomposed("x", pixelFile(three), { mode: "full" });
    const images = ["x.0001.png", "x.0002.png", "x.0003.png"].map(png);
    expect(images.map(({ pixels }) => [...pixels])).toEqual(three.frames);
    expect(images.map(({ bits }) => bits)).toEqual([16, 16, 16]);
  });

  it("are as seen in mode voi, in BMP as in PNG, and stretched in mode dsail", async () => {
    const more = [
      { tag: Tag.WindowCenter, value: "10" },
      { tag: Tag.WindowWidth, value: "1" },
    ];
    const file = pixelFile({ ...one, more });
    const inverted = pixelFile({ ...one, more, photometric: "MONOCHROME1" });
    expect([...(await decomposed("x", file)).png("x.png").pixels]).toEqual([0, 255, 255, 255]);
    expect([...(await decomposed("x", inverted)).png("x.png").pixels]).toEqual([255, 0, 0, 0]);
    const bmp = await decomposed("x", file, { format: "bmp" });
    expect([...bmp.bmp("x.bmp").pixels]).toEqual([0, 255, 255, 255]);
    const dsail = await decomposed("x", pixelFile(one), { mode: "dsail" });
    expect([...dsail.png("x.png").pixels]).toEqual([0, 85, 170, 255]);
  });

  it("have square pixels if asked for", async () => {
    const file = pixelFile({ ...one, more: [{ tag: Tag.PixelSpacing, value: ["1", "3"] }] });
    const square = await decomposed("x", file, { squarePixels: true });
    expect(square.png("x.png")).toMatchObject({ rows: 2, columns: 6 });
    expect((await decomposed("x", file)).png("x.png")).toMatchObject({ rows: 2, columns: 2 });
  });
});

describe("JSON", () => {
  it("is without pixels, and all else", async () => {
    const { json } = await decomposed("x", pixelFile(one));
    const elements = json("x.json");
    expect(elements["7FE00010"]).toBeUndefined();
    expect(elements["00100020"]).toEqual({ vr: "LO", Value: [`${CANARY} 4711`] });
    expect(Object.keys(elements)).toHaveLength(pixelElements(one).length - 1);
  });

  it.each([undefined, RLE, HTJ2K])("has native pixels if asked for: of %s", async (syntax) => {
    const native = pixelFile(three);
    const file = syntax === undefined ? native : await transcode(readFile(native), syntax);
    const { json } = await decomposed("x", file, { removeImageInJson: false });
    const bytes = Buffer.from(json("x.json")["7FE00010"]?.InlineBinary ?? "", "base64");
    expect([...bytes]).toEqual(three.frames.flat());
  });

  it("is all there is of an object without pixels", async () => {
    const pixels: readonly number[] = [Tag.PixelData, Tag.Rows, Tag.Columns];
    const elements = pixelElements(one).filter(({ tag }) => !pixels.includes(tag));
    const file = writeFile(elements, { transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN });
    expect((await decomposed("x", file)).paths).toEqual(["x.json"]);
    const none = await decomposed("x", file, { json: false });
    expect(none).toMatchObject({ outcome: { kind: "skipped" }, paths: [] });
  });
});

it("skips a DICOMDIR", async () => {
  const elements: readonly ElementInit[] = [
    { tag: Tag.SOPClassUID, value: "1.2.840.10008.1.3.10" },
    { tag: Tag.SOPInstanceUID, value: "1.2" },
  ];
  const file = writeFile(elements, { transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN });
  const { outcome, paths } = await decomposed("DICOMDIR", file);
  expect({ outcome, paths }).toMatchObject({ outcome: { kind: "skipped" }, paths: [] });
});

describe("damage", () => {
  it("of one frame leaves nothing of the others", async () => {
    const { outcome, paths } = await decomposed("x", await damaged());
    expect(outcome).toMatchObject({ kind: "failed", code: "BAD_VALUE", at: "(7FE0,0010)" });
    expect(paths).toEqual([]);
  });

  it("of a frame that nobody asked for is not seen", async () => {
    const { paths } = await decomposed("x", await damaged(), { frames: "first", json: false });
    expect(paths).toEqual(["x.png"]);
  });

  it.each<[string, ElementInit]>([
    ["a thousand million frames", { tag: Tag.NumberOfFrames, value: "1000000000" }],
    ["a negative number of frames", { tag: Tag.NumberOfFrames, value: "-1" }],
    ["65535 rows", { tag: Tag.Rows, value: 65535 }],
    ["no rows", { tag: Tag.Rows, value: 0 }],
    ["no stored bits", { tag: Tag.BitsStored, value: 0 }],
    ["more stored than allocated bits", { tag: Tag.BitsStored, value: 99 }],
    ["no allocated bits", { tag: Tag.BitsAllocated, value: 0 }],
    [
      "a photometric interpretation that is none",
      { tag: Tag.PhotometricInterpretation, value: CANARY },
    ],
  ])("%s fails and tells no value", async (_, element) => {
    const { outcome, paths } = await decomposed("x", pixelFile({ ...one, more: [element] }));
    expect(outcome).toMatchObject({ kind: "failed", code: expect.stringMatching(/^[A-Z_]+$/) });
    expect(JSON.stringify(outcome)).not.toContain(CANARY);
    expect(outcome).not.toMatchObject({ code: "UNEXPECTED" });
    expect(paths).toEqual([]);
  });
});

it("reads of a large file what it needs: its JSON cannot have all", async () => {
  const side = 4200;
  const own: readonly ElementInit[] = [
    { tag: Tag.Rows, value: side },
    { tag: Tag.Columns, value: side },
    { tag: Tag.NumberOfFrames, value: "2" },
    { tag: Tag.PixelData, vr: "OB", value: new Uint8Array(2 * side * side).fill(7) },
  ];
  const file = pixelFile({ ...one, frames: [[]], more: own });
  const { paths, png } = await decomposed("x", file, { frames: "first", mode: "full" });
  expect(paths).toEqual(["x.json", "x.png"]);
  expect(png("x.png").pixels.every((pixel) => pixel === 7)).toBe(true);
  const withPixels = await decomposed("x", file, { frames: "first", removeImageInJson: false });
  expect(withPixels).toMatchObject({ outcome: { code: "LIMIT_EXCEEDED" }, paths: [] });
  const short = await decomposed("x", file.subarray(0, -10));
  expect(short).toMatchObject({ outcome: { code: "TRUNCATED" }, paths: [] });
});
