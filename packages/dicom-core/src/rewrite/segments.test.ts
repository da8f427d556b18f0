import { describe, expect, it } from "vitest";
import { wholeSource } from "../byte-source.js";
import { joinSegments, SegmentList, segmentsToBlob } from "./segments.js";

const source = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

describe("segments", () => {
  it("become one where ranges follow each other, and only there", () => {
    const list = new SegmentList();
    list.addRange(3, 3);
    list.addRange(0, 2);
    list.addRange(2, 5);
    list.addRange(6, 7);
    list.addBytes(Uint8Array.of(99));
    list.addRange(7, 8);
    list.addRange(8, 8);
    list.addBytes(new Uint8Array(0));
    expect(list.segments).toEqual([
      { byteOffset: 0, length: 5 },
      { byteOffset: 6, length: 1 },
      Uint8Array.of(99),
      { byteOffset: 7, length: 1 },
    ]);
    expect(list.length).toBe(8);
  });

  it("of another list are joined with their neighbours", () => {
    const list = new SegmentList();
    list.addRange(0, 2);
    const more = new SegmentList();
    more.addRange(2, 4);
    more.addBytes(Uint8Array.of(99));
    list.addAll(more);
    expect(list.segments).toEqual([{ byteOffset: 0, length: 4 }, Uint8Array.of(99)]);
    expect(list.length).toBe(5);
  });

  it("are put together in memory, or as a Blob of slices", async () => {
    const list = new SegmentList();
    list.addRange(8, 10);
    list.addBytes(Uint8Array.of(99));
    list.addRange(0, 1);
    expect([...joinSegments(list, wholeSource(source))]).toEqual([8, 9, 99, 0]);
    const blob = segmentsToBlob(list, new Blob([source]));
    expect([...new Uint8Array(await blob.arrayBuffer())]).toEqual([8, 9, 99, 0]);
    expect(blob.type).toBe("application/dicom");
  });

  it("cannot be put together from what is not loaded", () => {
    const list = new SegmentList();
    list.addRange(4, 6);
    const partly = { size: 10, parts: [{ byteOffset: 0, bytes: source.subarray(0, 5) }] };
    expect(() => joinSegments(list, partly)).toThrow(
      expect.objectContaining({ code: "NOT_LOADED", byteOffset: 4 }),
    );
  });
});
