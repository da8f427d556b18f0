import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryImage, greyOf, imageOf } from "../../test/image-for-test.js";
import { decodeBmp, encodeBmp } from "./bmp.js";

const badImage = expect.objectContaining({ code: "BAD_IMAGE" });

/** A file with the short header of 40 bytes. */
function fileOf(
  [height, width]: readonly [number, number],
  bitsPerPixel: number,
  palette: readonly number[],
  lines: readonly number[],
): Uint8Array {
  const from = 54 + palette.length;
  const bytes = new Uint8Array(from + lines.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, from, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(28, bitsPerPixel, true);
  view.setUint32(46, palette.length / 4, true);
  bytes.set(palette, 54);
  bytes.set(lines, from);
  return bytes;
}

describe("encodeBmp", () => {
  it("writes lines from below, blue first, to whole words", () => {
    const image = imageOf({ channels: 3, bits: 8 }, [1, 2, 3], [4, 5, 6]);
    expect([...encodeBmp(image).subarray(-8)]).toEqual([6, 5, 4, 0, 3, 2, 1, 0]);
  });

  it("writes grey with the palette of greys", () => {
    const bytes = encodeBmp(greyOf([9]));
    const from = new DataView(bytes.buffer, bytes.byteOffset).getUint32(10, true);
    expect([...bytes.subarray(from - 8, from)]).toEqual([254, 254, 254, 0, 255, 255, 255, 0]);
  });

  it("refuses 16 bits", () => {
    expect(() => encodeBmp(imageOf({ channels: 1, bits: 16 }, [1]))).toThrow(/8 bits, got 16/);
  });
});

describe("decodeBmp", () => {
  it("gives any image of 8 bits back", () => {
    fc.assert(
      fc.property(arbitraryImage([1, 3], [8]), (image) => {
        expect(decodeBmp(encodeBmp(image))).toEqual(image);
      }),
    );
  });

  it("reads lines from above where the height is negative", () => {
    const lines = [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0];
    const palette = [0, 1, 2, 3].flatMap((grey) => [grey, grey, grey, 0]);
    expect(decodeBmp(fileOf([-3, 1], 8, palette, lines))).toEqual(greyOf([1], [2], [3]));
    expect(decodeBmp(fileOf([3, 1], 8, palette, lines))).toEqual(greyOf([3], [2], [1]));
  });

  it("looks up a palette that is no ramp, or has colours", () => {
    expect(decodeBmp(fileOf([1, 2], 8, [9, 9, 9, 0, 4, 4, 4, 0], [1, 0, 0, 0]))).toEqual(
      greyOf([4, 9]),
    );
    expect(decodeBmp(fileOf([1, 1], 8, [3, 2, 1, 0], [0, 0, 0, 0]))).toEqual(
      imageOf({ channels: 3, bits: 8 }, [1, 2, 3]),
    );
    expect(() => decodeBmp(fileOf([1, 1], 8, [3, 2, 1, 0], [1, 0, 0, 0]))).toThrow(badImage);
  });

  it("refuses other forms, sizes that cannot be, and what is cut off", () => {
    expect(() => decodeBmp(fileOf([1, 1], 32, [], [0, 0, 0, 0]))).toThrow(badImage);
    expect(() => decodeBmp(fileOf([0, 1], 24, [], []))).toThrow(badImage);
    expect(() => decodeBmp(fileOf([0x7fffffff, 0x7fffffff], 24, [], []))).toThrow(/too large/);
    const file = encodeBmp(greyOf([1, 2], [3, 4]));
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeBmp(file.subarray(0, length))).toThrow(badImage);
    }
  });
});
