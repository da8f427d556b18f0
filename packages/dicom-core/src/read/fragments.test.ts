import { describe, expect, it } from "vitest";
import {
  type Bytes,
  bytesOf,
  EXPLICIT,
  fileOf,
  headBytes,
  UNDEFINED,
} from "../../test/bytes-of.js";
import type { DataElement } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import { readFragments } from "./fragments.js";
import { readFile } from "./part10.js";

const { element, item, long, openSequence, tag } = EXPLICIT;
const JPEG = "1.2.840.10008.1.2.4.50";
const PIXEL_DATA = 0x7fe00010;
const PADDING = element(0xfffcfffc, "OB", [0, 0]);
const first = ({ elements }: Dataset) => elements[0] as DataElement;

describe("encapsulated pixel data", () => {
  const fragments: Bytes = [item([long(0), long(12)]), item("abcd"), item("efghij")];
  const start = headBytes(JPEG) + 12;

  it("is stepped over, fragment by fragment, up to its delimiter", () => {
    const bytes = fileOf([openSequence(PIXEL_DATA, "OB", fragments), PADDING], JPEG);
    const { dataset, findings } = readFile(bytes);
    const valueLength = bytesOf(fragments).length;
    expect(dataset.elements).toMatchObject([
      {
        tag: PIXEL_DATA,
        vr: "OB",
        encapsulated: true,
        undefinedLength: true,
        items: undefined,
        valueOffset: start,
        valueLength,
        endOffset: start + valueLength + 8,
      },
      { tag: 0xfffcfffc, encapsulated: false },
    ]);
    expect(findings).toEqual([]);
  });

  it("is taken apart into offset table and fragments", () => {
    const { dataset } = readFile(fileOf(openSequence(PIXEL_DATA, "OB", fragments), JPEG));
    expect(readFragments(dataset, first(dataset))).toEqual({
      basicOffsetTable: [0, 12],
      fragments: [
        { byteOffset: start + 24, length: 4 },
        { byteOffset: start + 36, length: 6 },
      ],
    });
  });

  it("may have fragments without bytes, the last one too", () => {
    const value = [item([]), item([]), item("ab"), item([])];
    const { dataset } = readFile(fileOf(openSequence(PIXEL_DATA, "OB", value), JPEG));
    const { fragments: found } = readFragments(dataset, first(dataset));
    expect(found.map(({ length }) => length)).toEqual([0, 2, 0]);
  });

  it("may have no fragments, and not even an offset table", () => {
    for (const value of [[], item([])]) {
      const { dataset } = readFile(fileOf(openSequence(PIXEL_DATA, "OB", value), JPEG));
      expect(readFragments(dataset, first(dataset))).toEqual({
        basicOffsetTable: [],
        fragments: [],
      });
    }
  });

  it("may hold bytes that look like delimiters", () => {
    const fragment = item([EXPLICIT.sequenceEnd, EXPLICIT.itemEnd, item("x")]);
    const { dataset } = readFile(
      fileOf(openSequence(PIXEL_DATA, "OB", [item([]), fragment]), JPEG),
    );
    expect(dataset.elements.length).toBe(1);
    expect(readFragments(dataset, first(dataset)).fragments).toMatchObject([{ length: 25 }]);
  });

  it.each(["OW", "UN", "OB"])("is encapsulated with VR %s, too", (vr) => {
    const { dataset } = readFile(fileOf(openSequence(PIXEL_DATA, vr, fragments), JPEG));
    expect(first(dataset)).toMatchObject({ vr, encapsulated: true, items: undefined });
  });

  it("may be found in other elements of bytes", () => {
    const bytes = fileOf([openSequence(0x00091001, "OB", fragments), PADDING], JPEG);
    expect(readFile(bytes).dataset.elements).toMatchObject([
      { tag: 0x00091001, encapsulated: true },
      { tag: 0xfffcfffc },
    ]);
  });

  it("comes behind its Extended Offset Table, of VR OV", () => {
    const table = element(0x7fe00001, "OV", [long(0), long(0), long(12), long(0)]);
    const lengths = element(0x7fe00002, "OV", [long(4), long(0), long(6), long(0)]);
    const bytes = fileOf([table, lengths, openSequence(PIXEL_DATA, "OB", fragments)], JPEG);
    const { dataset, findings } = readFile(bytes);
    expect(dataset.elements).toMatchObject([
      { tag: 0x7fe00001, vr: "OV", valueLength: 16 },
      { tag: 0x7fe00002, vr: "OV", valueLength: 16 },
      { tag: PIXEL_DATA, encapsulated: true },
    ]);
    expect(findings).toEqual([]);
  });

  it.each([
    ["what is no fragment", [item([]), tag(0x00080060), long(0)], 8],
    ["a fragment of undefined length", [item([]), item([], { length: UNDEFINED })], 8],
  ])("is refused with %s", (_what, value, at) => {
    expect(() => readFile(fileOf(openSequence(PIXEL_DATA, "OB", value), JPEG))).toThrow(
      expect.objectContaining({
        code: "BAD_LENGTH",
        at: "(7FE0,0010)",
        byteOffset: start + at,
      }),
    );
  });

  it("has its last fragment cut off where the file is", () => {
    const bytes = fileOf(openSequence(PIXEL_DATA, "OB", fragments), JPEG).subarray(0, -12);
    expect(() => readFile(bytes)).toThrow(
      expect.objectContaining({ code: "TRUNCATED", at: "(7FE0,0010)" }),
    );
    const { dataset } = readFile(bytes, { allowTruncated: true });
    expect(readFragments(dataset, first(dataset)).fragments).toMatchObject([
      { length: 4 },
      { length: 2 },
    ]);
  });
});

describe("other values", () => {
  it("have no fragments", () => {
    const { dataset } = readFile(fileOf(element(PIXEL_DATA, "OW", "1234")));
    expect(() => readFragments(dataset, first(dataset))).toThrow(
      expect.objectContaining({ code: "BAD_VALUE", at: "(7FE0,0010)" }),
    );
  });
});
