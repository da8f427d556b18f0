import type { Frame, Samples } from "@dsail/dicom-core/pixel-data";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { bytesOfWords, datasetForTest, elementsOf } from "../../test/dataset-for-test.js";
import { readFrameTransforms } from "./frame-transforms.js";
import { renderFrame } from "./render-frame.js";

const grey = (samples: Samples, bitsStored = 8, photometricInterpretation = "MONOCHROME2") =>
  ({
    rows: 1,
    columns: samples.length,
    samplesPerPixel: 1,
    photometricInterpretation,
    bitsStored,
    samples,
  }) satisfies Frame;

const color = (samples: Samples, bitsStored: number, photometricInterpretation = "RGB") =>
  ({
    rows: 1,
    columns: samples.length / 3,
    samplesPerPixel: 3,
    photometricInterpretation,
    bitsStored,
    samples,
  }) satisfies Frame;

const CT = { modality: { slope: 1, intercept: -1024 } };
const SOFT_TISSUE = { function: "LINEAR", center: 40, width: 400 } as const;

describe("mode voi", () => {
  it("applies modality, then window, and rounds", () => {
    const frame = grey(Uint16Array.of(0, 864, 1064, 1263, 4095), 12);
    // -160 is the foot of the window, 239 its top; 40: 127.8195 (see voi-lut.test.ts).
    expect(renderFrame(frame, { ...CT, voi: SOFT_TISSUE })).toEqual({
      rows: 1,
      columns: 5,
      channels: 1,
      bits: 8,
      pixels: Uint8Array.of(0, 0, 128, 255, 255),
    });
  });

  it("goes from the lowest to the highest value without a window", () => {
    const { pixels } = renderFrame(grey(Int16Array.of(-100, 0, 100), 16), CT);
    expect([...pixels]).toEqual([0, 128, 255]);
  });

  it("shows padding black, and leaves it out of lowest and highest", () => {
    const padding = { min: -2000, max: -1990 };
    const frame = grey(Int16Array.of(-2000, -1995, -100, 100), 16);
    expect([...renderFrame(frame, { padding }).pixels]).toEqual([0, 0, 0, 255]);
    expect([...renderFrame(frame, {}).pixels]).toEqual([0, 1, 231, 255]);
  });

  it.each([
    ["MONOCHROME1", undefined],
    ["MONOCHROME1", "INVERSE"],
    ["MONOCHROME2", "INVERSE"],
  ] as const)("inverts %s of shape %s, but not padding", (photometric, presentationLutShape) => {
    const frame = grey(Uint8Array.of(0, 51, 255, 7), 8, photometric);
    const transforms = { presentationLutShape, padding: { min: 7, max: 7 } };
    expect([...renderFrame(frame, transforms).pixels]).toEqual([255, 204, 0, 0]);
  });

  it("shows the only value beside padding white, unless it is inverted", () => {
    const padding = { min: 0, max: 0 };
    expect([...renderFrame(grey(Uint8Array.of(0, 9, 9)), { padding }).pixels]).toEqual([
      0, 255, 255,
    ]);
  });

  it("goes through the presentation LUT, after which nothing is inverted", () => {
    const presentationLut = { firstMapped: 0, bits: 10, entries: Uint16Array.of(0, 1023, 341) };
    const transforms = { presentationLut, presentationLutShape: "INVERSE" } as const;
    // From 0 to 200, 100 is the middle of three entries.
    const frame = grey(Uint8Array.of(0, 100, 200), 8, "MONOCHROME1");
    expect([...renderFrame(frame, transforms).pixels]).toEqual([0, 255, 85]);
  });

  it("is black where all values are one, or no numbers", () => {
    expect([...renderFrame(grey(Uint8Array.of(9, 9)), {}).pixels]).toEqual([0, 0]);
    const { pixels } = renderFrame(grey(Float32Array.of(Number.NaN, 1, 2), 32), {});
    expect([...pixels]).toEqual([0, 0, 255]);
  });

  it("shows the upper 8 bits of colours, and spreads fewer", () => {
    const { pixels, channels } = renderFrame(color(Uint16Array.of(0, 0xff00, 0xffff), 16), {});
    expect([channels, ...pixels]).toEqual([3, 0, 255, 255]);
    expect([...renderFrame(color(Uint8Array.of(0, 1, 3), 2), {}).pixels]).toEqual([0, 85, 255]);
  });
});

describe("mode dsail", () => {
  it("windows stored values, then goes from lowest to highest", () => {
    // Windowed (c 100, w 101: from 49.5 to 149.5), then stretched: 74.5 would be a quarter.
    const voi = { function: "LINEAR", center: 100, width: 101 } as const;
    const frame = grey(Uint8Array.of(50, 75, 150), 8);
    // Foot 0.005, 75 at 0.255, top 1: (0.255 - 0.005) / 0.995 * 255 = 64.07
    expect([...renderFrame(frame, { ...CT, voi }, { mode: "dsail" }).pixels]).toEqual([0, 64, 255]);
  });

  it("stretches a window of which the image uses a part, which voi does not", () => {
    const voi = { function: "LINEAR_EXACT", center: 500, width: 1000 } as const;
    const frame = grey(Uint16Array.of(400, 600), 16);
    expect([...renderFrame(frame, { voi }, { mode: "dsail" }).pixels]).toEqual([0, 255]);
    expect([...renderFrame(frame, { voi }).pixels]).toEqual([102, 153]);
  });

  it("neither inverts nor knows padding", () => {
    const frame = grey(Uint8Array.of(0, 100, 200), 8, "MONOCHROME1");
    const { pixels } = renderFrame(frame, { padding: { min: 0, max: 0 } }, { mode: "dsail" });
    expect([...pixels]).toEqual([0, 128, 255]);
  });

  it("rounds halves to even, as numpy does", () => {
    // Of 0 to 510 every odd value is a half: 0.5, 1.5, 2.5.
    const frame = grey(Uint16Array.of(0, 1, 3, 5, 510), 16);
    expect([...renderFrame(frame, {}, { mode: "dsail" }).pixels]).toEqual([0, 0, 2, 2, 255]);
  });
});

