/**
 * The exported names of every subpath: a new name is a visible line here, a lost one a breaking change.
 */
import { expect, it } from "vitest";

const namesOf = (entry: object) => Object.keys(entry).sort();

it("exports these names from @dsail/converter", async () => {
  expect(namesOf(await import("@dsail/converter"))).toMatchInlineSnapshot(`
    [
      "ConverterError",
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
      "formatManifestCsv",
      "mergeCategories",
      "parseManifestCsv",
      "splitCategories",
      "splitSitesOnDisk",
    ]
  `);
});

it("exports these names from @dsail/converter/render", async () => {
  expect(namesOf(await import("@dsail/converter/render"))).toMatchInlineSnapshot(`
    [
      "applyModalityTransform",
      "applyPalette",
      "readFrameTransforms",
      "readModalityTransform",
      "readPalette",
      "readPixelPadding",
      "readVoiTransforms",
      "renderFrame",
      "voiFunction",
      "ybrToRgb",
    ]
  `);
});
