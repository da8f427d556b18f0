import { describe, expect, it } from "vitest";
import { type ByteSource, isLoaded, plainBytes, viewBytes, wholeSource } from "./byte-source.js";

const source: ByteSource = {
  size: 100,
  parts: [
    { byteOffset: 0, bytes: Uint8Array.of(0, 1, 2, 3) },
    { byteOffset: 4, bytes: Uint8Array.of(4, 5) },
    { byteOffset: 40, bytes: Uint8Array.of(40, 41, 42, 43) },
  ],
};

describe("a source", () => {
  it.each([
    [0, 4, [0, 1, 2, 3]],
    [2, 1, [2]],
    [42, 2, [42, 43]],
    [4, 2, [4, 5]],
    [44, 0, []],
  ])("shows what is loaded: %d, %d", (byteOffset, length, expected) => {
    expect(isLoaded(source, byteOffset, length)).toBe(true);
    expect([...viewBytes(source, byteOffset, length)]).toEqual(expected);
  });

  it.each([
    ["before a part", 39, 2],
    ["behind a part", 43, 2],
    ["in two parts", 3, 2],
    ["in none", 60, 1],
  ])("refuses what lies %s", (_where, byteOffset, length) => {
    expect(isLoaded(source, byteOffset, length)).toBe(false);
    expect(() => viewBytes(source, byteOffset, length)).toThrow(
      expect.objectContaining({ code: "NOT_LOADED", byteOffset }),
    );
  });

  it("copies nothing", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const view = viewBytes(wholeSource(bytes), 1, 2);
    bytes[1] = 9;
    expect([...view]).toEqual([9, 3]);
  });

  it("holds the memory of a Buffer as plain bytes, whose slices are copies", () => {
    const buffer = Buffer.from([1, 2, 3, 4]).subarray(1);
    const [part] = wholeSource(buffer).parts;
    expect(part?.bytes.constructor).toBe(Uint8Array);
    expect(part?.bytes).toEqual(Uint8Array.of(2, 3, 4));
    expect(part?.bytes.buffer).toBe(buffer.buffer);
    const bytes = new Uint8Array(2);
    expect(plainBytes(bytes)).toBe(bytes);
  });
});
