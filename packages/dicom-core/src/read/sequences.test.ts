import { describe, expect, it } from "vitest";
import {
  BIG,
  type Bytes,
  bytesOf,
  type Encoder,
  EXPLICIT,
  fileOf,
  headBytes,
  IMPLICIT,
} from "../../test/bytes-of.js";
import type { Item } from "../data-element.js";
import type { Dataset } from "../dataset.js";
import { formatTag } from "../tag.js";
import { readFile } from "./part10.js";

const IMPLICIT_UID = "1.2.840.10008.1.2";
const BIG_UID = "1.2.840.10008.1.2.2";
const SEQUENCE = 0x00081110;
const NESTED = 0x00081199;

/** A data set as `(0008,1110)SQ[(0008,0060)CS | ]`: tags and VRs, and items in brackets. */
function shapeOf({ elements }: Dataset): string {
  return elements
    .map(({ tag, vr, items }) => {
      const content = items === undefined ? "" : `[${items.map(shapeOf).join(" | ")}]`;
      return `${formatTag(tag)}${vr}${content}`;
    })
    .join(" ");
}

const modality = ({ element }: Encoder) => element(0x00080060, "CS", "CT");
const name = ({ element }: Encoder) => element(0x00100010, "PN", "Doe^Jane");

const ENCODINGS = [
  ["explicit VR little endian", EXPLICIT, undefined],
  ["implicit VR little endian", IMPLICIT, IMPLICIT_UID],
  ["explicit VR big endian", BIG, BIG_UID],
] as const;

describe.each(ENCODINGS)("a sequence in %s", (_name, encoder, uid) => {
  const { element, item, openItem, openSequence } = encoder;
  const read = (dataset: Bytes) => {
    const file = readFile(fileOf(dataset, uid));
    expect(file.findings).toEqual([]);
    return file.dataset;
  };

  it.each([
    [
      "a length, and so have its items",
      element(SEQUENCE, "SQ", [item(modality(encoder)), item([])]),
    ],
    [
      "a length, and its items have none",
      element(SEQUENCE, "SQ", [openItem(modality(encoder)), openItem([])]),
    ],
    [
      "no length, but its items have",
      openSequence(SEQUENCE, "SQ", [item(modality(encoder)), item([])]),
    ],
    [
      "no length, nor have its items",
      openSequence(SEQUENCE, "SQ", [openItem(modality(encoder)), openItem([])]),
    ],
  ])("may have %s", (_what, sequence) => {
    const dataset = read([sequence, name(encoder)]);
    expect(shapeOf(dataset)).toBe("(0008,1110)SQ[(0008,0060)CS | ] (0010,0010)PN");
  });

  it("may be empty", () => {
    const dataset = read([
      element(SEQUENCE, "SQ", []),
      openSequence(NESTED, "SQ", []),
      name(encoder),
    ]);
    expect(shapeOf(dataset)).toBe("(0008,1110)SQ[] (0008,1199)SQ[] (0010,0010)PN");
  });

  it("may hold others", () => {
    const inner = openSequence(NESTED, "SQ", [openItem(modality(encoder)), item([])]);
    const dataset = read([element(SEQUENCE, "SQ", item([inner, name(encoder)])), name(encoder)]);
    expect(shapeOf(dataset)).toBe(
      "(0008,1110)SQ[(0008,1199)SQ[(0008,0060)CS | ] (0010,0010)PN] (0010,0010)PN",
    );
  });
});

