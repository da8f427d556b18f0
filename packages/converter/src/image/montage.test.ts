import { describe, expect, it } from "vitest";
import { greyOf, imageOf } from "../../test/image-for-test.js";
import { montage } from "./montage.js";

describe("montage", () => {
  it("lays five images on a grid of three columns", () => {
    const images = [1, 2, 3, 4, 5].map((grey) => greyOf([grey]));
    expect(montage(images, { gap: 1, background: 9 })).toEqual(
      greyOf([1, 9, 2, 9, 3], [9, 9, 9, 9, 9], [4, 9, 5, 9, 9]),
    );
  });

  it("puts a smaller image in the middle of its cell", () => {
    const images = [greyOf([1, 1, 1], [1, 1, 1], [1, 1, 1]), greyOf([2])];
    expect(montage(images, { columns: 2, gap: 0 })).toEqual(
      greyOf([1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 2, 0], [1, 1, 1, 0, 0, 0]),
    );
  });

  it("is in colour if one image is", () => {
    const color = imageOf({ channels: 3, bits: 8 }, [1, 2, 3]);
    expect(montage([color, greyOf([7])], { gap: 0 })).toEqual(
      imageOf({ channels: 3, bits: 8 }, [1, 2, 3, 7, 7, 7]),
    );
  });

  it("is no wider than its images", () => {
    expect(montage([greyOf([1])], { columns: 10 })).toEqual(greyOf([1]));
  });

  it("refuses no image, 16 bits, and options out of range", () => {
    const image = greyOf([1]);
    expect(() => montage([])).toThrow(RangeError);
    expect(() => montage([imageOf({ channels: 1, bits: 16 }, [1])])).toThrow(RangeError);
    expect(() => montage([image], { columns: 0 })).toThrow(/columns/);
    expect(() => montage([image], { gap: -1 })).toThrow(/gap/);
    expect(() => montage([image], { background: 256 })).toThrow(/background/);
    expect(() => montage(Array(9).fill(image), { gap: 20_000 })).toThrow(/sheet/);
  });
});
