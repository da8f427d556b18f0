import { describe, expect, it } from "vitest";
import type { ImagePixel } from "./image-pixel.js";
import { decodeNativeFrame, nativeFrameRange } from "./native-frame.js";

const BYTES: ImagePixel = {
  rows: 1,
  columns: 2,
  numberOfFrames: 1,
  samplesPerPixel: 1,
  photometricInterpretation: "MONOCHROME2",
  planarConfiguration: 0,
  bitsAllocated: 8,
  bitsStored: 8,
  highBit: 7,
  isSigned: false,
  pixelTag: 0x7fe00010,
};
const WORDS: ImagePixel = { ...BYTES, bitsAllocated: 16, bitsStored: 16, highBit: 15 };

const samplesOf = (
  bytes: readonly number[],
  pixel: ImagePixel,
  encoding?: Parameters<typeof decodeNativeFrame>[2],
) => [...decodeNativeFrame(Uint8Array.from(bytes), pixel, encoding).samples];

describe("a native frame", () => {
  it("is read in bytes, words and long words, in either order", () => {
    expect(samplesOf([1, 255], BYTES)).toEqual([1, 255]);
    expect(samplesOf([1, 2, 255, 255], WORDS)).toEqual([0x201, 0xffff]);
    expect(samplesOf([1, 2, 255, 254], WORDS, { littleEndian: false })).toEqual([0x102, 0xfffe]);
    const long = { ...WORDS, columns: 1, bitsAllocated: 32, bitsStored: 32, highBit: 31 };
    expect(samplesOf([4, 3, 2, 1], long)).toEqual([0x01020304]);
    expect(samplesOf([255, 255, 255, 255], { ...long, isSigned: true })).toEqual([-1]);
  });

  it("has signs, also where fewer bits are stored than allocated", () => {
    expect(samplesOf([0xff, 0x7f, 0x00, 0x80], { ...WORDS, isSigned: true })).toEqual([
      0x7fff, -0x8000,
    ]);
    const twelve = { ...WORDS, bitsStored: 12, highBit: 11 };
    // The four bits above are not of the sample.
    expect(samplesOf([0xff, 0xf7, 0x00, 0xa8], { ...twelve, isSigned: true })).toEqual([
      0x7ff, -0x800,
    ]);
    expect(samplesOf([0xff, 0xf7, 0x00, 0xa8], twelve)).toEqual([0x7ff, 0x800]);
    // Nor are those below.
    expect(samplesOf([0x1f, 0x00, 0xf0, 0xff], { ...twelve, highBit: 15 })).toEqual([1, 0xfff]);
  });

  it("has floating point numbers", () => {
    const bytes = [...new Uint8Array(Float32Array.of(0.5, -2).buffer)];
    const float = {
      ...BYTES,
      bitsAllocated: 32,
      bitsStored: 32,
      highBit: 31,
      pixelTag: 0x7fe00008,
    };
    expect(samplesOf(bytes, float)).toEqual([0.5, -2]);
  });

  it("has one bit for each pixel, the lowest first, and begins in the midst of a byte", () => {
    const bits = { ...BYTES, rows: 1, columns: 5, bitsAllocated: 1, bitsStored: 1, highBit: 0 };
    expect(nativeFrameRange(bits, 1)).toEqual({ byteOffset: 0, length: 2, skippedBits: 5 });
    expect(samplesOf([0b10110001, 0b01], bits)).toEqual([1, 0, 0, 0, 1]);
    expect(samplesOf([0b10110001, 0b01], bits, { skippedBits: 5 })).toEqual([1, 0, 1, 1, 0]);
  });

  it("is colour by pixel or by plane, or shares colours between two pixels", () => {
    const rgb = { ...BYTES, samplesPerPixel: 3, photometricInterpretation: "RGB" };
    expect(samplesOf([1, 2, 3, 4, 5, 6], rgb)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(samplesOf([1, 4, 2, 5, 3, 6], { ...rgb, planarConfiguration: 1 })).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    const shared = { ...rgb, photometricInterpretation: "YBR_FULL_422" };
    const frame = decodeNativeFrame(Uint8Array.of(1, 2, 3, 4), shared);
    expect([...frame.samples]).toEqual([1, 3, 4, 2, 3, 4]);
    expect(frame.photometricInterpretation).toBe("YBR_FULL");
  });

  it("of bytes in big endian words is swapped by words, across frames", () => {
    const three = { ...BYTES, columns: 3 };
    expect(nativeFrameRange(three, 1, 2)).toEqual({ byteOffset: 2, length: 4, skippedBits: 8 });
    const encoding = { littleEndian: false, wordBytes: 2 };
    // Written: 1 2 3 | 4 5 6, swapped: 2 1 4 3 6 5.
    expect(samplesOf([2, 1, 4, 3], three, encoding)).toEqual([1, 2, 3]);
    expect(samplesOf([4, 3, 6, 5], three, { ...encoding, skippedBits: 8 })).toEqual([4, 5, 6]);
  });

  it("is refused if it is cut off", () => {
    expect(() => samplesOf([1, 2, 3], WORDS)).toThrow(
      expect.objectContaining({ code: "TRUNCATED" }),
    );
  });

  it("does not share memory with the file", () => {
    const bytes = Uint8Array.of(1, 2);
    const { samples } = decodeNativeFrame(bytes, BYTES);
    samples[0] = 9;
    expect([...bytes]).toEqual([1, 2]);
  });
});
