import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame } from "./frame.js";
import type { ImagePixel } from "./image-pixel.js";
import { littleEndianBytes, nativeBytes, nativePixelData } from "./native-bytes.js";
import { decodeNativeFrame, nativeFrameRange } from "./native-frame.js";

const pixelOf = (bits: number, isSigned = false): ImagePixel => ({
  rows: 1,
  columns: 5,
  numberOfFrames: 1,
  samplesPerPixel: 1,
  photometricInterpretation: "MONOCHROME2",
  planarConfiguration: 0,
  bitsAllocated: bits,
  bitsStored: bits,
  highBit: bits - 1,
  isSigned,
  pixelTag: 0x7fe00010,
});
const frameOf = (samples: Frame["samples"]): Frame => ({
  rows: 1,
  columns: samples.length,
  samplesPerPixel: 1,
  photometricInterpretation: "MONOCHROME2",
  bitsStored: 8,
  samples,
});

describe("native bytes", () => {
  it("are little endian, of any width, and of a part of memory", () => {
    expect([...littleEndianBytes(Int16Array.of(-2, 0x1234), 2)]).toEqual([0xfe, 0xff, 0x34, 0x12]);
    expect([...littleEndianBytes(Int16Array.of(-2, 0x1234), 1)]).toEqual([0xfe, 0x34]);
    expect([...littleEndianBytes(Int8Array.of(-2), 2)]).toEqual([0xfe, 0xff]);
    expect([...littleEndianBytes(Uint16Array.of(1, 2, 3).subarray(1, 2), 2)]).toEqual([2, 0]);
  });

  it("of one bit begin with the lowest, and frames follow in the midst of a byte", () => {
    const bits = pixelOf(1);
    expect([...nativeBytes(frameOf(Uint8Array.of(1, 0, 0, 0, 1)), bits)]).toEqual([0b10001]);
    const frames = [Uint8Array.of(1, 0, 0, 0, 1), Uint8Array.of(1, 0, 1, 1, 0)].map(frameOf);
    expect([...nativePixelData(frames, bits)]).toEqual([0b10110001, 0b01]);
  });

  it("are what frames are read from", () => {
    const frames = fc.integer({ min: 1, max: 4 }).chain((count) =>
      fc.array(fc.array(fc.nat(0xffffffff), { minLength: 5, maxLength: 5 }), {
        minLength: count,
        maxLength: count,
      }),
    );
    const kinds = [
      [pixelOf(1), (v: readonly number[]) => Uint8Array.from(v, (n) => n & 1)],
      [pixelOf(8), (v: readonly number[]) => Uint8Array.from(v)],
      [pixelOf(16, true), (v: readonly number[]) => Int16Array.from(v)],
      [pixelOf(32), (v: readonly number[]) => Uint32Array.from(v)],
    ] as const;
    fc.assert(
      fc.property(frames, fc.constantFrom(...kinds), (values, [pixel, make]) => {
        const written = values.map((value) => frameOf(make(value)));
        const bytes = nativePixelData(written, pixel);
        for (const [i, { samples }] of written.entries()) {
          const { byteOffset, length, skippedBits } = nativeFrameRange(pixel, i);
          const piece = bytes.subarray(byteOffset, byteOffset + length);
          expect(decodeNativeFrame(piece, pixel, { skippedBits }).samples).toEqual(samples);
        }
      }),
    );
  });
});
