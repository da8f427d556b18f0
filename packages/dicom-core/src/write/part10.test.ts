import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bytesOf, EXPLICIT, IMPLICIT, uid } from "../../test/bytes-of.js";
import type { Dataset } from "../dataset.js";
import { readFile } from "../read/part10.js";
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from "../transfer-syntax.js";
import { readBytes } from "../values/read-bytes.js";
import { readText } from "../values/read-text.js";
import type { ElementInit } from "./element-init.js";
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from "./implementation.js";
import { writeDataset, writeFile, writeFileMetaInformation } from "./part10.js";

const CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2";
const ELEMENTS: readonly ElementInit[] = [
  { tag: 0x00100010, value: "Doe^Jane" },
  { tag: 0x00080016, value: CT_IMAGE },
  { tag: 0x00080018, value: ["1.2.3"] },
];

describe("a file that is written", () => {
  it("has meta information that is built, and right", () => {
    const file = readFile(writeFile(ELEMENTS));
    expect(file.findings).toEqual([]);
    expect(file.hasPreamble).toBe(true);
    const meta = file.fileMetaInformation;
    expect(meta.elements.map(({ tag }) => readTextOrBytes(meta, tag))).toEqual([
      new Uint8Array(bytesOf(EXPLICIT.long(file.datasetOffset - 132 - 12))),
      Uint8Array.of(0, 1),
      CT_IMAGE,
      "1.2.3",
      EXPLICIT_VR_LITTLE_ENDIAN,
      IMPLEMENTATION_CLASS_UID,
      IMPLEMENTATION_VERSION_NAME,
    ]);
    expect(writeFile(ELEMENTS).subarray(0, 132)).toEqual(bytesOf(new Uint8Array(128), "DICM"));
  });

  it("takes nothing of a group 0002 that is given, nor group lengths, at any depth", () => {
    const plain: readonly ElementInit[] = [
      { tag: 0x00081110, value: [[{ tag: 0x00081155, value: "1.2" }]] },
    ];
    const given: readonly ElementInit[] = [
      { tag: 0x00020010, value: IMPLICIT_VR_LITTLE_ENDIAN },
      { tag: 0x00020016, value: "SENDER" },
      { tag: 0x00080000, value: 999 },
      {
        tag: 0x00081110,
        value: [
          [
            { tag: 0x00080000, value: 999 },
            { tag: 0x00081155, value: "1.2" },
          ],
        ],
      },
    ];
    expect(writeFile(given)).toEqual(writeFile(plain));
  });

  it("has no SOP class and instance where the data set has none", () => {
    const { fileMetaInformation } = readFile(writeFile([]));
    expect(fileMetaInformation.elements.map(({ tag }) => tag)).toEqual([
      0x00020000, 0x00020001, 0x00020010, 0x00020012, 0x00020013,
    ]);
  });

  it.each([
    ["explicit VR little endian", undefined, EXPLICIT_VR_LITTLE_ENDIAN],
    ["implicit VR", IMPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
    ["big endian", EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_BIG_ENDIAN],
    ["deflated", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN],
  ])("is in the transfer syntax that is asked for: %s", (_name, transferSyntaxUid, expected) => {
    const file = readFile(writeFile(ELEMENTS, transferSyntaxUid ? { transferSyntaxUid } : {}));
    expect(file.findings).toEqual([]);
    expect(file.transferSyntax.uid).toBe(expected);
    expect(readText(file.dataset, 0x00100010)).toBe("Doe^Jane");
  });

  it.each<readonly [string, string, ElementInit["value"]]>([
    ["native pixels in a compressed one", "1.2.840.10008.1.2.4.50", Uint8Array.of(1, 2)],
    ["compressed pixels in a native one", "1.2.840.10008.1.2.1", { fragments: [] }],
    ["compressed pixels in implicit VR", "1.2.840.10008.1.2", { fragments: [] }],
    ["anything in one that nobody knows", "1.2.3", { fragments: [] }],
  ])("is refused for %s", (_what, transferSyntaxUid, value) => {
    const elements = [{ tag: 0x7fe00010, vr: "OB", value }] as const;
    expect(() => writeFile(elements, { transferSyntaxUid })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED_TRANSFER_SYNTAX" }),
    );
  });

  it("is deflated without a header of zlib, to an even length (PS3.5 A.5)", () => {
    for (let length = 1; length < 30; length++) {
      const elements = [{ tag: 0x00100010, value: "x".repeat(length) }];
      const transferSyntaxUid = DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN;
      const deflated = writeDataset(elements, { transferSyntaxUid });
      expect(deflated.length % 2).toBe(0);
      expect(new Uint8Array(inflateRawSync(deflated))).toEqual(writeDataset(elements));
    }
  });
});

describe("text that is written", () => {
  const charactersOf = (...elements: readonly ElementInit[]) => {
    const { dataset } = readFile(writeFile(elements));
    return readText(dataset, 0x00080005);
  };

  it("needs no character set if it is ASCII, whatever set is given", () => {
    expect(charactersOf({ tag: 0x00100010, value: "Doe" })).toBeUndefined();
    expect(
      charactersOf(
        { tag: 0x00080005, value: "ISO_IR 100" },
        { tag: 0x00100010, value: "Doe" },
        { tag: 0x00420011, vr: "OB", value: Uint8Array.of(0xff) },
      ),
    ).toBeUndefined();
  });

  it.each([
    ["a value", { tag: 0x00100010, value: "Müller" }],
    ["one of several values", { tag: 0x00081070, value: ["Doe", "Müller"] }],
    ["a value in an item", { tag: 0x00081110, value: [[], [{ tag: 0x00100010, value: "ü" }]] }],
    ["text that is bytes", { tag: 0x00100010, value: new TextEncoder().encode("Müller") }],
  ] as readonly (readonly [string, ElementInit])[])("is UTF-8 because of %s", (_what, element) => {
    expect(charactersOf(element, { tag: 0x00080005, value: "ISO_IR 100" })).toBe("ISO_IR 192");
  });

  it("has one character set for all items, which name none", () => {
    const { dataset } = readFile(
      writeFile([
        {
          tag: 0x00081110,
          value: [
            [
              { tag: 0x00080005, value: "ISO_IR 100" },
              { tag: 0x00100010, value: "Müller" },
            ],
          ],
        },
      ]),
    );
    const item = dataset.elements.find(({ items }) => items !== undefined)?.items?.[0] as Dataset;
    expect(item.elements.map(({ tag }) => tag)).toEqual([0x00100010]);
    expect(readText(item, 0x00100010)).toBe("Müller");
  });

  it("is refused where no character set helps", () => {
    expect(() => writeFile([{ tag: 0x00080060, value: "Ü" }])).toThrow(
      expect.objectContaining({ code: "BAD_CHARACTER_SET", at: "(0008,0060)" }),
    );
  });
});

describe("a data set that is written", () => {
  it("is what is asked for, and no more", () => {
    const elements = [{ tag: 0x00080018, value: "1.2.3" }];
    expect(writeDataset(elements)).toEqual(
      bytesOf(EXPLICIT.element(0x00080018, "UI", uid("1.2.3"))),
    );
    const transferSyntaxUid = IMPLICIT_VR_LITTLE_ENDIAN;
    const nested = [{ tag: 0x00081110, value: [elements] }];
    expect(writeDataset(nested, { transferSyntaxUid, undefinedLengths: true })).toEqual(
      bytesOf(
        IMPLICIT.openSequence(
          0x00081110,
          "",
          IMPLICIT.openItem(IMPLICIT.element(0x00080018, "", uid("1.2.3"))),
        ),
      ),
    );
  });
});

describe("meta information that is written", () => {
  it("leaves out UIDs that are empty", () => {
    const bytes = writeFileMetaInformation({
      mediaStorageSopClassUid: "",
      mediaStorageSopInstanceUid: undefined,
      transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    });
    expect(bytes).toEqual(writeFile([]));
  });
});

function readTextOrBytes(dataset: Dataset, tag: number): unknown {
  const vr = dataset.elements.find((element) => element.tag === tag)?.vr;
  return vr === "OB" || vr === "UL" ? readBytes(dataset, tag) : readText(dataset, tag);
}
