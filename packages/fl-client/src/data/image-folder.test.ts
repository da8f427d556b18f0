import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { createBatches } from "./create-batches.js";
import { openDicomFolder, openImageFolder } from "./image-folder.js";
import type { FileProblem, ImageOptions, ImageSplits } from "./image-options.js";

/** A grey image of one value. */
function grey(value: number, rows = 2, columns = 3): Uint8Array {
  const data = new Uint8Array(rows * columns).fill(value);
  return encodePng({ width: columns, height: rows, data, channels: 1 });
}

const FILES = {
  "train/1/b.png": grey(51),
  "train/1/a.png": grey(0),
  "train/1/deep/c.png": grey(102),
  "train/0/x.PNG": grey(255),
  "valid/0/x.png": grey(153),
  "valid/1/y.png": grey(204),
};

function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return folder;
}

/** Opens, with what was told of. */
async function open(folder: string, options: ImageOptions = {}) {
  const problems: [string, FileProblem][] = [];
  const onProblem = (path: string, problem: FileProblem) => problems.push([path, problem]);
  const splits = await openImageFolder(folder, { ...options, onProblem });
  return { splits, problems };
}

/** First value of each image of the split, before normalization. */
async function valuesOf(dataset: ImageSplits["train"]): Promise<number[]> {
  const { images } = await dataset.readBatch(Array.from(dataset.labels, (_, i) => i));
  const length = images.length / dataset.size;
  return Array.from(dataset.labels, (_, i) => Math.round(images[i * length]! * 255));
}

const plain = { channels: 1, normalization: "none" } as const;

