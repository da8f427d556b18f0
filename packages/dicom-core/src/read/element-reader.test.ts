import { describe, expect, it } from "vitest";
import {
  BIG,
  type Bytes,
  type Encoder,
  EXPLICIT,
  fileOf,
  headBytes,
  IMPLICIT,
} from "../../test/bytes-of.js";
import type { DataElement } from "../data-element.js";
import { type VR, VRS } from "../vr.js";
import { readFile } from "./part10.js";

const IMPLICIT_UID = "1.2.840.10008.1.2";
const BIG_UID = "1.2.840.10008.1.2.2";

/** The elements of a data set, with offsets that count from its beginning. */
function read(dataset: Bytes, transferSyntaxUid?: string): readonly Partial<DataElement>[] {
  const start = headBytes(transferSyntaxUid);
  const file = readFile(fileOf(dataset, transferSyntaxUid));
  expect(file.findings).toEqual([]);
  return file.dataset.elements.map(
    ({ tag, vr, byteOffset, valueOffset, valueLength, endOffset }) => ({
      tag,
      vr,
      byteOffset: byteOffset - start,
      valueOffset: valueOffset - start,
      valueLength,
      endOffset: endOffset - start,
    }),
  );
}

describe("an element with explicit VR", () => {
  const LONG_HEADERS = new Set<VR>(
    "OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" ") as readonly VR[],
  );

  for (const [name, encoder, uid] of [
    ["little", EXPLICIT, undefined],
    ["big", BIG, BIG_UID],
  ] as const) {
    it.each(Object.keys(VRS) as VR[])(
      `is found by the header of its VR, ${name} endian: %s`,
      (vr) => {
        const valueOffset = LONG_HEADERS.has(vr) ? 12 : 8;
        const value = vr === "SQ" ? encoder.item([]) : "12345678";
        expect(read([encoder.element(0x00091001, vr, value), next(encoder)], uid)).toMatchObject([
          { tag: 0x00091001, vr, byteOffset: 0, valueOffset, valueLength: 8 },
          { tag: 0x00100010, vr: "PN", byteOffset: valueOffset + 8 },
        ]);
      },
    );

    it.each(Object.keys(VRS) as VR[])(`may have no value, ${name} endian: %s`, (vr) => {
      const [element] = read([encoder.element(0x00091001, vr, []), next(encoder)], uid);
      const end = LONG_HEADERS.has(vr) ? 12 : 8;
      expect(element).toMatchObject({ vr, valueOffset: end, valueLength: 0, endOffset: end });
    });
  }

  function next({ element }: Encoder): Bytes {
    return element(0x00100010, "PN", "Doe^Jane");
  }

  it("may be longer than 65535 bytes if its VR has room for that", () => {
    const long = EXPLICIT.element(0x0040a160, "UT", "x".repeat(70_000));
    expect(read([long, EXPLICIT.element(0x00400032, "SV", [])].reverse())).toMatchObject([
      { tag: 0x00400032 },
      { tag: 0x0040a160, vr: "UT", valueLength: 70_000 },
    ]);
  });
});

describe("an element with implicit VR", () => {
  it.each([
    ["a standard element", 0x00100010, "PN"],
    ["a repeating element", 0x60020010, "US"],
    ["a group length", 0x00090000, "UL"],
    ["a private creator", 0x000900ff, "LO"],
    ["a private element", 0x00091001, "UN"],
    ["an element that nobody knows", 0x00081235, "UN"],
  ] as const)("has the VR of the dictionary: %s", (_what, tag, vr) => {
    expect(read(IMPLICIT.element(tag, "", "ABCD"), IMPLICIT_UID)).toEqual([
      { tag, vr, byteOffset: 0, valueOffset: 8, valueLength: 4, endOffset: 12 },
    ]);
  });

  it("may have a length that looks like a VR", () => {
    const bytes = IMPLICIT.element(0x00091001, "", new Uint8Array(0x4f4c));
    expect(read(bytes, IMPLICIT_UID)).toMatchObject([{ vr: "UN", valueLength: 0x4f4c }]);
  });
});

