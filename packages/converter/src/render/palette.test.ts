import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { bytesOfWords, datasetForTest, type ElementForTest } from "../../test/dataset-for-test.js";
import { applyPalette, type Palette, readPalette } from "./palette.js";

const descriptors = (words: readonly number[]): readonly ElementForTest[] =>
  [
    Tag.RedPaletteColorLookupTableDescriptor,
    Tag.GreenPaletteColorLookupTableDescriptor,
    Tag.BluePaletteColorLookupTableDescriptor,
  ].map((tag) => [tag, bytesOfWords(...words), "US"]);

const paletteOf = (descriptor: readonly number[], tables: readonly Uint8Array[], isSigned = 0) =>
  readPalette(
    datasetForTest([
      [Tag.PixelRepresentation, isSigned],
      ...descriptors(descriptor),
      ...tables.map((bytes, i): ElementForTest => {
        return [Tag.RedPaletteColorLookupTableData + i, bytes, "OW"];
      }),
    ]),
  ) as Palette;

describe("a palette", () => {
  it("of 16 bits gives colours of 16 bits, and its ends to values outside", () => {
    const palette = paletteOf(
      [2, 10, 16],
      [bytesOfWords(0, 0xff00), bytesOfWords(1, 2), bytesOfWords(3, 4)],
    );
    expect(applyPalette(Uint8Array.of(0, 10, 11, 99), palette)).toEqual(
      Uint16Array.of(0, 1, 3, 0, 1, 3, 0xff00, 2, 4, 0xff00, 2, 4),
    );
  });

  it.each([
    ["two in a word", 8, [1, 255, 3].map((n) => Uint8Array.of(n, n))],
    ["each in a word", 8, [1, 255, 3].map((n) => bytesOfWords(n, n))],
    ["each in a word that claims 16 bits", 16, [1, 255, 3].map((n) => bytesOfWords(n, n))],
  ])("of 8 bits gives colours of 8 bits: %s", (_, bits, tables) => {
    const palette = paletteOf([2, 0, bits], tables);
    expect(applyPalette(Uint8Array.of(1), palette)).toEqual(Uint8Array.of(1, 255, 3));
  });

  it("that claims 8 bits and uses 16 gives colours of 16", () => {
    const table = bytesOfWords(0, 0x1234);
    expect(paletteOf([2, 0, 8], [table, table, table]).bits).toBe(16);
  });

  it("begins at a negative value if pixels are signed", () => {
    const table = Uint8Array.of(5, 6);
    const palette = paletteOf([2, -1, 8], [table, table, table], 1);
    expect(applyPalette(Int8Array.of(-1, 0), palette)).toEqual(Uint8Array.of(5, 5, 5, 6, 6, 6));
  });

  it("is undefined if the data set has none, refused if a colour is missing", () => {
    expect(readPalette(datasetForTest([]))).toBeUndefined();
    expect(() => paletteOf([2, 0, 8], [Uint8Array.of(5, 6)])).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(0028,1202)" }),
    );
  });

  it("may be segmented", () => {
    const segments = bytesOfWords(0, 1, 0, 1, 4, 0x8000);
    const palette = readPalette(
      datasetForTest([
        ...descriptors([5, 0, 16]),
        [Tag.SegmentedRedPaletteColorLookupTableData, segments, "OW"],
        [Tag.SegmentedGreenPaletteColorLookupTableData, segments, "OW"],
        [Tag.SegmentedBluePaletteColorLookupTableData, segments, "OW"],
      ]),
    ) as Palette;
    expect([...palette.blue.entries]).toEqual([0, 0x2000, 0x4000, 0x6000, 0x8000]);
  });
});