describe("a sequence", () => {
  it("tells where it and its items begin and end", () => {
    const { item, openItem, openSequence } = EXPLICIT;
    const content = bytesOf(modality(EXPLICIT)).length;
    const start = headBytes();
    const { dataset } = readFile(
      fileOf(
        openSequence(SEQUENCE, "SQ", [item(modality(EXPLICIT)), openItem(modality(EXPLICIT))]),
      ),
    );
    const [sequence] = dataset.elements;
    expect(sequence).toMatchObject({
      undefinedLength: true,
      valueOffset: start + 12,
      valueLength: 8 + content + 8 + content + 8,
      endOffset: start + 12 + 8 + content + 8 + content + 8 + 8,
    });
    expect(sequence?.items).toMatchObject([
      {
        undefinedLength: false,
        byteOffset: start + 12,
        contentOffset: start + 20,
        contentLength: content,
        endOffset: start + 20 + content,
      },
      {
        undefinedLength: true,
        byteOffset: start + 20 + content,
        contentOffset: start + 28 + content,
        contentLength: content,
        endOffset: start + 28 + content + content + 8,
      },
    ]);
  });

  it("gives its items the data set around them", () => {
    const inner = EXPLICIT.element(NESTED, "SQ", EXPLICIT.item(modality(EXPLICIT)));
    const { dataset } = readFile(fileOf(EXPLICIT.element(SEQUENCE, "SQ", EXPLICIT.item(inner))));
    const item = dataset.elements[0]?.items?.[0] as Item;
    expect(item.parent).toBe(dataset);
    expect(item.elements[0]?.items?.[0]?.parent).toBe(item);
    expect(dataset.parent).toBeUndefined();
  });

  it.each([
    [
      "an element where an item is due",
      EXPLICIT.element(SEQUENCE, "SQ", modality(EXPLICIT)),
      "(0008,1110)",
      12,
    ],
    [
      "another item within an item that has no delimiter",
      EXPLICIT.openSequence(SEQUENCE, "SQ", [
        EXPLICIT.item(modality(EXPLICIT), { length: 0xffffffff }),
        EXPLICIT.item([]),
      ]),
      "(0008,1110)[0]",
      12 + 8 + 10,
    ],
    [
      "the end of the sequence within an item that has no delimiter",
      EXPLICIT.openSequence(SEQUENCE, "SQ", EXPLICIT.item([], { length: 0xffffffff })),
      "(0008,1110)[0]",
      12 + 8,
    ],
  ])("is refused with %s", (_what, sequence, at, offset) => {
    expect(() => readFile(fileOf(sequence))).toThrow(
      expect.objectContaining({ code: "BAD_LENGTH", at, byteOffset: headBytes() + offset }),
    );
  });

  it("is what alone may have no length, and bytes, and UN", () => {
    const bytes = fileOf(EXPLICIT.element(0x0040a160, "UT", "ABCD", { length: 0xffffffff }));
    expect(() => readFile(bytes)).toThrow(
      expect.objectContaining({ code: "BAD_LENGTH", at: "(0040,A160)", byteOffset: headBytes() }),
    );
  });

  it("may end in a delimiter although it has a length, and so may an item", () => {
    const item = EXPLICIT.item([modality(EXPLICIT), EXPLICIT.itemEnd]);
    const sequence = EXPLICIT.element(SEQUENCE, "SQ", [item, EXPLICIT.sequenceEnd]);
    const { dataset, findings } = readFile(fileOf([sequence, name(EXPLICIT)]));
    expect(shapeOf(dataset)).toBe("(0008,1110)SQ[(0008,0060)CS] (0010,0010)PN");
    expect(findings.map(({ code, at }) => `${code} ${at}`)).toEqual([
      "STRAY_DELIMITER (0008,1110)[0]",
      "STRAY_DELIMITER (0008,1110)",
    ]);
  });

  it("may hold items of implicit VR in a data set of explicit VR", () => {
    const items = [EXPLICIT.item(modality(EXPLICIT)), IMPLICIT.item(modality(IMPLICIT))];
    const { dataset, findings } = readFile(fileOf(EXPLICIT.element(SEQUENCE, "SQ", items)));
    expect(shapeOf(dataset)).toBe("(0008,1110)SQ[(0008,0060)CS | (0008,0060)CS]");
    expect(dataset.elements[0]?.items?.[1]?.encoding.explicitVR).toBe(false);
    expect(findings).toMatchObject([{ code: "IMPLICIT_VR_IN_EXPLICIT", at: "(0008,1110)[1]" }]);
  });

  it("of big endian may hold items of implicit VR, too", () => {
    const swapped = bytesOf(IMPLICIT.element(0x00280010, "", [1, 2]));
    const big = Uint8Array.of(0, 0x28, 0, 0x10, 0, 0, 0, 2, 1, 2);
    expect(swapped.length).toBe(big.length);
    const bytes = fileOf(BIG.element(SEQUENCE, "SQ", BIG.item(big)), BIG_UID);
    const [item] = readFile(bytes).dataset.elements[0]?.items ?? [];
    expect(item?.encoding).toEqual({ explicitVR: false, littleEndian: false });
    expect(item?.elements).toMatchObject([{ tag: 0x00280010, vr: "US", valueLength: 2 }]);
  });
});

