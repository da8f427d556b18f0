import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findElement, readFile, readStrings } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  pathsIn,
  stateOf,
  temporaryFolder,
  writeFiles,
} from "../../../../vitest.temporary-folder.js";
import { greyOf } from "../../test/image-for-test.js";
import { smallImage, TEXT_FILE, truncatedImage } from "../../test/small-files.js";
import { CANARY, command, KEY_TEXT } from "../../test/watched-command.js";
import { decodePng } from "../image/decode-png.js";
import { encodePng } from "../image/encode-png.js";
import { EXIT_FAILED, EXIT_OK } from "./exit-code.js";

afterEach(() => vi.unstubAllEnvs());

const SKIPPED = "skipped (of other kinds, hidden, or links)";

function folderOf(files: Readonly<Record<string, Uint8Array | string>>) {
  const folder = temporaryFolder();
  writeFiles(join(folder, "in"), files);
  const path = (name: string) => join(folder, name);
  return { path, io: [path("in"), path("out")] };
}

const read = (path: string) => readFile(new Uint8Array(readFileSync(path)));
const image = (path: string) => decodePng(new Uint8Array(readFileSync(path)));
const textOf = (path: string, tag: number) => {
  const { dataset } = read(path);
  const element = findElement(dataset, tag);
  return element === undefined ? undefined : readStrings(dataset, element)[0];
};

describe("decompose", () => {
  it("writes images and JSON, and ends with one line", async () => {
    const { path, io } = folderOf({
      "a.dcm": smallImage(),
      "b/c": smallImage({ frames: 3 }),
      d: TEXT_FILE,
    });
    expect(await command(["decompose", ...io])).toEqual({
      code: EXIT_OK,
      out: `2 decomposed into 6 files, 1 ${SKIPPED}, 0 failed\n`,
      error: "",
    });
    const names = ["a.json", "a.png", "b/c.0001.png", "b/c.0002.png", "b/c.0003.png", "b/c.json"];
    expect(pathsIn(path("out"))).toEqual(names);
    expect(readFileSync(path("out/a.json"), "utf8")).not.toContain("7FE00010");
  });

  it("ends with 1 if a file failed, and says on the standard error which and why", async () => {
    const { path, io } = folderOf({ "a.dcm": smallImage(), "sub/cut.dcm": truncatedImage() });
    const { code, out, error } = await command(["decompose", ...io, "--workers", "0"]);
    expect({ code, out }).toEqual({
      code: EXIT_FAILED,
      out: `1 decomposed into 2 files, 0 ${SKIPPED}, 1 failed\n`,
    });
    expect(error).toMatch(/^"sub\/cut\.dcm": TRUNCATED: [^\n]* at \(7FE0,0010\)\n$/);
    expect(pathsIn(path("out"))).toEqual(["a.json", "a.png"]);
  });

  it("has its options", async () => {
    const { path, io } = folderOf({ "a.dcm": smallImage({ frames: 2 }) });
    const keep = ["--keep-image-in-json", "--frames", "first"];
    expect((await command(["decompose", ...io, ...keep])).code).toBe(EXIT_OK);
    expect(pathsIn(path("out"))).toEqual(["a.json", "a.png"]);
    expect(readFileSync(path("out/a.json"), "utf8")).toContain("7FE00010");
    const bmp = ["--no-json", "--format", "bmp", "--mode", "dsail"];
    expect((await command(["decompose", path("in"), path("bmp"), ...bmp])).code).toBe(EXIT_OK);
    expect(pathsIn(path("bmp"))).toEqual(["a.0001.bmp", "a.0002.bmp"]);
  });

  it("replaces files only with --overwrite", async () => {
    const { path, io } = folderOf({ "a.dcm": smallImage() });
    writeFiles(path("out"), { "a.png": "mine" });
    const refused = await command(["decompose", ...io]);
    expect(refused.code).toBe(EXIT_FAILED);
    expect(refused.error).toMatch(/^"a\.dcm": TARGET_EXISTS: /);
    expect(readFileSync(path("out/a.png"), "utf8")).toBe("mine");
    expect((await command(["decompose", ...io, "--overwrite"])).code).toBe(EXIT_OK);
    expect(image(path("out/a.png")).columns).toBe(8);
  });

  it("--dry-run tells the same, and writes nothing", async () => {
    const { path, io } = folderOf({ "a.dcm": smallImage(), "cut.dcm": truncatedImage() });
    const before = stateOf(path("."));
    const { code, out, error } = await command(["decompose", ...io, "--dry-run"]);
    expect({ code, out }).toEqual({
      code: EXIT_FAILED,
      out: `1 would be decomposed into 2 files, 0 ${SKIPPED}, 1 failed; nothing written\n`,
    });
    expect(error).toMatch(/^"cut\.dcm": TRUNCATED/);
    expect(stateOf(path("."))).toEqual(before);
  });
});

