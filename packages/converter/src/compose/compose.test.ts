import {
  type DicomFile,
  datasetToElements,
  type ElementInit,
  findElement,
  readFile,
  readNumbers,
  readStrings,
} from "@dsail/dicom-core";
import { openFrames } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { greyOf, imageOf } from "../../test/image-for-test.js";
import { type PixelFile, pixelElements, pixelFile } from "../../test/pixel-file.js";
import { CANARY } from "../../test/watched-command.js";
import { isConverterError } from "../errors.js";
import type { RasterImage } from "../raster-image.js";
import { openImages } from "../render/open-images.js";
import { type ComposeOptions, compose } from "./compose.js";

async function fullImages(file: DicomFile): Promise<readonly RasterImage[]> {
  const { count, readImage } = await openImages(file, { mode: "full" });
  return Promise.all(Array.from({ length: count }, (_, i) => readImage(i)));
}

async function framesOf(file: DicomFile): Promise<readonly (readonly number[])[]> {
  const { count, readFrame } = await openFrames(file);
  const frames = Array.from({ length: count }, async (_, i) => [...(await readFrame(i)).samples]);
  return Promise.all(frames);
}

function metadataOf({ dataset }: DicomFile): readonly ElementInit[] {
  const elements = dataset.elements.filter(({ tag }) => tag !== Tag.PixelData);
  return datasetToElements({ ...dataset, elements });
}

async function composed(
  reference: readonly ElementInit[],
  images: readonly RasterImage[] | undefined,
  options?: ComposeOptions,
): Promise<DicomFile> {
  return readFile(await compose(reference, images, options));
}

const texts = ({ dataset }: DicomFile, ...tags: readonly number[]) =>
  tags.map((tag) => {
    const element = findElement(dataset, tag);
    return element === undefined ? undefined : readStrings(dataset, element).join("\\");
  });
const numbers = ({ dataset }: DicomFile, ...tags: readonly number[]) =>
  tags.map((tag) => readNumbers(dataset, tag)[0]);

const mismatch = expect.objectContaining({ name: "ConverterError", code: "IMAGE_MISMATCH" });

const grey2x2: PixelFile = { rows: 2, columns: 2, frames: [[1, 2, 3, 250]] };

