import { describe, expect, it } from "vitest";
import { encodeJpeg, type JpegInit, segment } from "../../../test/encode-jpeg.js";
import { isDicomError } from "../../errors.js";
import { decodeSequentialJpeg } from "./decode-sequential.js";

/** Random numbers of 0 to below 1 that are the same in each run (the constants are those of Numerical Recipes). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Samples that a block hardly foretells. */
function noise(bits: number, seed: number): (row: number, column: number) => number {
  const next = random(seed);
  const samples = Array.from({ length: 4096 }, () => Math.floor(next() * 2 ** bits));
  return (row, column) => samples[(row * 61 + column) % 4096] as number;
}

const slope = (bits: number) => (row: number, column: number) =>
  (row * 37 + column * 23) % 2 ** bits;

const GREY: JpegInit = { rows: 13, columns: 21, bits: 12, planes: [{ sample: noise(12, 1) }] };

/** The greatest difference from what was coded. */
function errorOf(image: JpegInit, bytes: Uint8Array = encodeJpeg(image)): number {
  const { rows, columns, bits, planes } = image;
  const decoded = decodeSequentialJpeg(bytes);
  const { samples } = decoded;
  expect(decoded).toMatchObject({ rows, columns, bits, samplesPerPixel: planes.length });
  expect(samples.length).toBe(rows * columns * planes.length);
  expect(samples.BYTES_PER_ELEMENT).toBe(bits === 8 ? 1 : 2);
  const [h, v] = [0, 0].map((_, i) =>
    Math.max(...planes.map(({ horizontal = 1, vertical = 1 }) => [horizontal, vertical][i]!)),
  ) as [number, number];
  let greatest = 0;
  for (const [i, value] of samples.entries()) {
    const plane = planes[i % planes.length]!;
    const pixel = Math.floor(i / planes.length);
    const row = Math.floor((Math.floor(pixel / columns) * (plane.vertical ?? 1)) / v);
    const column = Math.floor(((pixel % columns) * (plane.horizontal ?? 1)) / h);
    greatest = Math.max(greatest, Math.abs(value - plane.sample(row, column)));
  }
  return greatest;
}

describe("decodeSequentialJpeg", () => {
  it.each([
    ["noise of 12 bits", GREY],
    ["noise of 8 bits", { ...GREY, bits: 8, planes: [{ sample: noise(8, 2) }] }],
    ["baseline", { ...GREY, bits: 8, planes: [{ sample: noise(8, 2) }], frameMarker: 0xc0 }],
    ["one pixel", { ...GREY, rows: 1, columns: 1 }],
    ["whole blocks", { ...GREY, rows: 16, columns: 24 }],
    ["one colour", { ...GREY, planes: [{ sample: () => 4095 }] }],
    ["black and white", { ...GREY, planes: [{ sample: (y, x) => ((y ^ x) & 1) * 4095 }] }],
    ["restarts at each block", { ...GREY, restartInterval: 1 }],
    ["restarts, more than 8", { ...GREY, rows: 70, columns: 30, restartInterval: 2 }],
    ["lines told by DNL", { ...GREY, dnl: true }],
    [
      "factors for a component alone",
      {
        ...GREY,
        planes: [{ horizontal: 2, vertical: 2, sample: noise(12, 3) }],
      },
    ],
  ] satisfies [string, JpegInit][])("decodes %s", (_what, image) => {
    expect(errorOf(image)).toBeLessThanOrEqual(1);
  });

  it.each([
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [2, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [2, 2],
      [1, 1],
      [1, 1],
    ],
    [
      [4, 1],
      [1, 1],
      [2, 1],
    ],
    [
      [1, 4],
      [1, 2],
      [1, 1],
    ],
    [
      [3, 1],
      [2, 1],
      [1, 1],
    ],
    [
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [1, 2],
      [2, 1],
    ],
  ])(
    "decodes components sampled %j, in one scan and in several, with and without restarts",
    (...factors) => {
      for (const bits of [8, 12] as const) {
        const planes = factors.map(([horizontal = 1, vertical = 1], i) => ({
          horizontal,
          vertical,
          sample: i === 0 ? noise(bits, 7) : slope(bits),
        }));
        for (const isByPlane of [false, true]) {
          for (const restartInterval of [0, 3]) {
            const image = { rows: 19, columns: 37, bits, planes, isByPlane, restartInterval };
            expect(errorOf(image)).toBeLessThanOrEqual(1);
          }
        }
      }
    },
  );

  it("undoes quantization, also by factors of 16 bits", () => {
    const image = { ...GREY, planes: [{ sample: slope(12) }] };
    for (const quantization of [16, 300]) {
      const error = errorOf({ ...image, quantization });
      expect(error).toBeGreaterThan(1);
      // Each of 64 coefficients is at most half a factor off, and counts for a quarter at most.
      expect(error).toBeLessThan(8 * quantization);
    }
    const flat = { ...GREY, planes: [{ sample: () => 2048 + 75 }], quantization: 300 };
    expect(errorOf(flat)).toBeLessThanOrEqual(1);
  });

  it("decodes what dcmtk makes of a slope: extended, of 12 bits, 10 by 19, each 150 down and 130 across", () => {
    const bytes = Buffer.from(
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB" +
        "AQEBAQEBAQH/wQALDAAKABMBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAADg3/xAAlEAAAAwYGAwAAAAAAAAAAAAAIDEcABQcoKWUJCjhXZnUZ" +
        "SFX/2gAIAQEAAD8APT5a+KqWgenDtqlXWWlkEAWviqloHpw7apV1lpaxxZf0qpUZcPGnD6+udKr6/wC0sfzy18C8Hcg8p4aU1QmF1s4syCAL" +
        "XwLwdyDynhpTVCYXWzizWOLL+gvB34ZcPGU8NOn1zoTC77r/AOLN/9k=",
      "base64",
    );
    const sample = (row: number, column: number) => 150 * row + 130 * column;
    const image: JpegInit = { rows: 10, columns: 19, bits: 12, planes: [{ sample }] };
    expect(errorOf(image, bytes)).toBeLessThanOrEqual(1);
  });

  it("tells the transform of Adobe's marker, and of no other APP14", () => {
    const adobe = (name: string, transform: number) =>
      segment(0xee, [...Buffer.from(name), 0, 100, 0, 0, 0, 0, transform]);
    const transformOf = (...segments: number[][]) =>
      decodeSequentialJpeg(encodeJpeg({ ...GREY, segments })).colorTransform;
    expect(transformOf()).toBeUndefined();
    expect(transformOf(adobe("Adobe", 0))).toBe(0);
    expect(transformOf(segment(0xfe, [1, 2]), adobe("Adobe", 2))).toBe(2);
    expect(transformOf(adobe("Other", 1))).toBeUndefined();
    expect(transformOf(segment(0xee, [...Buffer.from("Adobe"), 0, 100]))).toBeUndefined();
  });

  it("passes over fill bytes before markers (B.1.1.2), and needs no EOI", () => {
    const bytes = [...encodeJpeg({ ...GREY, restartInterval: 2 })];
    const filled = bytes.flatMap((byte, i) =>
      byte === 0xff && bytes[i + 1] !== 0 && i > 0 ? [byte, byte, byte] : [byte],
    );
    expect(filled.length).toBeGreaterThan(bytes.length + 10);
    const { samples } = decodeSequentialJpeg(Uint8Array.from(bytes));
    expect(decodeSequentialJpeg(Uint8Array.from(filled)).samples).toEqual(samples);
    expect(decodeSequentialJpeg(Uint8Array.from(bytes.slice(0, -2))).samples).toEqual(samples);
  });
});