describe("mode full", () => {
  const full = (frame: Frame) => renderFrame(frame, CT, { mode: "full" });

  it("keeps every stored bit of grey, from the lowest value possible", () => {
    expect(full(grey(Uint16Array.of(0, 4095), 12)).pixels).toEqual(Uint16Array.of(0, 4095));
    expect(full(grey(Int16Array.of(-2048, 0, 2047), 12)).pixels).toEqual(
      Uint16Array.of(0, 2048, 4095),
    );
    expect(full(grey(Int16Array.of(-32_768, 32_767), 16)).pixels).toEqual(
      Uint16Array.of(0, 65_535),
    );
    expect(full(grey(Uint8Array.of(7), 8)).bits).toBe(16);
  });

  it("inverts MONOCHROME1 within its bits", () => {
    expect(full(grey(Uint16Array.of(0, 1, 4095), 12, "MONOCHROME1")).pixels).toEqual(
      Uint16Array.of(4095, 4094, 0),
    );
  });

  it("keeps colours, in as few bytes as hold them", () => {
    expect(full(color(Uint8Array.of(1, 2, 3), 8)).pixels).toEqual(Uint8Array.of(1, 2, 3));
    expect(full(color(Uint16Array.of(1, 2, 999), 16)).pixels).toEqual(Uint16Array.of(1, 2, 999));
  });

  it.each([
    ["32 bits", grey(Uint32Array.of(1), 32)],
    ["floating point numbers", grey(Float32Array.of(1), 32)],
    ["32 bits of colour", color(Uint32Array.of(1, 2, 3), 32)],
  ])("refuses %s", (_, frame) => {
    expect(() => full(frame)).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(0028,0101)" }),
    );
  });
});

describe("colour", () => {
  it("comes from a palette, from YBR, or is RGB", () => {
    const table = (entry: number) => ({ firstMapped: 0, bits: 8, entries: Uint16Array.of(entry) });
    const palette = { bits: 8, red: table(1), green: table(2), blue: table(3) } as const;
    const indexed = grey(Uint8Array.of(0), 8, "PALETTE COLOR");
    expect([...renderFrame(indexed, { palette }).pixels]).toEqual([1, 2, 3]);
    const ybr = color(Uint8Array.of(90, 128, 128), 8, "YBR_FULL");
    expect([...renderFrame(ybr, {}).pixels]).toEqual([90, 90, 90]);
  });

  it.each([
    ["an unknown interpretation", color(Uint8Array.of(1, 2, 3), 8, "HSV")],
    ["RGB of one sample", grey(Uint8Array.of(1), 8, "RGB")],
  ])("is refused: %s", (_, frame) => {
    expect(() => renderFrame(frame, {})).toThrow(
      expect.objectContaining({ name: "ConverterError", code: "UNSUPPORTED_PHOTOMETRIC" }),
    );
  });

  it("is refused if the palette is not there", () => {
    expect(() => renderFrame(grey(Uint8Array.of(1), 8, "PALETTE COLOR"), {})).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(0028,0004)" }),
    );
  });
});

describe("transformations of a data set", () => {
  const dataset = datasetForTest([
    [Tag.PixelRepresentation, 0],
    [Tag.PixelPaddingValue, 5, "US"],
    [Tag.WindowCenter, "40\\50"],
    [Tag.WindowWidth, "400\\350"],
    [Tag.RescaleIntercept, "-1024"],
    [Tag.RescaleSlope, "1"],
    [Tag.PresentationLUTShape, "INVERSE"],
  ]);

  it("are read together, with the window that is asked for", () => {
    expect(readFrameTransforms(dataset, { voiIndex: 1 })).toEqual({
      modality: { slope: 1, intercept: -1024 },
      voi: { function: "LINEAR", center: 50, width: 350 },
      padding: { min: 5, max: 5 },
      presentationLutShape: "INVERSE",
      presentationLut: undefined,
      palette: undefined,
    });
  });

  it("have the presentation LUT", () => {
    const item = elementsOf(
      [Tag.LUTDescriptor, [2, 0, 12], "US"],
      [Tag.LUTData, bytesOfWords(7, 4095), "OW"],
    );
    const { presentationLut } = readFrameTransforms(
      datasetForTest([[Tag.PresentationLUTSequence, [item]]]),
    );
    expect(presentationLut).toEqual({ firstMapped: 0, bits: 12, entries: Uint16Array.of(7, 4095) });
  });

  it("are refused if there are not so many windows", () => {
    expect(() => readFrameTransforms(dataset, { voiIndex: 2 })).toThrow(RangeError);
    expect(readFrameTransforms(datasetForTest([]), { voiIndex: 2 }).voi).toBeUndefined();
  });
});
