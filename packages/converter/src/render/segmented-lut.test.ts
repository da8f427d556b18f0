import { describe, expect, it } from "vitest";
import { bytesOfWords } from "../../test/dataset-for-test.js";
import { expandSegments } from "./segmented-lut.js";

const expandBytes = (length: number, ...bytes: readonly number[]) => [
  ...expandSegments(Uint8Array.from(bytes), { length, firstMapped: 0, bits: 8 }, 0x00281221),
];
const expandWords = (length: number, ...words: readonly number[]) => [
  ...expandSegments(bytesOfWords(...words), { length, firstMapped: 0, bits: 16 }, 0x00281221),
];

describe("a segmented table", () => {
  it("has discrete segments, entry by entry", () => {
    expect(expandBytes(3, 0, 3, 7, 8, 9)).toEqual([7, 8, 9]);
  });

  it("has linear segments, which go on from the entry before and end at theirs", () => {
    expect(expandBytes(6, 0, 1, 10, 1, 5, 0)).toEqual([10, 8, 6, 4, 2, 0]);
    expect(expandWords(4, 0, 1, 1, 1, 3, 301)).toEqual([1, 101, 201, 301]);
  });

  it("has indirect segments, which repeat others at an offset in bytes", () => {
    // Discrete 1 2 at byte 0, linear up to 8 at byte 4; then both again, the linear one from 2.
    expect(expandBytes(8, 0, 2, 1, 2, 1, 2, 8, 2, 2, 0, 0, 0, 0)).toEqual([1, 2, 5, 8, 1, 2, 5, 8]);
    // The linear one alone, at byte 8 of words: from 8 to 8.
    expect(expandWords(6, 0, 2, 1, 2, 1, 2, 8, 2, 1, 8, 0)).toEqual([1, 2, 5, 8, 8, 8]);
  });

  it("may end with a byte of padding", () => {
    expect(expandBytes(1, 0, 1, 7, 0)).toEqual([7]);
  });

  it.each([
    ["begins with a linear segment", [1, 3, 9]],
    ["begins with an indirect segment", [2, 1, 0, 0, 0, 0]],
    ["has a segment of an unknown kind", [0, 1, 7, 3, 2, 9]],
    ["ends inside a segment", [0, 3, 7, 8]],
    ["has too few entries", [0, 2, 7, 8]],
    ["has too many entries", [0, 4, 7, 8, 9, 10]],
    ["repeats an indirect segment", [0, 1, 7, 2, 1, 3, 0, 0, 0]],
    ["points outside", [0, 1, 7, 2, 1, 255, 255, 255, 255]],
    ["has an empty segment", [0, 1, 7, 0, 0, 0, 2, 7, 7]],
  ])("is refused if it %s", (_, bytes) => {
    expect(() => expandBytes(3, ...bytes)).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(0028,1221)" }),
    );
  });
});