describe("compose of stored values", () => {
  const kinds = fc.constantFrom<Omit<PixelFile, "rows" | "columns" | "frames">>(
    { bitsAllocated: 1 },
    { bitsAllocated: 8 },
    { bitsAllocated: 8, bitsStored: 5 },
    { bitsAllocated: 8, isSigned: true },
    { bitsAllocated: 8, photometric: "MONOCHROME1" },
    { bitsAllocated: 16, bitsStored: 12 },
    { bitsAllocated: 16, bitsStored: 12, isSigned: true },
    { bitsAllocated: 16, bitsStored: 12, isSigned: true, photometric: "MONOCHROME1" },
    { bitsAllocated: 16 },
    { bitsAllocated: 16, isSigned: true },
    { bitsAllocated: 16, photometric: "MONOCHROME1" },
    { bitsAllocated: 8, photometric: "RGB" },
    { bitsAllocated: 16, photometric: "RGB" },
    { bitsAllocated: 16, bitsStored: 10, photometric: "RGB" },
  );
  const files: fc.Arbitrary<PixelFile> = fc
    .record({
      kind: kinds,
      rows: fc.integer({ min: 1, max: 5 }),
      columns: fc.integer({ min: 1, max: 5 }),
      count: fc.integer({ min: 1, max: 3 }),
    })
    .chain(({ kind, rows, columns, count }) => {
      const bits = kind.bitsStored ?? kind.bitsAllocated ?? 8;
      const length = rows * columns * (kind.photometric === "RGB" ? 3 : 1);
      const low = kind.isSigned === true ? -(2 ** (bits - 1)) : 0;
      const sample = fc.integer({ min: low, max: low + 2 ** bits - 1 });
      const frame = fc.array(sample, { minLength: length, maxLength: length });
      return fc
        .array(frame, { minLength: count, maxLength: count })
        .map((frames) => ({ ...kind, rows, columns, frames }));
    });

  it("gives every sample and the instance back", async () => {
    await fc.assert(
      fc.asyncProperty(files, async (content) => {
        const before = readFile(pixelFile(content));
        const after = await composed(metadataOf(before), await fullImages(before), {
          images: "stored",
        });
        expect(await framesOf(after)).toEqual(content.frames);
        expect(metadataOf(after)).toEqual(metadataOf(before));
      }),
    );
  });

  it("is what happens by itself where the images are of mode full", async () => {
    const before = readFile(pixelFile({ ...grey2x2, bitsAllocated: 16 }));
    const after = await composed(metadataOf(before), await fullImages(before));
    expect(texts(after, Tag.SOPInstanceUID)).toEqual(["1.2.3.4"]);
    expect(await framesOf(after)).toEqual(grey2x2.frames);
  });

  it("moves values that lay higher than they must", async () => {
    const more = [{ tag: Tag.HighBit, value: 15 }];
    const content = { rows: 1, columns: 2, bitsAllocated: 16, bitsStored: 12 } as const;
    const before = readFile(pixelFile({ ...content, frames: [[0x1230, 0xfff0]], more }));
    const after = await composed(metadataOf(before), await fullImages(before));
    expect(await framesOf(after)).toEqual([[0x123, 0xfff]]);
    expect(numbers(after, Tag.HighBit)).toEqual([11]);
  });

  it("can be another instance", async () => {
    const images = await fullImages(readFile(pixelFile(grey2x2)));
    const after = await composed(pixelElements(grey2x2), images, { sopInstanceUid: "1.2.9" });
    expect(texts(after, Tag.SOPInstanceUID)).toEqual(["1.2.9"]);
  });

  const image16 = imageOf({ channels: 1, bits: 16 }, [1, 2], [3, 250]);
  it.each<[string, Partial<PixelFile>, RasterImage]>([
    ["other rows", { rows: 3 }, image16],
    [
      "a colour image",
      {},
      imageOf({ channels: 3, bits: 8 }, [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]),
    ],
    ["8 bits", {}, greyOf([1, 2], [3, 4])],
    [
      "frames that are not there",
      { more: [{ tag: Tag.NumberOfFrames, value: "1000000000" }] },
      image16,
    ],
    ["more than the stored bits", { bitsStored: 4 }, image16],
    ["no stored bits", { more: [{ tag: Tag.BitsStored, value: 0 }] }, image16],
    ["more stored than allocated bits", { more: [{ tag: Tag.BitsStored, value: 9 }] }, image16],
    [
      "a stored bit less than none",
      { more: [{ tag: Tag.BitsStored, vr: "IS", value: -8 }] },
      image16,
    ],
    ["part of a bit", { more: [{ tag: Tag.BitsStored, vr: "DS", value: "7.5" }] }, image16],
    ["32 bits", { more: [{ tag: Tag.BitsAllocated, value: 32 }] }, image16],
  ])("refuses %s", async (_, content, image) => {
    const reference = pixelElements({ ...grey2x2, ...content });
    await expect(compose(reference, [image], { images: "stored" })).rejects.toThrow(mismatch);
  });

  it("refuses colour beyond the stored bits", async () => {
    const content = { rows: 1, columns: 1, bitsAllocated: 16, photometric: "RGB" } as const;
    const reference = pixelElements({ ...content, bitsStored: 10, frames: [[1, 2, 3]] });
    const image = imageOf({ channels: 3, bits: 16 }, [1, 2, 1024]);
    await expect(compose(reference, [image])).rejects.toThrow(mismatch);
  });
});

