import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { bytesOfWords, datasetForTest, elementsOf } from "../../test/dataset-for-test.js";
import { applyModalityTransform, readModalityTransform } from "./modality-lut.js";

const rescaleItem = (slope: string, intercept: string) =>
  elementsOf([
    Tag.PixelValueTransformationSequence,
    [elementsOf([Tag.RescaleIntercept, intercept], [Tag.RescaleSlope, slope])],
  ]);

describe("a modality transformation", () => {
  it("is slope * stored + intercept, in integers where that is exact", () => {
    const output = applyModalityTransform(Uint16Array.of(0, 1024, 4095, 65_535), {
      slope: 2,
      intercept: -1024,
    });
    expect(output).toEqual(Int32Array.of(-1024, 1024, 7166, 130_046));
  });

  it("is in float64 where slope or intercept is no integer", () => {
    const output = applyModalityTransform(Int16Array.of(-2, 3), { slope: 0.1, intercept: 5 });
    expect(output).toEqual(Float64Array.of(0.1 * -2 + 5, 0.1 * 3 + 5));
  });

  it("is in float64 where 32 bits would overflow", () => {
    const output = applyModalityTransform(Uint16Array.of(65_535), { slope: 65_536, intercept: 0 });
    expect(output).toEqual(Float64Array.of(4_294_901_760));
  });

  it("leaves the samples alone if it is the identity", () => {
    const samples = Uint16Array.of(1, 2);
    expect(applyModalityTransform(samples, { slope: 1, intercept: 0 })).toBe(samples);
  });

  it("takes entries of a table", () => {
    const lut = { firstMapped: 1, bits: 16, entries: Uint16Array.of(7, 65_535) };
    expect(applyModalityTransform(Int8Array.of(-5, 1, 2, 9), { lut })).toEqual(
      Uint16Array.of(7, 7, 65_535, 65_535),
    );
  });
});

describe("the modality transformation of a data set", () => {
  it("is rescale slope and intercept", () => {
    const dataset = datasetForTest([
      [Tag.RescaleIntercept, "-1024"],
      [Tag.RescaleSlope, "1.5"],
    ]);
    expect(readModalityTransform(dataset)).toEqual({ slope: 1.5, intercept: -1024 });
  });

  it("is the identity if the data set says nothing", () => {
    expect(readModalityTransform(datasetForTest([]))).toEqual({ slope: 1, intercept: 0 });
  });

  it("is the table if there is one, whose first value is signed as the pixels are", () => {
    const dataset = datasetForTest([
      [Tag.PixelRepresentation, 1],
      [
        Tag.ModalityLUTSequence,
        [
          elementsOf(
            [Tag.LUTDescriptor, bytesOfWords(2, -3, 16), "SS"],
            [Tag.LUTData, bytesOfWords(8, 9), "OW"],
          ),
        ],
      ],
    ]);
    const lut = { firstMapped: -3, bits: 16, entries: Uint16Array.of(8, 9) };
    expect(readModalityTransform(dataset)).toEqual({ lut });
  });

  it("is that of the frame, or that which all frames share", () => {
    const dataset = datasetForTest([
      [Tag.SharedFunctionalGroupsSequence, [rescaleItem("5", "6")]],
      [Tag.PerFrameFunctionalGroupsSequence, [rescaleItem("1", "2"), rescaleItem("3", "4"), []]],
    ]);
    expect(readModalityTransform(dataset, 1)).toEqual({ slope: 3, intercept: 4 });
    expect(readModalityTransform(dataset, 2)).toEqual({ slope: 5, intercept: 6 });
  });

  it("is refused if the slope is no number", () => {
    const dataset = datasetForTest([[Tag.RescaleSlope, new TextEncoder().encode("one ")]]);
    expect(() => readModalityTransform(dataset)).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(0028,1053)" }),
    );
  });
});
