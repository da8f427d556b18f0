import { describe, expect, it } from "vitest";
import { bytesOf } from "../../../test/bytes-of.js";
import { readCodestreamHeader, usesComponentTransform } from "./codestream-header.js";

const word = (value: number) => [value >> 8, value & 255];
const long = (value: number) => [...word(value >>> 16), ...word(value & 0xffff)];
const SOF = (marker: number) => [0xff, marker, ...word(17), 12, ...word(300), ...word(400), 3];
const SIZ = (bits = 0x0b) => [
  ...[0xff, 0x51, ...word(41), ...word(0)],
  ...[...long(410), ...long(320), ...long(10), ...long(20)],
  ...[...long(410), ...long(320), ...long(0), ...long(0)],
  ...[...word(1), bits, 1, 1],
];
const COD = (mct: number) => [0xff, 0x52, ...word(12), 0, 2, ...word(1), mct, 5, 4, 4, 0, 1];

describe("the header of a codestream", () => {
  it("of JPEG is behind other segments, and fill", () => {
    const app = [0xff, 0xe0, ...word(4), 0xff, 0xc0];
    const dht = [0xff, 0xc4, ...word(3), 0];
    for (const marker of [0xc0, 0xc1, 0xc3, 0xcf, 0xf7]) {
      const frame = bytesOf([0xff, 0xd8], app, dht, [0xff, 0xff], SOF(marker));
      expect(readCodestreamHeader(frame)).toEqual({
        rows: 300,
        columns: 400,
        samplesPerPixel: 3,
        bits: 12,
        startOfFrame: marker,
      });
      expect(readCodestreamHeader(frame.subarray(0, -1))).toBeUndefined();
    }
  });

  it("of JPEG 2000 is at the beginning, or in a box", () => {
    const codestream = bytesOf([0xff, 0x4f], SIZ());
    const size = { rows: 300, columns: 400, samplesPerPixel: 1, bits: 12 };
    expect(readCodestreamHeader(codestream)).toEqual(size);
    expect(readCodestreamHeader(codestream.subarray(0, 42))).toBeUndefined();
    const signature = [...long(12), "jP  ", 0x0d, 0x0a, 0x87, 0x0a];
    for (const header of [
      [...long(0), "jp2c"],
      [...long(1), "jp2c", ...long(0), ...long(0)],
    ]) {
      expect(readCodestreamHeader(bytesOf(signature, header, codestream))).toEqual(size);
    }
    expect(readCodestreamHeader(bytesOf(signature, [...long(0), "free"], codestream))).toBe(
      undefined,
    );
    expect(readCodestreamHeader(bytesOf([0xff, 0x4f], SIZ(0x8f)))?.bits).toBe(16);
  });

  it("is none of anything else, and of any length", () => {
    const whole = bytesOf([0xff, 0xd8], [0xff, 0xe0, ...word(0)], SOF(0xc0));
    expect(readCodestreamHeader(bytesOf("GIF89a and more"))).toBeUndefined();
    // A segment of no length goes on at once, and ends where no marker is.
    expect(readCodestreamHeader(whole)).toBeUndefined();
    for (let length = 0; length < whole.length; length++) {
      expect(readCodestreamHeader(whole.subarray(0, length))).toBeUndefined();
    }
  });

  it("tells whether JPEG 2000 mixes components", () => {
    for (const mct of [0, 1]) {
      expect(usesComponentTransform(bytesOf([0xff, 0x4f], SIZ(), COD(mct)))).toBe(mct === 1);
    }
    const tile = [0xff, 0x90, ...word(10)];
    expect(usesComponentTransform(bytesOf([0xff, 0x4f], SIZ(), tile, COD(1)))).toBe(false);
    expect(usesComponentTransform(bytesOf([0xff, 0x4f], SIZ()))).toBe(false);
  });
});