describe("compose of rendered images", () => {
  const reference = pixelElements({
    ...grey2x2,
    bitsAllocated: 16,
    bitsStored: 12,
    isSigned: true,
    more: [
      { tag: Tag.RescaleSlope, value: "2" },
      { tag: Tag.RescaleIntercept, value: "-1024" },
      { tag: Tag.PixelPaddingValue, vr: "SS", value: -2000 },
      { tag: Tag.PixelSpacing, value: ["0.5", "0.25"] },
      { tag: Tag.ImagerPixelSpacing, value: `${CANARY}\\1` },
      { tag: Tag.SharedFunctionalGroupsSequence, value: [[]] },
    ],
  });
  const image = greyOf([0, 128], [200, 255]);

  it("is a Secondary Capture of another instance, which looks like the image", async () => {
    const after = await composed(reference, [image]);
    const text = [
      Tag.SOPClassUID,
      Tag.ConversionType,
      Tag.ImageType,
      Tag.PhotometricInterpretation,
    ];
    expect(texts(after, ...text, Tag.WindowCenter, Tag.WindowWidth)).toEqual([
      ...["1.2.840.10008.5.1.4.1.1.7", "WSD", "DERIVED\\SECONDARY", "MONOCHROME2", "128", "256"],
    ]);
    const bits = [Tag.BitsAllocated, Tag.BitsStored, Tag.HighBit, Tag.PixelRepresentation];
    expect(numbers(after, ...bits)).toEqual([8, 8, 7, 0]);
    const gone = [Tag.RescaleSlope, Tag.RescaleIntercept, Tag.PixelPaddingValue];
    for (const tag of [...gone, Tag.SharedFunctionalGroupsSequence, Tag.NumberOfFrames]) {
      expect(findElement(after.dataset, tag)).toBeUndefined();
    }
    expect(texts(after, Tag.PatientID)).toEqual([`${CANARY} 4711`]);
    expect(texts(after, Tag.SOPInstanceUID)[0]).toMatch(/^2\.25\.\d+$/);
    expect(texts(after, Tag.SOPInstanceUID)).not.toEqual(
      texts(await composed(reference, [image]), Tag.SOPInstanceUID),
    );
    const { readImage } = await openImages(after);
    expect(await readImage(0)).toEqual(image);
  });

  it("has a window over all of 16 bits, and the UID that is given", async () => {
    const grey = imageOf({ channels: 1, bits: 16 }, [0, 65535], [1, 2]);
    const after = await composed(reference, [grey], { images: "rendered", sopInstanceUid: "1.9" });
    expect(texts(after, Tag.WindowCenter, Tag.WindowWidth, Tag.SOPInstanceUID)).toEqual([
      ...["32768", "65536", "1.9"],
    ]);
    expect(await framesOf(after)).toEqual([[0, 65535, 1, 2]]);
  });

  it("has the upper bits of colour of 16", async () => {
    const color = imageOf({ channels: 3, bits: 16 }, [0xff00, 0x00ff, 0x1234], [1, 256, 512]);
    const options = { allowResized: true, images: "rendered" } as const;
    const after = await composed(reference, [color], options);
    expect(texts(after, Tag.PhotometricInterpretation, Tag.WindowWidth)).toEqual([
      "RGB",
      undefined,
    ]);
    expect(await framesOf(after)).toEqual([[255, 0, 0x12, 0, 1, 2]]);
  });

  it.each([
    ["grey of 8 bits", 1, 8, "1.2.840.10008.5.1.4.1.1.7.2"],
    ["grey of 16 bits", 1, 16, "1.2.840.10008.5.1.4.1.1.7.3"],
    ["colour", 3, 8, "1.2.840.10008.5.1.4.1.1.7.4"],
  ] as const)("is multi-frame: %s", async (_, channels, bits, sopClass) => {
    const frame = imageOf({ channels, bits }, ...Array(2).fill(Array(2 * channels).fill(7)));
    const after = await composed(reference, [frame, frame, frame], { images: "rendered" });
    expect(texts(after, Tag.SOPClassUID, Tag.NumberOfFrames, Tag.PageNumberVector)).toEqual([
      ...[sopClass, "3", "1\\2\\3"],
    ]);
    expect(numbers(after, Tag.SamplesPerPixel)).toEqual([channels]);
    expect(await framesOf(after)).toEqual(Array(3).fill([...frame.pixels]));
  });

  it("has another size if that is allowed: distances grow as pixels become fewer", async () => {
    const small = greyOf([1]);
    await expect(compose(reference, [small])).rejects.toThrow(mismatch);
    const after = await composed(reference, [small], { allowResized: true });
    expect(texts(after, Tag.PixelSpacing)).toEqual(["1\\0.5"]);
    // What is no distance is not scaled.
    expect(findElement(after.dataset, Tag.ImagerPixelSpacing)).toBeUndefined();
  });

  it.each(["0", "-2", "1.5", "1e-320", "Infinity"])("takes no size of %s", async (value) => {
    const broken = reference.filter(({ tag }) => tag !== Tag.Rows);
    const rows = { tag: Tag.Rows, vr: "DS", value } as const;
    const refused = compose([...broken, rows], [image], { allowResized: true });
    await expect(refused).rejects.toThrow(mismatch);
  });

  it("has its own size where the reference has none", async () => {
    const broken = reference.filter(({ tag }) => tag !== Tag.Rows);
    const rows = { tag: Tag.Rows, vr: "LO", value: CANARY } as const;
    expect(numbers(await composed([...broken, rows], [image]), Tag.Rows)).toEqual([2]);
  });
});

describe("compose without images", () => {
  it("keeps the pixels of the reference", async () => {
    const after = await composed(pixelElements(grey2x2), undefined);
    expect(await framesOf(after)).toEqual(grey2x2.frames);
    expect(texts(after, Tag.SOPInstanceUID)).toEqual(["1.2.3.4"]);
  });

  it("refuses an image without pixels, but not what is none", async () => {
    const reference = pixelElements(grey2x2).filter(({ tag }) => tag !== Tag.PixelData);
    await expect(compose(reference, undefined)).rejects.toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(7FE0,0010)" }),
    );
    const noImage = reference.filter(({ tag }) => tag !== Tag.Rows);
    expect(texts(await composed(noImage, undefined), Tag.PatientID)).toEqual([`${CANARY} 4711`]);
  });
});

it("compose refuses no image, and images of two sizes or kinds", async () => {
  const reference = pixelElements(grey2x2);
  for (const images of [[], [greyOf([1]), greyOf([1, 2])]]) {
    await expect(compose(reference, images, { allowResized: true })).rejects.toThrow(
      expect.objectContaining({ code: "BAD_IMAGE" }),
    );
  }
  const kinds = [greyOf([1]), imageOf({ channels: 1, bits: 16 }, [1])];
  const refused = await compose(reference, kinds, { allowResized: true }).catch((e: unknown) => e);
  expect(isConverterError(refused)).toBe(true);
});