describe("a data set", () => {
  const odd = EXPLICIT.element(0x00091001, "OB", [1, 2, 3]);

  it("goes on at an odd offset behind a value of odd length", () => {
    const { dataset } = readFile(fileOf([odd, EXPLICIT.element(0x00100010, "PN", "Doe^Jane")]));
    const [first, second] = dataset.elements;
    expect(first?.valueLength).toBe(3);
    expect(second).toMatchObject({ tag: 0x00100010, byteOffset: first?.endOffset });
  });

  it("goes on behind two letters that are no VR, with a length of 16 bits", () => {
    const elements = [
      EXPLICIT.element(0x00091001, "ZZ", "AB"),
      EXPLICIT.element(0x00100010, "PN", "Doe^Jane"),
    ];
    const { dataset } = readFile(fileOf(elements));
    expect(dataset.elements).toMatchObject([{ vr: "UN", valueLength: 2 }, { vr: "PN" }]);
  });

  it("goes on where a writer switched to implicit VR, and back", () => {
    const { dataset, findings } = readFile(
      fileOf([
        EXPLICIT.element(0x00080060, "CS", "CT"),
        IMPLICIT.element(0x00080070, "", "ACME"),
        IMPLICIT.element(0x00081110, "", IMPLICIT.item(IMPLICIT.element(0x00081155, "", "1.23"))),
        EXPLICIT.element(0x00100010, "PN", "Doe^Jane"),
      ]),
    );
    expect(dataset.elements).toMatchObject([
      { vr: "CS" },
      { vr: "LO", valueLength: 4 },
      { vr: "SQ" },
      { vr: "PN" },
    ]);
    expect(findings.map(({ code }) => code)).toEqual([
      "IMPLICIT_VR_IN_EXPLICIT",
      "IMPLICIT_VR_IN_EXPLICIT",
      "IMPLICIT_VR_IN_EXPLICIT",
    ]);
    const [item] = dataset.elements[2]?.items ?? [];
    expect(item?.encoding).toEqual({ explicitVR: false, littleEndian: true });
    expect(item?.elements).toMatchObject([{ tag: 0x00081155, vr: "UI", valueLength: 4 }]);
  });

  it("may be empty, in a file that ends with its meta information", () => {
    const file = readFile(fileOf([]));
    expect(file.dataset.elements).toEqual([]);
    expect(file.findings).toEqual([]);
    expect(file.trailing).toEqual({ byteOffset: headBytes(), length: 0 });
  });

  it.each([
    ["Data Set Trailing Padding is an element (PS3.10 7.2)", [], 0],
    ["zeros are none", new Uint8Array(8), 8],
    ["what is too short for a header is none", [1, 2, 3, 4, 5, 6, 7], 7],
    ["nor are zeros that are too short", [0], 1],
  ] as const)("ends where no element follows: %s", (_what, trailing, length) => {
    const padding = EXPLICIT.element(0xfffcfffc, "OB", new Uint8Array(10));
    const bytes = fileOf([EXPLICIT.element(0x00080060, "CS", "CT"), padding, trailing]);
    const file = readFile(bytes);
    expect(file.dataset.elements.map(({ tag }) => tag)).toEqual([0x00080060, 0xfffcfffc]);
    expect(file.trailing).toEqual({ byteOffset: bytes.length - length, length });
    expect(file.findings.map(({ code }) => code)).toEqual(length > 0 ? ["TRAILING_BYTES"] : []);
  });

  it("refers to the bytes that were read, and copies none", () => {
    const bytes = fileOf(EXPLICIT.element(0x00100010, "PN", "Doe^Jane"));
    const { source } = readFile(bytes).dataset;
    expect(source.parts).toEqual([{ byteOffset: 0, bytes }]);
    expect(source.parts[0]?.bytes).toBe(bytes);
  });
});
