import * as Tag from "@dsail/dicom-core/tags";
import { expect, it } from "vitest";
import { datasetForTest, elementsOf } from "../../test/dataset-for-test.js";
import { readPixelAspectRatio } from "./pixel-aspect.js";

it("takes the first that is there: spacing, at the imager, as scanned, ratio", () => {
  const elements = [
    [Tag.PixelAspectRatio, "4\\3"],
    [Tag.NominalScannedPixelSpacing, "0.5\\0.25"],
    [Tag.ImagerPixelSpacing, "0.2\\0.1"],
    [Tag.PixelSpacing, "0.7\\0.8"],
  ] as const;
  const found = elements.map((_, i) => {
    const sorted = [...elements.slice(0, i + 1)].sort(([a], [b]) => a - b);
    return readPixelAspectRatio(datasetForTest(sorted));
  });
  expect(found).toEqual([
    { vertical: 4, horizontal: 3 },
    { vertical: 0.5, horizontal: 0.25 },
    { vertical: 0.2, horizontal: 0.1 },
    { vertical: 0.7, horizontal: 0.8 },
  ]);
});

it("is 1 to 1 where nothing is said, or what cannot be", () => {
  expect(readPixelAspectRatio(datasetForTest([]))).toEqual({ vertical: 1, horizontal: 1 });
  const zero = datasetForTest([
    [Tag.PixelSpacing, "0\\0"],
    [Tag.PixelAspectRatio, "2\\1"],
  ]);
  expect(readPixelAspectRatio(zero)).toEqual({ vertical: 2, horizontal: 1 });
});

it("takes what the functional groups say of a frame", () => {
  const measures = (spacing: string) =>
    elementsOf([Tag.PixelMeasuresSequence, [elementsOf([Tag.PixelSpacing, spacing])]]);
  const dataset = datasetForTest([
    [Tag.SharedFunctionalGroupsSequence, [measures("1\\2")]],
    [Tag.PerFrameFunctionalGroupsSequence, [[], measures("3\\4")]],
  ]);
  expect(readPixelAspectRatio(dataset, 0)).toEqual({ vertical: 1, horizontal: 2 });
  expect(readPixelAspectRatio(dataset, 1)).toEqual({ vertical: 3, horizontal: 4 });
});
