import fc from "fast-check";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { arbitraryImage, greyOf, imageOf } from "../../test/image-for-test.js";
import { decodePng } from "./decode-png.js";
import { encodePng } from "./encode-png.js";
import { joinPngChunks, pngChunk, readPngChunks } from "./png-chunk.js";

const badImage = expect.objectContaining({ code: "BAD_IMAGE" });

/** A file of these bytes of IDAT, compressed by another image's encoder. */
function fileOf(
  [rows, columns]: readonly [number, number],
  [depth, color, interlace = 0]: readonly [number, number, number?],
  lines: readonly (readonly number[])[],
  ...chunks: readonly (readonly [string, readonly number[]])[]
): Uint8Array {
  const filtered = lines.flatMap((line) => [0, ...line]);
  const ihdr = new Uint8Array([0, 0, 0, columns, 0, 0, 0, rows, depth, color, 0, 0, interlace]);
  return joinPngChunks([
    pngChunk("IHDR", ihdr),
    ...chunks.map(([type, data]) => pngChunk(type, Uint8Array.from(data))),
    pngChunk("IDAT", stored(Uint8Array.from(filtered))),
    pngChunk("IEND", new Uint8Array()),
  ]);
}

/** A zlib stream of one stored block (RFC 1950, RFC 1951 3.2.4). */
function stored(bytes: Uint8Array): Uint8Array {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  const n = bytes.length;
  const head = [0x78, 0x01, 1, n & 0xff, n >> 8, ~n & 0xff, (~n >> 8) & 0xff];
  return Uint8Array.from([...head, ...bytes, b >> 8, b & 0xff, a >> 8, a & 0xff]);
}

describe("encodePng and decodePng", () => {
  it("give any image back", () => {
    fc.assert(
      fc.property(arbitraryImage(), (image) => {
        expect(decodePng(encodePng(image))).toEqual(image);
      }),
    );
  });

  it("compress more at a higher level", () => {
    const row = Array.from({ length: 999 }, (_, i) => (i * i) % 251);
    const image = greyOf(row, row, row);
    const sizes = ([0, 3] as const).map((level) => encodePng(image, { level }).length);
    expect(sizes[1]).toBeLessThan((sizes[0] as number) / 2);
  });

  it("refuse an image whose pixels do not go with its size", () => {
    const image = greyOf([1, 2]);
    expect(() => encodePng({ ...image, rows: 2 })).toThrow(RangeError);
    expect(() => encodePng({ ...image, bits: 16 })).toThrow(RangeError);
    expect(() => encodePng({ ...image, rows: 0, pixels: new Uint8Array() })).toThrow(RangeError);
  });
});

describe("decodePng", () => {
  it("spreads fewer bits from 0 to 255, each line from a byte of its own", () => {
    expect(decodePng(fileOf([2, 3], [2, 0], [[0b00_01_10_00], [0b11_00_01_00]]))).toEqual(
      greyOf([0, 85, 170], [255, 0, 85]),
    );
    expect(decodePng(fileOf([1, 9], [1, 0], [[0b1010_0000, 0b1000_0000]])).pixels).toEqual(
      Uint8Array.of(255, 0, 255, 0, 0, 0, 0, 0, 255),
    );
  });

  it("looks up a palette", () => {
    const file = fileOf([1, 3], [4, 3], [[0x01, 0x20]], ["PLTE", [1, 2, 3, 4, 5, 6, 7, 8, 9]]);
    expect(decodePng(file)).toEqual(imageOf({ channels: 3, bits: 8 }, [1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it("refuses a palette that lacks a colour", () => {
    expect(() => decodePng(fileOf([1, 1], [8, 3], [[1]], ["PLTE", [1, 2, 3]]))).toThrow(badImage);
  });

  it.each([
    [2, [7, 255, 9, 255], [7, 9]],
    [4, [1, 2, 3, 255], [1, 2, 3]],
  ] as const)(
    "drops an alpha of %i channels that is opaque, and refuses any other",
    (channels, data, kept) => {
      const size = { height: 1, width: data.length / channels, channels };
      expect([...decodePng(encode({ ...size, data: Uint8Array.from(data) })).pixels]).toEqual(kept);
      const clear = Uint8Array.from([...data.slice(0, -1), 254]);
      expect(() => decodePng(encode({ ...size, data: clear }))).toThrow(badImage);
    },
  );

  it("refuses pixels of the colour that is transparent, in grey, RGB and palettes", () => {
    const grey = (transparent: number) =>
      fileOf([1, 2], [8, 0], [[5, 6]], ["tRNS", [0, transparent]]);
    expect([...decodePng(grey(7)).pixels]).toEqual([5, 6]);
    expect(() => decodePng(grey(6))).toThrow(badImage);
    const rgb = (blue: number) =>
      fileOf([1, 3], [8, 2], [[9, 9, 9, 1, 2, 3, 8, 8, 8]], ["tRNS", [0, 1, 0, 2, 0, blue]]);
    expect([...decodePng(rgb(4)).pixels]).toEqual([9, 9, 9, 1, 2, 3, 8, 8, 8]);
    expect(() => decodePng(rgb(3))).toThrow(badImage);
    const indexed = (alpha: number) =>
      fileOf([1, 1], [8, 3], [[0]], ["PLTE", [1, 2, 3]], ["tRNS", [alpha]]);
    expect([...decodePng(indexed(255)).pixels]).toEqual([1, 2, 3]);
    expect(() => decodePng(indexed(0))).toThrow(badImage);
  });

  it("reads interlaced pixels of 8 bits and refuses smaller ones", () => {
    const image = greyOf([1, 2, 3], [4, 5, 6], [7, 8, 9]);
    const data = image.pixels as Uint8Array;
    const png = encode({ height: 3, width: 3, channels: 1, data }, { interlace: "Adam7" });
    expect(decodePng(png)).toEqual(image);
    expect(() => decodePng(fileOf([1, 1], [1, 0, 1], [[0]]))).toThrow(badImage);
  });

  it("refuses a size before anything is inflated", () => {
    const huge = new Uint8Array([0, 1, 0, 0, 0, 1, 0, 0, 8, 0, 0, 0, 0]);
    const chunks = readPngChunks(encodePng(greyOf([1]))).slice(1);
    const file = joinPngChunks([pngChunk("IHDR", huge), ...chunks.map(({ bytes }) => bytes)]);
    expect(() => decodePng(file)).toThrow(/too large/);
  });

  it("refuses more data than the size can need", () => {
    const line = Array.from({ length: 4000 }, () => 0);
    const lines = Array.from({ length: 17 }, () => line);
    const [ihdr, idat, iend] = readPngChunks(encodePng(greyOf([1])));
    const more = pngChunk("IDAT", Uint8Array.from(lines.flat()));
    const file = joinPngChunks(
      [ihdr, idat, { bytes: more }, iend].map((c) => c?.bytes as Uint8Array),
    );
    expect(() => decodePng(file)).toThrow(/too long/);
  });

  it("refuses what is damaged, whichever byte, and never throws another error", () => {
    const file = encodePng(greyOf([1, 2, 3], [4, 5, 6]));
    for (let length = 0; length < file.length; length++) {
      expect(() => decodePng(file.subarray(0, length))).toThrow(badImage);
    }
    for (let at = 0; at < file.length - 12; at++) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] as number) ^ 0x41;
      expect(() => decodePng(damaged)).toThrow(badImage);
    }
  });
});
