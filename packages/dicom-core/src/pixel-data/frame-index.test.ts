import { describe, expect, it } from "vitest";
import { type Bytes, bytesOf, EXPLICIT, fileOf, UNDEFINED } from "../../test/bytes-of.js";
import { readFile, readHeader } from "../read/part10.js";
import * as Tag from "../tags.js";
import { indexFrames } from "./frame-index.js";

const { element, word, long, item, sequenceEnd } = EXPLICIT;
const RLE = "1.2.840.10008.1.2.5";

/** A file of 2 by 2 bytes a frame, whose pixel data, and what is before it, are these. */
const imageOf = (frames: number, pixels: Bytes, syntax?: string): Uint8Array =>
  fileOf(
    [
      element(Tag.SamplesPerPixel, "US", word(1)),
      element(Tag.NumberOfFrames, "IS", `${frames}`.padEnd(10)),
      element(Tag.Rows, "US", word(2)),
      element(Tag.Columns, "US", word(2)),
      element(Tag.BitsAllocated, "US", word(8)),
      pixels,
    ],
    syntax,
  );

const extended = (offsets: readonly number[]): Bytes => {
  const view = new DataView(new ArrayBuffer(8 * offsets.length));
  for (const [i, offset] of offsets.entries()) view.setBigUint64(8 * i, BigInt(offset), true);
  return element(Tag.ExtendedOffsetTable, "OV", new Uint8Array(view.buffer));
};

const fragments = (table: readonly number[], items: readonly Bytes[]): Bytes => [
  element(Tag.PixelData, "OB", [item(table.map(long)), ...items.map((bytes) => item(bytes))], {
    length: UNDEFINED,
  }),
  sequenceEnd,
];

/** Reads what is asked for, and keeps count of it. */
function counted(bytes: Uint8Array) {
  const lengths: number[] = [];
  return {
    lengths,
    readRange: ({ byteOffset, length }: { byteOffset: number; length: number }) => {
      lengths.push(length);
      return bytes.slice(byteOffset, byteOffset + length);
    },
  };
}

describe("indexFrames", () => {
  /** The second frame is of two fragments: neither their number nor how they begin tells. */
  const pieces = [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ] as const;
  const starts = [0, 10, 30];
  const firstBytes = async (bytes: Uint8Array) => {
    const { count, rangesOf } = await indexFrames(readFile(bytes));
    return Array.from({ length: count }, (_, i) =>
      rangesOf(i).map(({ byteOffset }) => bytes[byteOffset]),
    );
  };
  const grouped = [[1], [2, 3], [4]];

  it("goes by the Extended Offset Table, and by the Basic one where that is of no use", async () => {
    for (const [wide, narrow] of [
      [starts, []],
      [[], starts],
      [[0, 10], starts],
    ] as const) {
      const bytes = imageOf(3, [extended(wide), fragments(narrow, pieces)], RLE);
      expect(await firstBytes(bytes)).toEqual(grouped);
    }
  });

  it("refuses frames of which the tables say nothing", async () => {
    for (const table of [[], [0, 10], [0, 10, 20, 30], [0, 30, 10], [0, 10, 31], [10, 20, 30]]) {
      const bytes = imageOf(3, [extended(table), fragments(table, pieces)], RLE);
      await expect(indexFrames(readFile(bytes))).rejects.toMatchObject({ code: "BAD_VALUE" });
    }
  });

  it("fetches an Extended Offset Table that was skipped for its size", async () => {
    const frames = 33_000;
    const offsets = Array.from({ length: frames }, (_, i) => 20 * i);
    const halves = Array.from({ length: 2 * frames }, (_, i) => [i & 255, i >> 8]);
    const bytes = imageOf(frames, [extended(offsets), fragments([], halves)], RLE);
    const { readRange, lengths } = counted(bytes);
    const file = await readHeader(bytes.length, readRange, { limits: { maxHeaderBytes: 100_000 } });
    expect(lengths).not.toContain(8 * frames);
    const index = await indexFrames(file, readRange);
    expect(lengths).toContain(8 * frames);
    expect(index.count).toBe(frames);
    const ranges = index.rangesOf(30_000);
    expect(ranges.map(({ byteOffset }) => bytes[byteOffset])).toEqual([60_000 & 255, 60_001 & 255]);
    await expect(indexFrames(file)).rejects.toMatchObject({ code: "NOT_LOADED" });
  });

  it("does not fetch a table that has not an offset for each frame", async () => {
    const large = new Uint8Array(400_000);
    const table = element(Tag.ExtendedOffsetTable, "OV", large);
    const value = [item(large), item([1, 1])];
    const pixels = [element(Tag.PixelData, "OB", value, { length: UNDEFINED }), sequenceEnd];
    const bytes = imageOf(1, [table, pixels], RLE);
    const { readRange, lengths } = counted(bytes);
    const file = await readHeader(bytes.length, readRange);
    lengths.length = 0;
    const { rangesOf } = await indexFrames(file, readRange);
    expect(rangesOf(0)).toHaveLength(1);
    expect(Math.max(...lengths)).toBeLessThan(1000);
  });

  it("takes no memory for frames that are only announced", async () => {
    const announced = 2 ** 31 - 1;
    for (const table of [[], [0]]) {
      const bytes = imageOf(announced, [extended(table), fragments(table, [[1, 1]])], RLE);
      await expect(indexFrames(readFile(bytes))).rejects.toMatchObject({ code: "BAD_VALUE" });
    }
    const native = imageOf(announced, element(Tag.PixelData, "OB", new Uint8Array(8)));
    await expect(indexFrames(readFile(native))).rejects.toMatchObject({ code: "TRUNCATED" });
    const largest = [Tag.Rows, Tag.Columns].map((tag) => element(tag, "US", word(0xffff)));
    const wide = element(Tag.BitsAllocated, "US", word(64));
    const frames = element(Tag.NumberOfFrames, "IS", `${announced}`);
    const pixels = element(Tag.PixelData, "OB", new Uint8Array(8));
    const huge = fileOf([frames, ...largest, wide, pixels]);
    await expect(indexFrames(readFile(huge))).rejects.toMatchObject({ code: "TRUNCATED" });
  });

  it("refuses more fragments than any image has", async () => {
    const empty = bytesOf(item([]));
    const items = new Uint8Array(empty.length * 1_000_002);
    for (let at = 0; at < items.length; at += empty.length) items.set(empty, at);
    const pixels = [element(Tag.PixelData, "OB", items, { length: UNDEFINED }), sequenceEnd];
    const bytes = imageOf(2, pixels, RLE);
    await expect(indexFrames(readFile(bytes))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
});