describe("render", () => {
  it.each([
    [[], ["a.0001.png", "a.0002.png"], 8],
    [["--frames", "montage"], ["a.png"], 18],
    [["--frames", "animation"], ["a.png"], 8],
  ])("%j writes images only", async (options, names, columns) => {
    const { path, io } = folderOf({ "a.dcm": smallImage({ frames: 2 }) });
    const { code, out } = await command(["render", ...io, ...options]);
    expect(code).toBe(EXIT_OK);
    expect(out).toMatch(new RegExp(`^1 rendered into ${names.length} file`));
    expect(pathsIn(path("out"))).toEqual(names);
    expect(image(path(`out/${names[0]}`)).columns).toBe(columns);
  });

  it("takes a window by its number, and enlarges pixels that are not square", async () => {
    const more = [
      { tag: Tag.WindowCenter, value: ["10", "150"] },
      { tag: Tag.WindowWidth, value: ["5", "20"] },
      { tag: Tag.PixelAspectRatio, value: ["2", "1"] },
    ];
    const { path, io } = folderOf({ "a.dcm": smallImage({ more }) });
    await command(["render", ...io]);
    await command(["render", path("in"), path("1"), "--voi-index", "1", "--square-pixels"]);
    expect([image(path("out/a.png")).rows, image(path("1/a.png")).rows]).toEqual([8, 16]);
    expect([image(path("out/a.png")).pixels[20], image(path("1/a.png")).pixels[36]]).toEqual([
      255, 0,
    ]);
    const wrong = await command(["render", path("in"), path("2"), "--voi-index", "2"]);
    expect(wrong.code).toBe(EXIT_FAILED);
  });
});

describe("compose", () => {
  it("undoes decompose --mode full", async () => {
    const { path, io } = folderOf({ "a.dcm": smallImage() });
    await command(["decompose", ...io, "--mode", "full"]);
    const { code, out } = await command(["compose", path("out"), path("back")]);
    expect({ code, out }).toEqual({
      code: EXIT_OK,
      out: "1 composed into 1 file, 1 skipped (images, or of other kinds, hidden, or links), 0 failed\n",
    });
    expect(textOf(path("back/a.dcm"), Tag.PatientID)).toBe(`${CANARY} 4711`);
  });

  it("takes metadata of a DICOM file for all images, of another size too if told to", async () => {
    const { path } = folderOf({ "a.png": encodePng(greyOf([1, 2], [3, 4])) });
    writeFileSync(path("ref.dcm"), smallImage());
    const args = ["compose", path("in"), path("out"), "--metadata", path("ref.dcm")];
    const refused = await command(args);
    expect(refused.code).toBe(EXIT_FAILED);
    expect(refused.error).toMatch(/^"a\.png": IMAGE_MISMATCH: /);
    const { code } = await command([...args, "--allow-resized", "--images", "rendered"]);
    expect(code).toBe(EXIT_OK);
    expect(pathsIn(path("out"))).toEqual(["a.dcm"]);
  });

  it("gives pseudonyms at random, or by a key: of the same patient then the same", async () => {
    const { path, io } = folderOf({ "a.dcm": smallImage(), "b.dcm": smallImage() });
    await command(["decompose", ...io]);
    writeFileSync(path("key"), `${KEY_TEXT}\n`);
    const composed = async (to: string, ...options: readonly string[]) => {
      const args = ["compose", path("out"), path(to), "--patient-id", ...options];
      expect((await command(args)).code).toBe(EXIT_OK);
      return ["a", "b"].map((name) => textOf(path(`${to}/${name}.dcm`), Tag.PatientID));
    };
    const random = await composed("random", "random");
    const keyed = await composed("keyed", "keyed", "--key-file", path("key"));
    vi.stubEnv("DSAIL_KEY_FILE", path("key"));
    expect(await composed("environment", "keyed")).toEqual(keyed);
    expect(await composed("keep", "keep")).toEqual([`${CANARY} 4711`, `${CANARY} 4711`]);
    expect(keyed[0]).toBe(keyed[1]);
    expect(new Set([...random, ...keyed]).size).toBe(3);
    for (const id of [...random, ...keyed]) expect(id).toMatch(/^[0-9A-Z]{16}$/);
  });
});

