/**
 * What is refused unless a leniency is named, and what is read if it is.
 */
import { describe, expect, it } from "vitest";
import {
  BIG,
  type Bytes,
  bytesOf,
  EXPLICIT,
  fileOf,
  headBytes,
  IMPLICIT,
} from "../../test/bytes-of.js";
import { isDicomError } from "../errors.js";
import { readFile } from "./part10.js";

const { element, item, itemEnd, openItem, openSequence, sequenceEnd } = EXPLICIT;
const SEQUENCE = 0x00081110;
const MODALITY = element(0x00080060, "CS", "CT");
const NAME = element(0x00100010, "PN", "Doe^Jane");

describe("a file that ends too early", () => {
  const JPEG = "1.2.840.10008.1.2.4.50";
  const WHOLE = [
    ["explicit VR", EXPLICIT, JPEG],
    ["implicit VR", IMPLICIT, "1.2.840.10008.1.2"],
    ["big endian", BIG, "1.2.840.10008.1.2.2"],
  ] as const;

  /** All that can be cut: short and long headers, items with and without length, fragments. */
  const datasetOf = (encoder: typeof EXPLICIT, uid: string): Bytes => {
    const content = [
      encoder.element(0x00080060, "CS", "CT"),
      encoder.openSequence(0x00081199, "SQ", [encoder.openItem([]), encoder.item([])]),
      encoder.element(0x00091001, "UN", IMPLICIT.item(IMPLICIT.element(0x00080060, "", "CT"))),
    ];
    return [
      encoder.element(SEQUENCE, "SQ", [encoder.item(content), encoder.openItem(content)]),
      encoder.openSequence(0x00081120, "SQ", [encoder.item(content), encoder.openItem(content)]),
      encoder.element(0x0040a160, "UT", "text"),
      uid === JPEG
        ? encoder.openSequence(0x7fe00010, "OB", [encoder.item([]), encoder.item("abcd")])
        : encoder.element(0x7fe00010, "OW", "abcd"),
    ];
  };

  it.each(WHOLE)("is refused wherever it ends, but between elements: %s", (_name, encoder, uid) => {
    const bytes = fileOf(datasetOf(encoder, uid), uid);
    expect(readFile(bytes).findings).toEqual([]);
    const ends = new Set(readFile(bytes).dataset.elements.map(({ endOffset }) => endOffset));
    for (let length = headBytes(uid); length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      const start = [headBytes(uid), ...ends].findLast((end) => end <= length) as number;
      // Less than a header is no element.
      if (length - start < 8) expect(readFile(cut).trailing.length).toBe(length - start);
      else {
        expect(() => readFile(cut)).toThrow(expect.objectContaining({ code: "TRUNCATED" }));
      }
    }
  });

  it.each(WHOLE)("is read up to its end if asked, wherever that is: %s", (_name, encoder, uid) => {
    const bytes = fileOf(datasetOf(encoder, uid), uid);
    for (let length = headBytes(uid); length < bytes.length; length++) {
      const { dataset, findings } = readFile(bytes.subarray(0, length), { allowTruncated: true });
      const end = dataset.elements.at(-1)?.endOffset ?? headBytes(uid);
      const codes = findings.map(({ code }) => code).filter((code) => code !== "ODD_LENGTH");
      if (length - end >= 8) expect.unreachable(`${length - end} bytes were not read`);
      if (end < length) expect(codes).toEqual(["TRAILING_BYTES"]);
      else expect(codes.filter((code) => code !== "TRUNCATED")).toEqual([]);
    }
  });

  it("keeps what was read of the last element, and says so once", () => {
    const bytes = fileOf(openSequence(SEQUENCE, "SQ", [openItem(MODALITY), openItem(NAME)]));
    const { dataset, findings } = readFile(bytes.subarray(0, bytes.length - 16 - 4), {
      allowTruncated: true,
    });
    const items = dataset.elements[0]?.items;
    expect(items?.map((i) => i.elements.length)).toEqual([1, 1]);
    expect(items?.[1]?.elements[0]).toMatchObject({ tag: 0x00100010, valueLength: 4 });
    expect(findings).toEqual([
      { code: "TRUNCATED", at: "(0008,1110)[1].(0010,0010)", byteOffset: headBytes() + 46 },
    ]);
  });

  it("is refused in its meta information, too", () => {
    const bytes = fileOf(MODALITY).subarray(0, headBytes() - 4);
    expect(() => readFile(bytes)).toThrow(
      expect.objectContaining({ code: "TRUNCATED", at: "(0002,0010)" }),
    );
  });
});

