import { describe, expect, it } from "vitest";
import { BIG, type Bytes, bytesOf, EXPLICIT, IMPLICIT } from "../../test/bytes-of.js";
import { readDataset } from "../read/part10.js";
import { readNumbers } from "../values/read-numbers.js";
import { type VR, VRS } from "../vr.js";
import { ByteWriter } from "./byte-writer.js";
import type { ElementInit } from "./element-init.js";
import { type WriteEncoding, writeElements } from "./element-writer.js";

const little: WriteEncoding = { explicitVR: true, littleEndian: true, textEncoding: "ascii" };
const implicit: WriteEncoding = { ...little, explicitVR: false };
const big: WriteEncoding = { ...little, littleEndian: false };
const ENCODINGS = [
  ["explicit VR little endian", EXPLICIT, little],
  ["implicit VR little endian", IMPLICIT, implicit],
  ["explicit VR big endian", BIG, big],
] as const;

function written(elements: readonly ElementInit[], encoding = little): Uint8Array {
  const writer = new ByteWriter(encoding.littleEndian);
  writeElements(writer, elements, encoding);
  return new Uint8Array(writer.bytes);
}

describe.each(ENCODINGS)("an element in %s", (_name, encoder, encoding) => {
  const { element, item, openItem, openSequence } = encoder;

  it.each((Object.keys(VRS) as VR[]).filter((vr) => vr !== "SQ"))("has the header of %s", (vr) => {
    const value = new Uint8Array(8);
    expect(written([{ tag: 0x00091001, vr, value }], encoding)).toEqual(
      bytesOf(element(0x00091001, vr, value)),
    );
  });

  const items: readonly (readonly ElementInit[])[] = [
    [
      { tag: 0x00080060, value: "CT" },
      { tag: 0x00081199, value: [[]] },
    ],
    [],
  ];
  const modality = element(0x00080060, "CS", "CT");

  it("may be a sequence, with lengths", () => {
    const content: Bytes = [item([modality, element(0x00081199, "SQ", item([]))]), item([])];
    expect(written([{ tag: 0x00081110, value: items }], encoding)).toEqual(
      bytesOf(element(0x00081110, "SQ", content)),
    );
  });

  it("may be a sequence, with delimiters", () => {
    const content: Bytes = [
      openItem([modality, openSequence(0x00081199, "SQ", openItem([]))]),
      openItem([]),
    ];
    expect(
      written([{ tag: 0x00081110, value: items }], { ...encoding, undefinedLengths: true }),
    ).toEqual(bytesOf(openSequence(0x00081110, "SQ", content)));
  });
});

describe("elements", () => {
  it("are written in the order of their tags, also above the sign bit, at every depth", () => {
    const tags = [0xfffcfffc, 0x00100010, 0x00080060, 0x7fe00010];
    const elements = tags.map((tag) => ({ tag, vr: "OB" as const, value: new Uint8Array(0) }));
    const { dataset } = readDataset(
      written([...elements, { tag: 0x00081110, value: [elements] }]),
      "1.2.840.10008.1.2.1",
    );
    const ordered = [0x00080060, 0x00100010, 0x7fe00010, 0xfffcfffc];
    expect(dataset.elements.map(({ tag }) => tag)).toEqual(
      [...ordered, 0x00081110].sort((a, b) => a - b),
    );
    expect(dataset.elements[1]?.items?.[0]?.elements.map(({ tag }) => tag)).toEqual(ordered);
  });

  it("have the VR of the dictionary if none is given", () => {
    expect(written([{ tag: 0x00100010, value: "Doe^Jane" }])).toEqual(
      bytesOf(EXPLICIT.element(0x00100010, "PN", "Doe^Jane")),
    );
    expect(written([{ tag: 0x00090010, value: "ACME" }])).toEqual(
      bytesOf(EXPLICIT.element(0x00090010, "LO", "ACME")),
    );
  });

  it.each([
    [
      "no VR and the dictionary has none",
      [{ tag: 0x00091001, value: "x" }],
      "BAD_VR",
      "(0009,1001)",
    ],
    ["no VR and the dictionary has two", [{ tag: 0x00280106, value: 1 }], "BAD_VR", "(0028,0106)"],
    [
      "a value that its VR cannot hold, at its place",
      [{ tag: 0x00081110, value: [[], [{ tag: 0x00280010, value: -1 }]] }],
      "BAD_VALUE",
      "(0008,1110)[1].(0028,0010)",
    ],
    [
      "text that is not ASCII",
      [{ tag: 0x00100010, value: "Müller" }],
      "BAD_CHARACTER_SET",
      "(0010,0010)",
    ],
    ["no items in a sequence", [{ tag: 0x00081110, value: "x" }], "BAD_VALUE", "(0008,1110)"],
    [
      "bytes in a sequence",
      [{ tag: 0x00081110, value: new Uint8Array(8) }],
      "BAD_VALUE",
      "(0008,1110)",
    ],
    ["items in another VR", [{ tag: 0x00100010, value: [[]] }], "BAD_VALUE", "(0010,0010)"],
    [
      "the same tag twice",
      [
        { tag: 0x00080060, value: "CT" },
        { tag: 0x00080060, value: "MR" },
      ],
      "BAD_VALUE",
      "(0008,0060)",
    ],
    [
      "the same tag twice in an item",
      [
        {
          tag: 0x00081110,
          value: [
            [
              { tag: 0x00080060, value: "CT" },
              { tag: 0x00080060, value: "MR" },
            ],
          ],
        },
      ],
      "BAD_VALUE",
      "(0008,1110)[0].(0008,0060)",
    ],
  ] as const)("are refused with %s", (_what, elements, code, at) => {
    expect(() => written(elements)).toThrow(expect.objectContaining({ code, at }));
  });
});

describe("a value too long for the 16-bit length of its VR", () => {
  const numbers = Array.from({ length: 0x8000 }, (_, i) => i);

  it("becomes UN (PS3.5 6.2.2, note), the longest that is not too long does not", () => {
    const long = written([{ tag: 0x00080060, value: "x".repeat(0xffff) }]);
    expect(long.subarray(0, 12)).toEqual(
      bytesOf(EXPLICIT.element(0x00080060, "UN", [], { length: 0x10000 })),
    );
    const short = written([{ tag: 0x00080060, value: "x".repeat(0xfffe) }]);
    expect(short.subarray(0, 8)).toEqual(
      bytesOf(EXPLICIT.element(0x00080060, "CS", [], { length: 0xfffe })),
    );
  });

  it("keeps its length in implicit VR", () => {
    const bytes = written([{ tag: 0x00080060, value: "x".repeat(0x10000) }], implicit);
    expect(bytes.subarray(0, 8)).toEqual(
      bytesOf(IMPLICIT.element(0x00080060, "", [], { length: 0x10000 })),
    );
  });

  it.each([
    ["little", little, "1.2.840.10008.1.2.1"],
    ["big", big, "1.2.840.10008.1.2.2"],
  ] as const)("is read again, %s endian", (_name, encoding, uid) => {
    const bytes = written([{ tag: 0x00280010, vr: "US", value: numbers }], encoding);
    const { dataset } = readDataset(bytes, uid);
    expect(dataset.elements[0]?.vr).toBe("UN");
    expect(readNumbers(dataset, 0x00280010)).toEqual(numbers);
  });
});
