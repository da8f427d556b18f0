import { deflateSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readFile, readHeader } from "../read/part10.js";
import * as Tag from "../tags.js";
import type { ElementInit } from "../write/element-init.js";
import { writeDataset, writeFile, writeFileMetaInformation } from "../write/part10.js";
import { openFrames } from "./read-frames.js";
import { encodeRle } from "./rle.js";

const RLE = "1.2.840.10008.1.2.5";
const JPEG = "1.2.840.10008.1.2.4.50";

const description = (frames: number): readonly ElementInit[] => [
  { tag: Tag.SamplesPerPixel, vr: "US", value: 1 },
  { tag: Tag.PhotometricInterpretation, vr: "CS", value: "MONOCHROME2" },
  { tag: Tag.NumberOfFrames, vr: "IS", value: `${frames}` },
  { tag: Tag.Rows, vr: "US", value: 1 },
  { tag: Tag.Columns, vr: "US", value: 4 },
  { tag: Tag.BitsAllocated, vr: "US", value: 8 },
  { tag: Tag.BitsStored, vr: "US", value: 8 },
  { tag: Tag.HighBit, vr: "US", value: 7 },
  { tag: Tag.PixelRepresentation, vr: "US", value: 0 },
];

/** A file with fragments, which the writer does not make: put together by hand. */
function encapsulated(
  transferSyntaxUid: string,
  frames: number,
  table: readonly number[],
  fragments: readonly Uint8Array[],
): Uint8Array {
  const head = Buffer.concat([
    writeFileMetaInformation({ transferSyntaxUid }),
    writeDataset(description(frames)),
  ]);
  const item = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0]), length, bytes]);
  };
  const offsets = Buffer.alloc(4 * table.length);
  for (const [i, offset] of table.entries()) offsets.writeUInt32LE(offset, 4 * i);
  return Buffer.concat([
    head,
    Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    item(offsets),
    ...fragments.map(item),
    Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]),
  ]);
}

const rleFrame = (...pixels: readonly number[]) => encodeRle([Uint8Array.from(pixels)], 4);

describe("frames", () => {
  it("of native pixels follow each other", async () => {
    const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const file = writeFile([...description(2), { tag: Tag.PixelData, vr: "OB", value: pixels }]);
    const reader = await openFrames(readFile(file));
    expect(reader.count).toBe(2);
    expect([...(await reader.readFrame(1)).samples]).toEqual([5, 6, 7, 8]);
    await expect(reader.readFrame(2)).rejects.toThrow(RangeError);
  });

  it("in fragments are told apart by the table, by their number, or by how each begins", async () => {
    const [a, b] = [rleFrame(1, 1, 1, 1), rleFrame(1, 2, 3, 4)];
    const halves = [a.subarray(0, 40), a.subarray(40), b];
    const offsets = [0, a.length + 16];
    for (const [table, fragments] of [
      [[], [a, b]],
      [offsets, halves],
      [
        [0, 7],
        [a, b],
      ],
    ] as const) {
      const reader = await openFrames(readFile(encapsulated(RLE, 2, table, fragments)));
      expect([...(await reader.readFrame(0)).samples]).toEqual([1, 1, 1, 1]);
      expect([...(await reader.readFrame(1)).samples]).toEqual([1, 2, 3, 4]);
    }
    const jpeg = [Uint8Array.of(0xff, 0xd8, 1, 2), Uint8Array.of(3, 4), Uint8Array.of(0xff, 0xd8)];
    const reader = await openFrames(readFile(encapsulated(JPEG, 2, [], jpeg)));
    expect([...(await reader.readEncoded(0))]).toEqual([0xff, 0xd8, 1, 2, 3, 4]);
    await expect(reader.readFrame(0)).rejects.toMatchObject({ code: "BAD_VALUE" });
  });

  it("of a syntax that nothing decodes are refused, but can be had as they are", async () => {
    const MPEG2 = "1.2.840.10008.1.2.4.100";
    const frame = Uint8Array.of(0, 0, 1, 0xb3);
    const reader = await openFrames(readFile(encapsulated(MPEG2, 1, [], [frame])));
    expect(await reader.readEncoded(0)).toEqual(frame);
    await expect(reader.readFrame(0)).rejects.toMatchObject({
      code: "UNSUPPORTED_TRANSFER_SYNTAX",
    });
  });

  it("that are deflated are inflated to the size of the image, and no further", async () => {
    const DEFLATED = "1.2.840.10008.1.2.8.1";
    const frameOf = async (frame: Uint8Array) => {
      const reader = await openFrames(readFile(encapsulated(DEFLATED, 1, [], [frame])));
      return reader.readFrame(0);
    };
    const good = deflateSync(Uint8Array.of(5, 6, 7, 8));
    for (const padding of [[], [0]]) {
      expect([...(await frameOf(Uint8Array.of(...good, ...padding))).samples]).toEqual([
        5, 6, 7, 8,
      ]);
    }
    const at = "(7FE0,0010)";
    for (const bad of [deflateSync(new Uint8Array(1e6)), Uint8Array.of(7, 7, 7, 7)]) {
      await expect(frameOf(bad)).rejects.toMatchObject({ code: "BAD_VALUE", at });
    }
    await expect(frameOf(deflateSync(new Uint8Array(3)))).rejects.toMatchObject({
      code: "TRUNCATED",
      at,
    });
  });

  it("that cannot be told apart are refused", async () => {
    const fragments = [1, 2, 3].map((n) => Uint8Array.of(n, n));
    const file = readFile(encapsulated(RLE, 2, [], fragments));
    await expect(openFrames(file)).rejects.toMatchObject({ code: "BAD_VALUE" });
  });

  it.each([
    [[], "no pixel data", "(7FE0,0010)"],
    [[Tag.Rows], "is missing", "(0028,0010)"],
    [[Tag.BitsAllocated], "is missing", "(0028,0100)"],
  ] as const)("without %j are refused", async (missing, message, at) => {
    const pixels: ElementInit = { tag: Tag.PixelData, vr: "OB", value: new Uint8Array(4) };
    const elements = [...description(1), ...(missing.length > 0 ? [pixels] : [])];
    const file = readFile(
      writeFile(elements.filter(({ tag }) => !(missing as readonly number[]).includes(tag))),
    );
    await expect(openFrames(file)).rejects.toMatchObject({
      at,
      message: expect.stringContaining(message),
    });
  });

  it("that are missing are missed", async () => {
    const pixels: ElementInit = { tag: Tag.PixelData, vr: "OB", value: new Uint8Array(6) };
    const file = readFile(writeFile([...description(2), pixels]));
    await expect(openFrames(file)).rejects.toMatchObject({ code: "TRUNCATED" });
  });

  it("of a file that is not in memory are fetched one by one", async () => {
    const frames = Array.from({ length: 500 }, (_, i) => rleFrame(i & 255, 1, 2, 3));
    const bytes = Uint8Array.from(encapsulated(RLE, 500, [], frames));
    let fetched = 0;
    const readRange = ({ byteOffset, length }: { byteOffset: number; length: number }) => {
      fetched += length;
      return bytes.slice(byteOffset, byteOffset + length);
    };
    const file = await readHeader(bytes.length, readRange);
    const reader = await openFrames(file, { readRange });
    fetched = 0;
    expect([...(await reader.readFrame(300)).samples]).toEqual([44, 1, 2, 3]);
    expect(fetched).toBeLessThanOrEqual(frames[300]!.length);
  });
});