describe("what reaches beyond what holds it", () => {
  it.each([
    ["an element beyond its item", item(NAME, { length: 12 }), "(0008,1110)[0].(0010,0010)"],
    ["a header beyond its item", item(NAME, { length: 4 }), "(0008,1110)[0]"],
    [
      "a long header beyond its item",
      item(element(0x00091001, "OB", "1234"), { length: 8 }),
      "(0008,1110)[0].(0009,1001)",
    ],
    [
      "a sequence without length beyond its item",
      item(openSequence(0x00081199, "SQ", item([])), { length: 20 }),
      "(0008,1110)[0].(0008,1199)",
    ],
    ["a delimiter before the end of its item", item([itemEnd, NAME]), "(0008,1110)[0]"],
  ])("is refused in an item: %s", (_what, items, at) => {
    const bytes = fileOf([openSequence(SEQUENCE, "SQ", items), NAME]);
    expect(() => readFile(bytes)).toThrow(expect.objectContaining({ code: "BAD_LENGTH", at }));
  });

  it.each([
    ["an item beyond its sequence", element(SEQUENCE, "SQ", item(MODALITY), { length: 12 })],
    ["an element beyond its sequence", element(SEQUENCE, "SQ", openItem(NAME), { length: 8 + 12 })],
    [
      "a delimiter before the end of its sequence",
      element(SEQUENCE, "SQ", [sequenceEnd, item([])]),
    ],
  ])("is refused in a sequence: %s", (_what, sequence) => {
    expect(() => readFile(fileOf([sequence, NAME]))).toThrow(
      expect.objectContaining({ code: "BAD_LENGTH" }),
    );
  });

  it("is read if asked: an element goes on, and what holds it ends where it ends", () => {
    const bytes = fileOf([openSequence(SEQUENCE, "SQ", item(NAME, { length: 12 })), NAME]);
    const { dataset, findings } = readFile(bytes, { allowLengthMismatch: true });
    const [sequence, name] = dataset.elements;
    expect(sequence?.items?.[0]).toMatchObject({
      contentLength: 16,
      elements: [{ tag: 0x00100010, valueLength: 8 }],
    });
    expect(name).toMatchObject({ tag: 0x00100010, valueLength: 8, endOffset: bytes.length });
    expect(findings.map(({ code }) => code)).toEqual(["LENGTH_MISMATCH"]);
  });

  it("is read if asked: an item makes its sequence longer", () => {
    const bytes = fileOf([element(SEQUENCE, "SQ", item(MODALITY), { length: 12 }), NAME]);
    const { dataset, findings } = readFile(bytes, { allowLengthMismatch: true });
    expect(dataset.elements).toMatchObject([
      { valueLength: bytesOf(item(MODALITY)).length, items: [{ elements: [{ vr: "CS" }] }] },
      { tag: 0x00100010, endOffset: bytes.length },
    ]);
    expect(findings.map(({ code }) => code)).toEqual(["LENGTH_MISMATCH"]);
  });

  it("ends at a delimiter if asked, and what comes behind that is read as what holds it", () => {
    const bytes = fileOf(
      element(SEQUENCE, "SQ", [item([MODALITY, itemEnd], { length: 26 }), item([])]),
    );
    const { dataset, findings } = readFile(bytes, { allowLengthMismatch: true });
    expect(dataset.elements[0]?.items?.map(({ elements }) => elements.length)).toEqual([1, 0]);
    expect(findings.map(({ code }) => code)).toEqual(["STRAY_DELIMITER", "LENGTH_MISMATCH"]);
  });

  it("is no leniency for what is truncated, nor the other way round", () => {
    const cut = fileOf(NAME).subarray(0, -2);
    expect(() => readFile(cut, { allowLengthMismatch: true })).toThrow(
      expect.objectContaining({ code: "TRUNCATED" }),
    );
    const beyond = fileOf([openSequence(SEQUENCE, "SQ", item(NAME, { length: 12 })), NAME]);
    expect(() => readFile(beyond, { allowTruncated: true })).toThrow(
      expect.objectContaining({ code: "BAD_LENGTH" }),
    );
  });
});

describe("a refusal", () => {
  it("tells no value", () => {
    const marked = element(0x00100010, "PN", "CANARY^CANARY");
    const bytes = fileOf([marked, element(SEQUENCE, "SQ", marked), marked]);
    for (let length = headBytes(); length <= bytes.length; length++) {
      try {
        readFile(bytes.subarray(0, length));
      } catch (error) {
        expect(isDicomError(error)).toBe(true);
        expect(JSON.stringify({ ...(error as Error), text: String(error) })).not.toMatch(/CANARY/);
      }
    }
  });
});
