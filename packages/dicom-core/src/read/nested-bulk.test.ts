import { describe, expect, it } from "vitest";
import type { ElementInit } from "../write/element-init.js";
import { writeFile } from "../write/part10.js";
import { readFile, readHeaderSync } from "./part10.js";

const ITEMS = 60;
const BULK_BYTES = 300_000;

/** Waveforms: items that each hold a value too large to be loaded with the header. */
const bytes = writeFile([
  { tag: 0x00100010, vr: "PN", value: "Doe^Jane" },
  {
    tag: 0x54000100,
    vr: "SQ",
    value: Array.from({ length: ITEMS }, (_, i): ElementInit[] => [
      { tag: 0x003a0005, vr: "US", value: i },
      { tag: 0x003a0200, vr: "SQ", value: [[{ tag: 0x003a0203, vr: "SH", value: "I" }]] },
      { tag: 0x54001010, vr: "OB", value: new Uint8Array(BULK_BYTES) },
    ]),
  },
  { tag: 0x7fe00010, vr: "OW", value: new Uint8Array(2) },
]);

describe("large values in items", () => {
  it("are stepped over, and nothing is read twice", () => {
    let asked = 0;
    let calls = 0;
    const file = readHeaderSync(bytes.length, ({ byteOffset, length }) => {
      asked += length;
      calls++;
      return bytes.slice(byteOffset, byteOffset + length);
    });
    const places = (dataset: typeof file.dataset): unknown =>
      dataset.elements.map(({ items, tag, vr, byteOffset, endOffset }) => ({
        tag,
        vr,
        byteOffset,
        endOffset,
        items: items?.map(places),
      }));
    expect(places(file.dataset)).toEqual(places(readFile(bytes).dataset));
    expect(file.findings).toEqual([]);
    expect(calls).toBeLessThanOrEqual(2 * ITEMS);
    expect(asked).toBeLessThan(bytes.length / 2);
    for (const item of file.dataset.elements[1]?.items ?? [])
      expect(item.parent).toBe(file.dataset);
  });

  it("count once towards the limits, however often bytes were missing", () => {
    const read = (maxItems: number) =>
      readHeaderSync(
        bytes.length,
        ({ byteOffset, length }) => bytes.slice(byteOffset, byteOffset + length),
        { limits: { maxItems } },
      );
    expect(read(2 * ITEMS).dataset.elements).toHaveLength(3);
    expect(() => read(2 * ITEMS - 1)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });
});