describe("openImageFolder", () => {
  it("has classes by name, and files by path", async () => {
    const { splits, problems } = await open(folderOf(FILES), plain);
    expect(splits.classes).toEqual(["0", "1"]);
    expect([...splits.train.labels]).toEqual([0, 1, 1, 1]);
    expect(await valuesOf(splits.train)).toEqual([255, 0, 51, 102]);
    expect(await valuesOf(splits.valid)).toEqual([153, 204]);
    expect(splits.test).toBeUndefined();
    expect(splits.train.imageShape).toEqual([2, 3, 1]);
    expect([splits.skipped, splits.emptyClasses, problems]).toEqual([0, [], []]);
    await splits.close();
  });

  it("has the classes of all splits in each, and tells those without images", async () => {
    const folder = folderOf({ ...FILES, "test/2/z.png": grey(9), "test/0/z.png": grey(8) });
    const { splits } = await open(folder, plain);
    expect(splits.train.classes).toEqual(["0", "1", "2"]);
    expect([...splits.test!.labels]).toEqual([0, 2]);
    expect(splits.emptyClasses).toEqual([
      { split: "train", label: "2" },
      { split: "valid", label: "2" },
      { split: "test", label: "1" },
    ]);
  });

  it("has the classes that are given, in their order", async () => {
    const { splits } = await open(folderOf(FILES), { ...plain, classes: ["9", "1", "0"] });
    expect([...splits.valid.labels]).toEqual([2, 1]);
    await expect(open(folderOf(FILES), { classes: ["1"] })).rejects.toThrow("not in classes");
    await expect(open(folderOf(FILES), { classes: ["0", "1", "0"] })).rejects.toThrow(RangeError);
  });

  it("is of RGB, normalized by ImageNet, if not told otherwise", async () => {
    const { splits } = await open(folderOf(FILES));
    expect(splits.train.imageShape).toEqual([2, 3, 3]);
    const { images } = await splits.train.readBatch([0]);
    [0.485, 0.456, 0.406].forEach((mean, i) => {
      expect(images[i]).toBeCloseTo((1 - mean) / [0.229, 0.224, 0.225][i]!, 5);
    });
  });

  it("normalizes by the training images, if told", async () => {
    const { splits } = await open(folderOf(FILES), { channels: 1, normalization: "train" });
    // 1, 0, 0.2, 0.4
    const [mean, std] = [0.4, Math.sqrt(1.2 / 4 - 0.16)];
    expect(splits.normalization?.mean[0]).toBeCloseTo(mean, 12);
    expect(splits.normalization?.std[0]).toBeCloseTo(std, 12);
    const { images } = await splits.valid.readBatch([0]);
    expect(images[0]).toBeCloseTo((0.6 - mean) / std, 5);
  });

  it("augments training images only", async () => {
    const augmentation = { brightness: 0.9 };
    const { splits } = await open(folderOf(FILES), { ...plain, augmentation });
    const last = ({ size }: { readonly size: number }) => [size - 1];
    const seeded = async (split: "train" | "valid") => [
      ...(await splits[split].readBatch(last(splits[split]), { augmentSeed: 5 })).images,
    ];
    const unseeded = async (split: "train" | "valid") => [
      ...(await splits[split].readBatch(last(splits[split]))).images,
    ];
    expect(await seeded("train")).not.toEqual(await unseeded("train"));
    expect(await seeded("valid")).toEqual(await unseeded("valid"));
  });

  it("needs one size, or a size to make them of", async () => {
    const folder = folderOf({ ...FILES, "train/0/large.png": grey(100, 8, 8) });
    await expect(open(folder, plain)).rejects.toThrow("different sizes: give a size");
    const { splits } = await open(folder, { ...plain, size: [4, 2] });
    expect(splits.train.imageShape).toEqual([4, 2, 1]);
    expect(await valuesOf(splits.train)).toEqual([100, 255, 0, 51, 102]);
  });

  it("keeps 16 bits", async () => {
    const data = Uint16Array.of(1, 65535);
    const wide = encodePng({ width: 2, height: 1, data, channels: 1, depth: 16 });
    const { splits } = await open(
      folderOf({ "train/a/1.png": wide, "valid/a/1.png": wide }),
      plain,
    );
    expect((await splits.train.readBatch([0])).images).toEqual(Float32Array.of(1 / 65535, 1));
  });

  it("passes over links, hidden files and what is no image, and tells of them", async () => {
    const folder = folderOf({
      ...FILES,
      ...{ "train/notes.txt": "x", "train/0/list.csv": "x", "train/.hidden/a.png": grey(1) },
      ...{ "train/0/.a.png": grey(1), "elsewhere/secret.png": grey(1) },
    });
    symlinkSync(join(folder, "elsewhere"), join(folder, "train/2"));
    symlinkSync(join(folder, "elsewhere/secret.png"), join(folder, "train/0/link.png"));
    const { splits, problems } = await open(folder, plain);
    expect(problems).toEqual(
      [
        ["train/0/link.png", "link"],
        ["train/0/list.csv", "other"],
        ["train/2", "link"],
        ["train/notes.txt", "other"],
      ].sort(([a], [b]) => (a! < b! ? -1 : 1)),
    );
    expect([splits.skipped, splits.train.size, splits.classes.length]).toEqual([4, 4, 2]);
  });

  it("refuses files that cannot be read, with no name but to the site; or leaves them out", async () => {
    const folder = folderOf({
      ...FILES,
      ...{ "train/0/Doe^John.png": "no image", "valid/1/empty.png": "" },
    });
    const problems: [string, FileProblem][] = [];
    const onProblem = (path: string, problem: FileProblem) => problems.push([path, problem]);
    const refused = openImageFolder(folder, { ...plain, onProblem });
    await expect(refused).rejects.toThrow(/^2 of 8 images cannot be read/);
    await expect(refused).rejects.not.toThrow(/Doe/);
    expect(problems.sort()).toEqual([
      ["train/0/Doe^John.png", "unreadable"],
      ["valid/1/empty.png", "unreadable"],
    ]);
    const { splits } = await open(folder, { ...plain, unreadable: "skip" });
    expect([splits.train.size, splits.valid.size, splits.skipped]).toEqual([4, 2, 2]);
  });

  it("finds files that are cut off when they are read, or before if told", async () => {
    const cut = grey(77).subarray(0, 50);
    const folder = folderOf({ ...FILES, "train/0/cut.png": cut });
    const { splits, problems } = await open(folder, plain);
    expect(problems).toEqual([]);
    await expect(splits.train.readBatch([0, 1])).rejects.toThrow(/^a PNG file is cut off$/);
    expect(problems).toEqual([["train/0/cut.png", "unreadable"]]);
    await expect(open(folder, { ...plain, check: "decode" })).rejects.toThrow("1 of 7 images");
    const rest = await open(folder, { ...plain, check: "decode", unreadable: "skip" });
    expect(await valuesOf(rest.splits.train)).toEqual([255, 0, 51, 102]);
  });

  it("refuses an image of too many pixels before it is decoded", async () => {
    const refused = open(folderOf(FILES), { ...plain, maxPixels: 5 });
    await expect(refused).rejects.toThrow(/^6 of 6 images cannot be read/);
  });

  it.each([
    ["no folder valid", { "train/a/1.png": grey(1) }],
    ["no images in valid", { "train/a/1.png": grey(1), "valid/a/x.txt": "" }],
    ["no folder train", { "1.png": grey(1) }],
  ])("says that there is %s", async (what, files) => {
    await expect(open(folderOf(files), plain)).rejects.toThrow(
      `there is ${what}`.replace("is no images", "are no images"),
    );
  });

  it("tells a folder that is not there by its code only", async () => {
    const missing = join(temporaryFolder(), "Doe^John");
    await expect(open(missing)).rejects.toThrow(/^a folder cannot be read \(ENOENT\)$/);
    await expect(open(missing)).rejects.toMatchObject({ name: "FlError", code: "BAD_DATA" });
  });

  it("tells how many files it has looked at", async () => {
    const told: (readonly number[])[] = [];
    const onProgress = (...counts: readonly number[]) => told.push(counts);
    const { splits } = await open(folderOf(FILES), { ...plain, check: "decode", onProgress });
    const images = splits.train.size + splits.valid.size;
    expect(told).toEqual([[images, images]]);
  });

  it("is ended by a signal, and refuses options that are none", async () => {
    const folder = folderOf(FILES);
    await expect(open(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ABORTED",
    });
    for (const bad of [{ size: 0 }, { size: [1.5, 2] as const }, { channels: 2 }, { fit: "x" }]) {
      await expect(open(folder, bad as ImageOptions)).rejects.toThrow(RangeError);
    }
    await expect(open(folder, { workers: 1 })).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });

  it("reads a file once, if it fits into the cache, and each time if not", async () => {
    const folder = folderOf(FILES);
    const { splits } = await open(folder, plain);
    // One image of six bytes, or none.
    const small = (await open(folder, { ...plain, cacheBytes: 11 })).splits;
    const none = (await open(folder, { ...plain, cacheBytes: 0 })).splits;
    const before = await valuesOf(splits.train);
    await small.train.readBatch([1]);
    expect(await valuesOf(small.train)).toEqual(before);
    writeFiles(folder, { "train/0/x.PNG": grey(1), "train/1/a.png": grey(2) });
    expect(await valuesOf(splits.train)).toEqual(before);
    expect(await valuesOf(small.train)).toEqual([1, ...before.slice(1)]);
    expect(await valuesOf(none.train)).toEqual([1, 2, ...before.slice(2)]);
  });

  it("tells of an image whose size changed since", async () => {
    const folder = folderOf(FILES);
    const { splits, problems } = await open(folder, plain);
    writeFiles(folder, { "train/0/x.PNG": grey(1, 9, 9) });
    await expect(splits.train.readBatch([0])).rejects.toThrow("of another size");
    expect(problems).toEqual([["train/0/x.PNG", "unreadable"]]);
  });

  it("gives batches for an epoch", async () => {
    const { splits } = await open(folderOf(FILES), plain);
    const sizes: number[] = [];
    for await (const { labels } of createBatches(splits.train, [[0, 1, 2], [3]])) {
      sizes.push(labels.length);
    }
    expect(sizes).toEqual([3, 1]);
  });
});