const indexOfMarker = (bytes: Uint8Array, marker: number) =>
  bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === marker);

/** The image with bytes changed at a place behind a marker. */
function changed(image: JpegInit, marker: number, at: number, ...values: number[]): Uint8Array {
  const bytes = encodeJpeg(image);
  bytes.set(values, indexOfMarker(bytes, marker) + at);
  return bytes;
}

/** The image without the segment of a marker. */
function without(marker: number): Uint8Array {
  const bytes = encodeJpeg(GREY);
  const at = indexOfMarker(bytes, marker);
  const length = 2 + 256 * bytes[at + 2]! + bytes[at + 3]!;
  return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
}

describe("a JPEG that is refused", () => {
  const COLOR = { ...GREY, planes: [GREY.planes[0]!, GREY.planes[0]!] };
  const byPlane = encodeJpeg({ ...COLOR, isByPlane: true });
  const lastScan = byPlane.findLastIndex((byte, i) => byte === 0xff && byPlane[i + 1] === 0xda);
  const beforeLastScan = byPlane.subarray(0, lastScan);
  const RESTARTS = { ...GREY, restartInterval: 2 };

  it.each([
    ["no JPEG", Uint8Array.of(1, 2, 3, 4)],
    ["nothing", new Uint8Array()],
    ["no quantization", without(0xdb)],
    ["no Huffman tables", without(0xc4)],
    ["no header", without(0xc1)],
    ["no scan", encodeJpeg(GREY).subarray(0, indexOfMarker(encodeJpeg(GREY), 0xda))],
    ["EOI before its scan", changed(GREY, 0xda, 1, 0xd9)],
    ["10 bits", changed(GREY, 0xc1, 4, 10)],
    ["no columns", changed(GREY, 0xc1, 7, 0, 0)],
    ["no rows, nor DNL", changed(GREY, 0xc1, 5, 0, 0)],
    ["no components", changed(GREY, 0xc1, 9, 0)],
    ["more components than its header describes", changed(GREY, 0xc1, 9, 2)],
    ["no samples across", changed(GREY, 0xc1, 11, 0x01)],
    ["5 samples down", changed(GREY, 0xc1, 11, 0x15)],
    ["a quantization table that it does not have", changed(GREY, 0xc1, 12, 3)],
    ["a factor of 0", changed(GREY, 0xdb, 20, 0)],
    ["factors of 24 bits", changed(GREY, 0xdb, 4, 0x21)],
    ["too many codes of 1 bit", changed(GREY, 0xc4, 5, 3)],
    ["a table of codes of a third kind", changed(GREY, 0xc4, 4, 0x22)],
    ["a fifth table of codes", changed(GREY, 0xc4, 4, 0x04)],
    ["a difference of 16 bits", changed(GREY, 0xc4, 21, 16)],
    [
      "a restart interval of 3 bytes",
      encodeJpeg({ ...GREY, segments: [segment(0xdd, [0, 0, 1])] }),
    ],
    ["a scan of a component that there is not", changed(GREY, 0xda, 5, 9)],
    ["a scan of no component", changed(GREY, 0xda, 4, 0)],
    ["a scan of one component twice", changed(COLOR, 0xda, 7, 1)],
    ["two components of one name", changed(COLOR, 0xc1, 13, 1)],
    ["EOI instead of its second scan", Uint8Array.from([...beforeLastScan, 0xff, 0xd9])],
    ["a restart out of order", changed(RESTARTS, 0xd1, 1, 0xd2)],
    ["restarts too late", changed(RESTARTS, 0xdd, 5, 1)],
    ["restarts too early", changed(RESTARTS, 0xdd, 5, 3)],
    ["a marker inside its data", changed(GREY, 0xda, 40, 0xff, 0xd9)],
    [
      "two headers",
      encodeJpeg({ ...GREY, segments: [segment(0xc1, [12, 0, 1, 0, 1, 1, 1, 0x11, 1])] }),
    ],
  ])("has %s", (_what, bytes) => {
    const refused = expect.objectContaining({ code: "BAD_VALUE", at: "(7FE0,0010)" });
    expect(() => decodeSequentialJpeg(bytes)).toThrow(refused);
  });

  it.each([
    [0xc2, "progressive JPEG "],
    [0xc3, "lossless JPEG "],
    [0xc5, "hierarchical JPEG "],
    [0xc9, "JPEG with arithmetic coding "],
    [0xca, "progressive JPEG with arithmetic coding "],
    [0xf7, "JPEG-LS "],
  ])("is of the kind %i, %s", (frameMarker, kind) => {
    expect(() => decodeSequentialJpeg(encodeJpeg({ ...GREY, frameMarker }))).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED_TRANSFER_SYNTAX",
        message: expect.stringContaining(`${kind}is not decoded here`),
      }),
    );
  });

  it("is too large, or larger than its bytes can be, before memory is taken for it", () => {
    const huge = changed(GREY, 0xc1, 5, 0xff, 0xff, 0xff, 0xff);
    expect(() => decodeSequentialJpeg(huge)).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
    const large = changed(GREY, 0xc1, 5, 0x3f, 0xff, 0x3f, 0xff);
    expect(() => decodeSequentialJpeg(large)).toThrow(
      expect.objectContaining({ code: "BAD_VALUE" }),
    );
  });
});

