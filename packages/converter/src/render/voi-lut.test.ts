import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import {
  bytesOfWords,
  datasetForTest,
  type ElementForTest,
  elementsOf,
} from "../../test/dataset-for-test.js";
import { readVoiTransforms, voiFunction, type Window } from "./voi-lut.js";

const BYTES = { min: 0, max: 255 };

const at = (window: Window, values: readonly number[]) => values.map(voiFunction(window, BYTES));

describe("a LINEAR window", () => {
  it.each([
    // The standard's own examples (C.11.2.1.2.1): center 2048, width 4096 takes 0 to 0 and 4095 to the top …
    [2048, 4096, [-1, 0, 4095, 4096], [0, 0, 255, 255]],
    // … center 2048, width 1 is a threshold: 2047 is black, 2048 is white …
    [2048, 1, [2047, 2048], [0, 255]],
    // … center 0, width 100: -50 and below are black, 49 and above white …
    [0, 100, [-51, -50, 49, 50], [0, 0, 255, 255]],
    // … center 0, width 1: -1 black, 0 white.
    [0, 1, [-1, 0], [0, 255]],
  ])("of center %d and width %d goes as the standard says", (center, width, values, outputs) => {
    expect(at({ function: "LINEAR", center, width }, values)).toEqual(outputs);
  });

  it("rises by the range over width - 1 for each value", () => {
    // ((x - (c - 0.5)) / (w - 1) + 0.5) * 255 with c = 40, w = 400: ((40 - 39.5) / 399 + 0.5) * 255
    const [output] = at({ function: "LINEAR", center: 40, width: 400 }, [40]);
    expect(output).toBeCloseTo(127.819_548_872, 8);
  });

  it("is refused if it is narrower than 1", () => {
    expect(() => voiFunction({ function: "LINEAR", center: 0, width: 0.5 }, BYTES)).toThrow(
      RangeError,
    );
  });
});

describe("other windows", () => {
  it("LINEAR_EXACT goes from c - w/2 to c + w/2", () => {
    // The standard's example (C.11.2.1.3.2): center 2048, width 4096 reaches the top at 4096, not at 4095.
    const window = { function: "LINEAR_EXACT", center: 2048, width: 4096 } as const;
    const [low, middle, almost, top] = at(window, [0, 2048, 4095, 4096]);
    expect([low, middle, top]).toEqual([0, 127.5, 255]);
    expect(almost).toBeCloseTo((4095 / 4096) * 255, 10);
  });

  it("LINEAR_EXACT may be narrower than 1", () => {
    const window = { function: "LINEAR_EXACT", center: 0.5, width: 0.5 } as const;
    expect(at(window, [0.25, 0.5, 0.75])).toEqual([0, 127.5, 255]);
  });

  it("SIGMOID is range / (1 + exp(-4 (x - c) / w))", () => {
    const window = { function: "SIGMOID", center: 100, width: 40 } as const;
    const [middle, above] = at(window, [100, 110]);
    expect(middle).toBe(127.5);
    // One quarter of the width above: 255 / (1 + 1/e) = 255 * 0.7310585786
    expect(above).toBeCloseTo(186.419_937_549, 6);
  });

  it("keep to the range that is asked for", () => {
    const window = { function: "LINEAR_EXACT", center: 0, width: 2 } as const;
    expect([-9, 0, 9].map(voiFunction(window, { min: -10, max: 30 }))).toEqual([-10, 10, 30]);
  });

  it("may be tables, whose largest entry that fits is the top", () => {
    const lut = { firstMapped: 0, bits: 10, entries: Uint16Array.of(0, 341, 1023) };
    expect([-1, 1, 2, 3].map(voiFunction({ lut }, BYTES))).toEqual([0, 85, 255, 255]);
  });
});

const lutItem = (firstMapped: number) =>
  elementsOf(
    [Tag.LUTDescriptor, bytesOfWords(2, firstMapped, 8), "US"],
    [Tag.LUTData, Uint8Array.of(3, 4), "OW"],
  );

describe("the VOI transformations of a data set", () => {
  it("are its tables, then its windows", () => {
    const dataset = datasetForTest([
      [Tag.WindowCenter, "40\\-600.5"],
      [Tag.WindowWidth, "400\\1600"],
      [Tag.VOILUTFunction, "SIGMOID"],
      [Tag.VOILUTSequence, [lutItem(7)]],
    ]);
    expect(readVoiTransforms(dataset)).toEqual([
      { lut: { firstMapped: 7, bits: 8, entries: Uint16Array.of(3, 4) } },
      { function: "SIGMOID", center: 40, width: 400 },
      { function: "SIGMOID", center: -600.5, width: 1600 },
    ]);
  });

  it("are none if the data set says nothing", () => {
    expect(readVoiTransforms(datasetForTest([]))).toEqual([]);
  });

  it.each([
    ["LINEAR", "0", 0],
    ["LINEAR", "0.5", 0],
    ["LINEAR", "1", 1],
    ["LINEAR_EXACT", "0.5", 1],
    ["SIGMOID", "-1", 0],
  ])("%s of width %s: windows that cannot be are left out", (name, width, count) => {
    const dataset = datasetForTest([
      [Tag.WindowCenter, "1"],
      [Tag.WindowWidth, width],
      [Tag.VOILUTFunction, name],
    ]);
    expect(readVoiTransforms(dataset)).toHaveLength(count);
  });

  it("are refused if the function is unknown", () => {
    const dataset = datasetForTest([
      [Tag.WindowCenter, "1"],
      [Tag.WindowWidth, "1"],
      [Tag.VOILUTFunction, "CUBIC"],
    ]);
    expect(() => readVoiTransforms(dataset)).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(0028,1056)" }),
    );
  });

  it("are those of the frame", () => {
    const frame = (center: string) =>
      elementsOf([
        Tag.FrameVOILUTSequence,
        [elementsOf([Tag.WindowCenter, center], [Tag.WindowWidth, "10"])],
      ]);
    const dataset = datasetForTest([
      [Tag.PerFrameFunctionalGroupsSequence, [frame("1"), frame("2")]],
    ]);
    expect(readVoiTransforms(dataset, 1)).toEqual([{ function: "LINEAR", center: 2, width: 10 }]);
  });

  // C.11.2.1.1: signed as the pixels are, or as the output of the rescale can be.
  it.each<[string, number, readonly ElementForTest[]]>([
    ["unsigned pixels", 64_512, []],
    ["signed pixels", -1024, [[Tag.PixelRepresentation, 1]]],
    ["a negative intercept", -1024, [[Tag.RescaleIntercept, "-1024"]]],
    [
      "signed pixels that the rescale makes unsigned",
      64_512,
      [
        [Tag.PixelRepresentation, 1],
        [Tag.RescaleIntercept, "2048"],
      ],
    ],
  ])("have a first value mapped as the input is: %s", (_, firstMapped, elements) => {
    const dataset = datasetForTest([
      [Tag.BitsStored, 12],
      ...elements,
      [Tag.VOILUTSequence, [lutItem(-1024)]],
    ]);
    expect(readVoiTransforms(dataset)[0]).toMatchObject({ lut: { firstMapped } });
  });
});
