import { describe, expect, it } from "vitest";
import { BIG, EXPLICIT, fileOf, IMPLICIT } from "../../test/bytes-of.js";
import { readFile } from "../read/part10.js";
import { datasetToElements } from "./dataset-to-elements.js";
import { writeFile } from "./part10.js";

describe("elements of a data set that was read", () => {
  it("have values, decoded, in little endian", () => {
    const dataset = [
      BIG.element(0x00080005, "CS", "ISO_IR 100"),
      BIG.element(0x00081110, "SQ", BIG.item(BIG.element(0x00100010, "PN", "M\xfcller"))),
      BIG.element(0x00180050, "DS", "1.50\\ 2"),
      BIG.element(0x00280009, "AT", [0, 0x18, 0x10, 0x63]),
      BIG.element(0x00280010, "US", [1, 2]),
      BIG.element(0x00420011, "OB", ""),
      BIG.element(0x7fe00010, "OW", [1, 2, 3, 4]),
    ];
    expect(datasetToElements(readFile(fileOf(dataset, "1.2.840.10008.1.2.2")).dataset)).toEqual([
      { tag: 0x00080005, vr: "CS", value: ["ISO_IR 100"] },
      {
        tag: 0x00081110,
        vr: "SQ",
        value: [[{ tag: 0x00100010, vr: "PN", value: ["Müller"] }]],
      },
      { tag: 0x00180050, vr: "DS", value: ["1.50", "2"] },
      { tag: 0x00280009, vr: "AT", value: [0x00181063] },
      { tag: 0x00280010, vr: "US", value: [0x0102] },
      { tag: 0x00420011, vr: "OB", value: new Uint8Array(0) },
      { tag: 0x7fe00010, vr: "OW", value: Uint8Array.of(2, 1, 4, 3) },
    ]);
  });

  it("have the VR that UN stands for, and can be written in another transfer syntax", () => {
    const items = IMPLICIT.item(IMPLICIT.element(0x00100010, "", "Doe^Jane"));
    const file = readFile(
      fileOf([
        EXPLICIT.element(0x00091001, "UN", items),
        EXPLICIT.element(0x00280010, "UN", [2, 1]),
        EXPLICIT.element(0x00291001, "UN", "abcd"),
      ]),
    );
    const elements = datasetToElements(file.dataset);
    expect(elements).toEqual([
      {
        tag: 0x00091001,
        vr: "SQ",
        value: [[{ tag: 0x00100010, vr: "PN", value: ["Doe^Jane"] }]],
      },
      { tag: 0x00280010, vr: "US", value: [0x0102] },
      { tag: 0x00291001, vr: "UN", value: new TextEncoder().encode("abcd") },
    ]);
    const big = readFile(writeFile(elements, { transferSyntaxUid: "1.2.840.10008.1.2.2" }));
    expect(datasetToElements(big.dataset)).toEqual(elements);
  });

  it.each([
    ["with an offset table that fits", [0, 12], [0, 1]],
    ["with one that leads nowhere, which is left out", [0, 7], []],
  ])("have compressed pixel data in its fragments, %s", (_what, offsets, firstFragments) => {
    const { element, item, openSequence } = EXPLICIT;
    const fragments = [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6)];
    const table = new Uint8Array(Uint32Array.from(offsets).buffer);
    const pixelData = openSequence(0x7fe00010, "OB", [
      item(table),
      ...fragments.map((fragment) => item(fragment)),
    ]);
    const { dataset } = readFile(
      fileOf([element(0x00280010, "US", [1, 0]), pixelData], "1.2.840.10008.1.2.4.50"),
    );
    const elements = datasetToElements(dataset);
    expect(elements[1]).toEqual({
      tag: 0x7fe00010,
      vr: "OB",
      value: { fragments, firstFragments },
    });
    const written = writeFile(elements, { transferSyntaxUid: "1.2.840.10008.1.2.4.50" });
    expect(datasetToElements(readFile(written).dataset)).toEqual(elements);
  });
});