describe("a damaged JPEG", () => {
  const COLOR: JpegInit = {
    rows: 19,
    columns: 37,
    bits: 12,
    planes: [{ horizontal: 2, sample: noise(12, 5) }, { sample: slope(12) }],
    restartInterval: 2,
  };

  it("that is cut off anywhere before its last data is refused", () => {
    for (const image of [COLOR, { ...COLOR, isByPlane: true }, { ...COLOR, dnl: true }]) {
      const bytes = encodeJpeg(image);
      const dataEnd = bytes.length - (image.dnl ? 8 : 2);
      expect(errorOf(image, bytes.subarray(0, bytes.length - 2))).toBeLessThanOrEqual(1);
      for (let length = 0; length < dataEnd; length++) {
        expect(() => decodeSequentialJpeg(bytes.subarray(0, length))).toThrow(
          expect.objectContaining({ code: "BAD_VALUE" }),
        );
      }
    }
  });

  it("with bytes changed gives an image or an error of ours", () => {
    const next = random(11);
    const original = encodeJpeg(COLOR);
    const outcomes = { decoded: 0, refused: 0 };
    for (let i = 0; i < 600; i++) {
      // Half of them in the segments, which are a small part.
      const range = i % 2 === 0 ? original.length : 480;
      const bytes = original.slice();
      for (let n = 0; n <= next() * 3; n++) {
        bytes[Math.floor(next() * range)] = Math.floor(next() * 256);
      }
      try {
        const { rows, columns, samplesPerPixel, samples } = decodeSequentialJpeg(bytes);
        expect(samples.length).toBe(rows * columns * samplesPerPixel);
        outcomes.decoded++;
      } catch (error) {
        if (!isDicomError(error)) throw error;
        outcomes.refused++;
      }
    }
    expect(outcomes.decoded).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(50);
  });
});