describe("compress", () => {
  const noise = (seed: number) =>
    greyOf(
      ...Array.from({ length: 64 }, (_, y) =>
        Array.from({ length: 64 }, (_, x) => (x * 3 + y + ((x * y * seed) % 61)) & 0xff),
      ),
    );

  it("says of each file, and of all, what it cost", async () => {
    const { path, io } = folderOf({ "b.png": encodePng(noise(7)), "a/c.png": encodePng(noise(5)) });
    const { code, out, error } = await command(["compress", ...io, "--ratio", "8"]);
    expect({ code, error }).toEqual({ code: EXIT_OK, error: "" });
    const lines = out.split("\n");
    const summary = lines.at(-2);
    const [first, second, all] = lines;
    const numbers =
      "(\\d+) bytes of samples, (\\d+) of JPEG 2000 \\(ratio (\\d+\\.\\d)\\), (\\d+) of PNG, PSNR (\\d+\\.\\d) dB";
    const of = (start: string, line = "", end = "") =>
      (new RegExp(`^${start}: ${numbers}${end}$`).exec(line) ?? []).slice(1).map(Number);
    const [a, b, total] = [
      of('"a/c.png"', first),
      of('"b.png"', second),
      of("all", all, " at the worst"),
    ];
    expect([a[0], b[0]]).toEqual([4096, 4096]);
    expect(a[2]).toBe(Number((4096 / (a[1] ?? 0)).toFixed(1)));
    expect(a[2]).toBeGreaterThan(7);
    expect(a[4]).toBeGreaterThan(15);
    for (const i of [0, 1, 3]) expect(total[i]).toBe((a[i] ?? 0) + (b[i] ?? 0));
    expect(total[4]).toBe(Math.min(a[4] ?? 0, b[4] ?? 0));
    expect(summary).toBe(`2 compressed into 2 files, 0 ${SKIPPED}, 0 failed`);
    expect(readFileSync(path("out/b.png")).length).toBe(b[3]);
  });

  it("says if the ratio was not reached: headers alone are larger than an image of 8 x 8 / 900", async () => {
    const { io } = folderOf({ "a.png": encodePng(greyOf(...Array(8).fill(Array(8).fill(7)))) });
    const { code, out } = await command(["compress", ...io, "--ratio", "900"]);
    expect(code).toBe(EXIT_OK);
    expect(out).toContain("\nnote: ratio 900 was not reached in 1 file\n");
  });

  it("loses nothing without a ratio, keeps the codestream if told to, and writes nothing in a dry run", async () => {
    const { path, io } = folderOf({ "a.png": encodePng(noise(7)), "b.dcm": smallImage() });
    const dry = await command(["compress", ...io, "--keep-codestream", "--dry-run"]);
    expect(dry.code).toBe(EXIT_OK);
    expect(dry.out).toMatch(
      /^"a\.png": [^\n]*, no loss\nall: [^\n]*, no loss\n1 would be compressed into 2 files, 1 skipped [^\n]*; nothing written\n$/,
    );
    expect(pathsIn(path("out"))).toEqual([]);
    expect((await command(["compress", ...io, "--keep-codestream"])).code).toBe(EXIT_OK);
    expect(pathsIn(path("out"))).toEqual(["a.j2c", "a.png"]);
    expect(image(path("out/a.png"))).toEqual(noise(7));
  });

  it("says nothing of files that there are none of", async () => {
    const { io } = folderOf({ "b.dcm": smallImage() });
    expect((await command(["compress", ...io])).out).toBe(
      `0 compressed into 0 files, 1 ${SKIPPED}, 0 failed\n`,
    );
  });
});

describe("transcode", () => {
  it.each([
    ["implicit", "1.2.840.10008.1.2"],
    ["explicit", "1.2.840.10008.1.2.1"],
    ["deflated", "1.2.840.10008.1.2.1.99"],
    ["rle", "1.2.840.10008.1.2.5"],
    ["jpeg-ls", "1.2.840.10008.1.2.4.80"],
    ["jpeg-ls-near", "1.2.840.10008.1.2.4.81"],
    ["jpeg-2000", "1.2.840.10008.1.2.4.90"],
    ["jpeg-2000-lossy", "1.2.840.10008.1.2.4.91"],
    ["htj2k", "1.2.840.10008.1.2.4.201"],
    ["htj2k-rpcl", "1.2.840.10008.1.2.4.202"],
    ["deflated-frame", "1.2.840.10008.1.2.8.1"],
    ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2.5"],
  ])("--to %s", async (name, uid) => {
    const { path, io } = folderOf({ "a.dcm": smallImage() });
    const { code, out, error } = await command(["transcode", ...io, "--to", name]);
    expect({ code, out, error }).toEqual({
      code: EXIT_OK,
      out: `1 transcoded into 1 file, 0 ${SKIPPED}, 0 failed\n`,
      error: "",
    });
    expect(read(path("out/a.dcm")).transferSyntax.uid).toBe(uid);
    await command(["render", path("out"), path("after"), "--mode", "full"]);
    await command(["render", path("in"), path("before"), "--mode", "full"]);
    expect(image(path("after/a.png"))).toEqual(image(path("before/a.png")));
  });

  it.each([
    [["jpeg-2000-lossy", "--ratio", "4"], "ISO_15444_1"],
    [["jpeg-ls-near", "--max-error", "3"], "ISO_14495_1"],
  ])("--to %j says that something is lost", async (to, method) => {
    const { path, io } = folderOf({ "a.dcm": smallImage({ side: 64 }) });
    expect((await command(["transcode", ...io, "--to", ...to])).code).toBe(EXIT_OK);
    expect(textOf(path("out/a.dcm"), Tag.LossyImageCompressionMethod)).toBe(method);
  });

  it("--dry-run writes nothing", async () => {
    const { path, io } = folderOf({ "a.dcm": smallImage() });
    const { code, out } = await command(["transcode", ...io, "--to", "rle", "--dry-run"]);
    expect(code).toBe(EXIT_OK);
    expect(out).toMatch(/^1 would be transcoded into 1 file, .*; nothing written\n$/);
    expect(pathsIn(path("out"))).toEqual([]);
  });
});
