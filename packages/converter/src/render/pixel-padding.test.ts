import { EXPLICIT_VR_LITTLE_ENDIAN } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { bytesOfWords, datasetForTest, type ElementForTest } from "../../test/dataset-for-test.js";
import { readPixelPadding } from "./pixel-padding.js";

const paddingOf = (...elements: readonly ElementForTest[]) =>
  readPixelPadding(datasetForTest(elements, EXPLICIT_VR_LITTLE_ENDIAN));

describe("pixel padding", () => {
  it("is a value", () => {
    expect(paddingOf([Tag.PixelPaddingValue, 63_536, "US"])).toEqual({ min: 63_536, max: 63_536 });
  });

  it("is signed as the pixels are, even if the VR is wrong", () => {
    const value: ElementForTest = [Tag.PixelPaddingValue, bytesOfWords(-2000), "US"];
    expect(paddingOf([Tag.PixelRepresentation, 1], value)).toEqual({ min: -2000, max: -2000 });
  });

  it.each([
    [0, 9],
    [9, 0],
  ])("is a range, in whichever order: %d, %d", (value, limit) => {
    const padding = paddingOf(
      [Tag.PixelPaddingValue, value, "US"],
      [Tag.PixelPaddingRangeLimit, limit, "US"],
    );
    expect(padding).toEqual({ min: 0, max: 9 });
  });

  it("is a floating point number where pixels are", () => {
    expect(paddingOf([Tag.FloatPixelPaddingValue, -0.5])).toEqual({ min: -0.5, max: -0.5 });
  });

  it("is undefined if the data set has none, or an empty one", () => {
    expect(paddingOf()).toBeUndefined();
    expect(paddingOf([Tag.PixelPaddingValue, [], "US"])).toBeUndefined();
  });
});
