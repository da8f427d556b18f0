import { describe, expect, it } from "vitest";
import { greyOf, imageOf } from "../../test/image-for-test.js";
import { resampleToSquarePixels } from "./resample.js";

describe("resampleToSquarePixels", () => {
  it("makes rows of pixels that are higher than wide", () => {
    const image = greyOf([10, 20], [30, 40]);
    expect(resampleToSquarePixels(image, { vertical: 2, horizontal: 1 })).toEqual(
      greyOf([10, 20], [10, 20], [30, 40], [30, 40]),
    );
  });

  it("takes the mean, by area, where a new pixel covers two", () => {
    // Two columns become three: the middle one covers half a pixel of each.
    expect(resampleToSquarePixels(greyOf([10, 20]), { vertical: 2, horizontal: 3 })).toEqual(
      greyOf([10, 15, 20]),
    );
    const color = imageOf({ channels: 3, bits: 16 }, [0, 100, 1000, 60_000, 200, 3000]);
    expect(resampleToSquarePixels(color, { vertical: 1, horizontal: 1.5 }).pixels).toEqual(
      Uint16Array.of(0, 100, 1000, 30_000, 150, 2000, 60_000, 200, 3000),
    );
  });

  it("leaves an image whose pixels are square, or nearly", () => {
    const image = greyOf([1, 2]);
    expect(resampleToSquarePixels(image, { vertical: 0.7, horizontal: 0.7 })).toBe(image);
    expect(resampleToSquarePixels(image, { vertical: 1, horizontal: 1.1 })).toBe(image);
  });

  it("refuses an aspect that is none, or makes too much", () => {
    const image = greyOf([1]);
    expect(() => resampleToSquarePixels(image, { vertical: 0, horizontal: 1 })).toThrow(RangeError);
    expect(() => resampleToSquarePixels(image, { vertical: 1, horizontal: Number.NaN })).toThrow(
      RangeError,
    );
    expect(() => resampleToSquarePixels(image, { vertical: 1e9, horizontal: 1 })).toThrow(
      /samples/,
    );
  });
});
