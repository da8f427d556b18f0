import { describe, expect, it } from "vitest";
import type { DecodedImage } from "./decoded-image.js";
import { fitImage } from "./fit-image.js";
import { resizeImage } from "./resize-image.js";

const ROWS = [
  [0, 48, 96, 144, 192, 185, 233],
  [25, 73, 121, 114, 162, 210, 2],
  [50, 43, 91, 139, 187, 235, 228],
  [20, 68, 116, 164, 157, 205, 253],
  [45, 93, 86, 134, 182, 230, 22],
];
const grey: DecodedImage = {
  ...{ rows: 5, columns: 7, channels: 1, pixels: Uint8Array.from(ROWS.flat()) },
};
const options = { maxPixels: 1000, channels: 1 } as const;

// Values: Pillow 13, `resize((columns, 5), BILINEAR).resize((columns, rows), BILINEAR)`.
describe("resizeImage", () => {
  it.each([
    [2, 3, [56, 136, 176, 64, 142, 189]],
    [2, 7, [23, 58, 106, 131, 177, 208, 138, 35, 70, 101, 147, 172, 220, 162]],
    [5, 3, [41, 141, 204, 66, 130, 125, 56, 139, 222, 61, 148, 212, 74, 137, 145]],
    [
      ...[8, 9],
      [
        ...[0, 32, 69, 107, 144, 181, 188, 201, 233, 11, 43, 80, 112, 131, 168, 188, 175, 132],
        ...[27, 56, 92, 118, 116, 153, 191, 147, 16, 42, 49, 73, 107, 131, 168, 206, 204, 157],
        ...[41, 47, 72, 110, 147, 171, 205, 229, 236, 22, 52, 87, 125, 162, 160, 186, 222, 251],
        ...[34, 66, 90, 110, 147, 166, 198, 187, 123, 45, 77, 90, 97, 134, 171, 209, 161, 22],
      ],
    ],
  ] as [number, number, number[]][])("to %i x %i is Pillow's", (rows, columns, expected) => {
    expect([...resizeImage(grey, [rows, columns]).pixels]).toEqual(expected);
  });

  it("of 16 bits is Pillow's, too", () => {
    const pixels = Uint16Array.from(grey.pixels, (value) => value * 257 + 3);
    const small = resizeImage({ ...grey, pixels }, [2, 3]);
    expect(small.pixels).toEqual(Uint16Array.of(14294, 35046, 45297, 16543, 36406, 48613));
  });

  it("keeps channels apart, and leaves an image of the size alone", () => {
    const pixels = Uint8Array.from(grey.pixels, (_, i) => grey.pixels[i]!);
    const color = new Uint8Array(105);
    pixels.forEach((value, i) => {
      color.set([value, 255 - value, 7], 3 * i);
    });
    const wanted = resizeImage(grey, [2, 3]).pixels;
    const small = resizeImage({ ...grey, channels: 3, pixels: color }, [2, 3]).pixels;
    wanted.forEach((value, i) => {
      expect(small[3 * i]).toBe(value);
      expect(Math.abs(small[3 * i + 1]! - (255 - value))).toBeLessThanOrEqual(1);
      expect(small[3 * i + 2]).toBe(7);
    });
    expect(resizeImage(grey, [5, 7]).pixels).toBe(grey.pixels);
  });

  it("keeps white white", () => {
    const white = { ...grey, pixels: new Uint8Array(35).fill(255) };
    expect(resizeImage(white, [3, 200]).pixels.every((value) => value === 255)).toBe(true);
    const wide = { ...grey, pixels: new Uint16Array(35).fill(65535) };
    expect(resizeImage(wide, [200, 3]).pixels.every((value) => value === 65535)).toBe(true);
  });
});

describe("fitImage", () => {
  it("crops the middle to the proportions", () => {
    const cropped = fitImage(grey, { ...options, size: [2, 2], fit: "crop" });
    // Pillow: the same with the box (1, 0, 6, 5).
    expect([...cropped.pixels]).toEqual([90, 169, 96, 177]);
  });

  it("pads with black around all of the image", () => {
    const padded = fitImage(grey, { ...options, size: [7, 7], fit: "pad" });
    const black = Array.from({ length: 7 }, () => 0);
    expect([...padded.pixels]).toEqual([...black, ...ROWS.flat(), ...black]);
    const tall = fitImage(grey, { ...options, size: [5, 11], fit: "pad" });
    const beside = (row: readonly number[]) => [0, 0, ...row, 0, 0];
    expect([...tall.pixels]).toEqual(ROWS.flatMap(beside));
  });

  it("makes grey of colour and colour of grey, with white told", () => {
    const color = { rows: 1, columns: 2, channels: 3, pixels: Uint8Array.of(1, 2, 3, 200, 99, 5) };
    const asGrey = fitImage(color as DecodedImage, { ...options, fit: "stretch" });
    expect(asGrey).toEqual({
      ...{ rows: 1, columns: 2, channels: 1, pixels: Uint8Array.of(2, 118), max: 255 },
    });
    const wide = { rows: 1, columns: 1, channels: 1, pixels: Uint16Array.of(4000), max: 4095 };
    const asColor = fitImage(wide as DecodedImage, { ...options, channels: 3, fit: "stretch" });
    expect(asColor.pixels).toEqual(Uint16Array.of(4000, 4000, 4000));
    expect(asColor.max).toBe(4095);
  });
});