describe("openDicomFolder", () => {
  const decode = (bytes: Uint8Array) => {
    if (bytes[0] !== 68) throw new Error("no DICOM of Doe^John");
    const pixels = Uint16Array.from(bytes.subarray(1), (value) => value * 16);
    return { rows: 1, columns: pixels.length, channels: 1, pixels, max: 4080 } as const;
  };
  const files = {
    "train/a/IM0001": Uint8Array.of(68, 255, 0),
    "train/b/x.dcm": Uint8Array.of(68, 51, 255),
    "valid/a/x": Uint8Array.of(68, 102, 255),
  };

  it("reads files of any name through the decoder", async () => {
    const splits = await openDicomFolder(folderOf(files), { ...plain, decode });
    expect(splits.train.imageShape).toEqual([1, 2, 1]);
    const { images } = await splits.train.readBatch([0, 1]);
    expect(images).toEqual(Float32Array.of(1, 0, 0.2, 1));
  });

  it("refuses what the decoder refuses, and threads", async () => {
    const folder = folderOf({ ...files, "train/a/DICOMDIR": "x" });
    mkdirSync(join(folder, "train/c"));
    const options = { ...plain, decode } as const;
    await expect(openDicomFolder(folder, { ...options, check: "decode" })).rejects.toThrow(
      /^1 of 4 images cannot be read/,
    );
    const splits = await openDicomFolder(folder, {
      ...{ ...options, check: "decode", unreadable: "skip" },
    });
    expect(splits.train.size).toBe(2);
    expect(splits.emptyClasses).toContainEqual({ split: "train", label: "c" });
    const late = await openDicomFolder(folder, { ...options, size: [1, 2] });
    await expect(late.train.readBatch([0])).rejects.toThrow(/^an image cannot be decoded$/);
    await expect(openDicomFolder(folder, { ...options, workers: 1 })).rejects.toMatchObject({
      code: "BAD_CONFIG",
    });
  });
});