describe("a private sequence in implicit VR", () => {
  const { element, item, openItem, openSequence } = IMPLICIT;
  const read = (dataset: Bytes) => readFile(fileOf(dataset, IMPLICIT_UID));

  it("is found though no table lists it, with and without length", () => {
    const { dataset, findings } = read([
      element(0x00091001, "", [item(modality(IMPLICIT)), item([])]),
      openSequence(0x00091002, "", openItem(element(0x00091003, "", item(modality(IMPLICIT))))),
    ]);
    expect(shapeOf(dataset)).toBe(
      "(0009,1001)UN[(0008,0060)CS | ] (0009,1002)SQ[(0009,1003)UN[(0008,0060)CS]]",
    );
    expect(findings).toEqual([]);
  });

  it.each([
    ["only begins like one", [item([]), "abcd"]],
    ["has an item that is too long", item([], { length: 100 })],
    ["has an element that is too long", item(element(0x00080060, "", "CT", { length: 4 }))],
    ["has no delimiter", item(modality(IMPLICIT), { length: 0xffffffff })],
    ["is nothing but an item's tag", [IMPLICIT.tag(0xfffee000)]],
  ])("is none if it %s", (_what, value) => {
    const { dataset, findings } = read([element(0x00091001, "", value), name(IMPLICIT)]);
    expect(shapeOf(dataset)).toBe("(0009,1001)UN (0010,0010)PN");
    expect(dataset.elements[0]?.valueLength).toBe(bytesOf(value).length);
    expect(findings).toEqual([]);
  });
});

describe("a sequence in UN", () => {
  const content = IMPLICIT.item([modality(IMPLICIT), IMPLICIT.element(0x00091003, "", "abcd")]);

  it.each([
    ["with length", EXPLICIT.element(0x00091001, "UN", content), EXPLICIT, undefined],
    ["without length", EXPLICIT.openSequence(0x00091001, "UN", content), EXPLICIT, undefined],
    ["with length in big endian", BIG.element(0x00091001, "UN", content), BIG, BIG_UID],
    [
      "without length in big endian",
      [BIG.element(0x00091001, "UN", content, { length: 0xffffffff }), IMPLICIT.sequenceEnd],
      BIG,
      BIG_UID,
    ],
  ] as const)("is implicit VR little endian (PS3.5 6.2.2): %s", (_what, element, encoder, uid) => {
    const { dataset, findings } = readFile(fileOf([element, name(encoder)], uid));
    expect(shapeOf(dataset)).toBe("(0009,1001)UN[(0008,0060)CS (0009,1003)UN] (0010,0010)PN");
    const [item] = dataset.elements[0]?.items ?? [];
    expect(item?.encoding).toEqual({ explicitVR: false, littleEndian: true });
    expect(findings).toEqual([]);
  });

  it("holds further ones, whose encoding stays implicit", () => {
    const inner = IMPLICIT.openSequence(0x00091003, "", IMPLICIT.openItem(modality(IMPLICIT)));
    const bytes = fileOf(EXPLICIT.openSequence(0x00091001, "UN", IMPLICIT.openItem(inner)));
    expect(shapeOf(readFile(bytes).dataset)).toBe("(0009,1001)UN[(0009,1003)SQ[(0008,0060)CS]]");
  });

  it("may be big endian in spite of it", () => {
    const big = Uint8Array.of(0, 0x28, 0, 0x10, 0, 0, 0, 2, 1, 2);
    const bytes = fileOf(BIG.openSequence(0x00091001, "UN", BIG.item(big)), BIG_UID);
    const [item] = readFile(bytes).dataset.elements[0]?.items ?? [];
    expect(item?.encoding).toEqual({ explicitVR: false, littleEndian: false });
    expect(item?.elements).toMatchObject([{ tag: 0x00280010, valueLength: 2 }]);
  });

  it("may be explicit VR in spite of it", () => {
    const items = EXPLICIT.item([modality(EXPLICIT), name(EXPLICIT)]);
    const { dataset, findings } = readFile(fileOf(EXPLICIT.element(0x00091001, "UN", items)));
    expect(shapeOf(dataset)).toBe("(0009,1001)UN[(0008,0060)CS (0010,0010)PN]");
    expect(findings).toMatchObject([{ code: "EXPLICIT_VR_IN_UN", at: "(0009,1001)[0]" }]);
  });

  it("is looked for where the dictionary has a sequence, or nothing", () => {
    const elements = [
      EXPLICIT.element(SEQUENCE, "UN", content),
      EXPLICIT.element(0x00081235, "UN", content),
      EXPLICIT.element(0x00100010, "UN", content),
    ];
    expect(shapeOf(readFile(fileOf(elements)).dataset)).toBe(
      "(0008,1110)UN[(0008,0060)CS (0009,1003)UN] " +
        "(0008,1235)UN[(0008,0060)CS (0009,1003)UN] (0010,0010)UN",
    );
  });

  it("is none if it only begins like one", () => {
    const { dataset } = readFile(fileOf(EXPLICIT.element(0x00091001, "UN", [content, "abcd"])));
    expect(shapeOf(dataset)).toBe("(0009,1001)UN");
  });
});
