import { describe, expect, it } from "vitest";
import { ByteWriter } from "./byte-writer.js";

describe("a byte writer", () => {
  it.each([
    [true, "0102000300000004000000000000000000c03f000000000000f83ffffefffdffffff"],
    [false, "0100020000000300000000000000043fc000003ff8000000000000fffffefffffffd"],
  ])("writes numbers in its byte order: little endian %s", (littleEndian, hex) => {
    const writer = new ByteWriter(littleEndian);
    writer.uint8(1);
    writer.uint16(2);
    writer.uint32(3);
    writer.uint64(4n);
    writer.float32(1.5);
    writer.float64(1.5);
    writer.int8(-1);
    writer.int16(-2);
    writer.int32(-3);
    expect(Buffer.from(writer.bytes).toString("hex")).toBe(hex);
    expect(writer.length).toBe(hex.length / 2);
  });

  it("grows, and keeps what was written", () => {
    const writer = new ByteWriter(true);
    const chunk = Uint8Array.from({ length: 200 }, (_, i) => i);
    writer.append(chunk);
    const before = writer.bytes;
    for (let i = 0; i < 50; i++) writer.append(chunk);
    writer.append(new Uint8Array(100_000));
    writer.uint8(7);
    expect(writer.length).toBe(51 * 200 + 100_001);
    expect(writer.bytes.subarray(50 * 200, 51 * 200)).toEqual(chunk);
    expect(writer.bytes.at(-1)).toBe(7);
    expect(before).toEqual(chunk);
  });

  it("can put a length where one was kept free", () => {
    const writer = new ByteWriter(false);
    writer.uint32(0);
    writer.append(new Uint8Array(1000));
    writer.patchUint32(0, 0x01020304);
    expect([...writer.bytes.subarray(0, 5)]).toEqual([1, 2, 3, 4, 0]);
  });
});
