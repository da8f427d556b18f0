/**
 * The exported names of every subpath: a new name is a visible line here, a lost one a breaking change.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/converter", async () => {
  expect(namesOf(await import("@dsail/converter"))).toMatchInlineSnapshot(`
    [
      "ConverterError",
      "DEFAULT_FRACTIONS",
      "DEFAULT_SEED",
      "DEFAULT_SITES",
      "createManifest",
      "formatManifestJson",
      "isConverterError",
      "parseManifestJson",
      "splitItems",
      "splitSites",
    ]
  `);
});

it("exports these names from @dsail/converter/node", async () => {
  expect(namesOf(await import("@dsail/converter/node"))).toMatchInlineSnapshot(`
    [
      "addLabel",
      "classifyByLabel",
      "composeFolder",
      "compressFolder",
      "decomposeFolder",
      "formatManifestCsv",
      "mergeCategories",
      "openDataset",
      "parseManifestCsv",
      "readGroupTable",
      "readImageFolder",
      "readLabelOfFile",
      "readManifest",
      "splitCategories",
      "splitSitesOnDisk",
      "transcodeFolder",
      "verifyManifest",
    ]
  `);
});

it("exports these names from @dsail/converter/render", async () => {
  expect(namesOf(await import("@dsail/converter/render"))).toMatchInlineSnapshot(`
    [
      "applyModalityTransform",
      "applyPalette",
      "openImages",
      "readFrameTransforms",
      "readModalityTransform",
      "readPalette",
      "readPixelAspectRatio",
      "readPixelPadding",
      "readVoiTransforms",
      "renderFrame",
      "voiFunction",
      "ybrToRgb",
    ]
  `);
});

it("exports these names from @dsail/converter/image", async () => {
  expect(namesOf(await import("@dsail/converter/image"))).toMatchInlineSnapshot(`
    [
      "decodeBmp",
      "decodePng",
      "encodeApng",
      "encodeBmp",
      "encodePng",
      "montage",
      "resampleToSquarePixels",
    ]
  `);
});

it("exports these names from @dsail/converter/compose", async () => {
  expect(namesOf(await import("@dsail/converter/compose"))).toMatchInlineSnapshot(`
    [
      "compose",
    ]
  `);
});

it("exports these names from @dsail/converter/label", async () => {
  expect(namesOf(await import("@dsail/converter/label"))).toMatchInlineSnapshot(`
    [
      "LABEL_TAG",
      "labelFile",
      "parseTagOrKeyword",
      "readLabel",
      "readLabelOfJson",
    ]
  `);
});

it("exports these names from @dsail/converter/compress", async () => {
  expect(namesOf(await import("@dsail/converter/compress"))).toMatchInlineSnapshot(`
    [
      "assertRatio",
      "compressImage",
    ]
  `);
});
