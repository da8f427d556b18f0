import { describe, expect, it } from "vitest";
import { BIG, bytesOf, EXPLICIT, IMPLICIT, UNDEFINED } from "../../test/bytes-of.js";
import { recognizeEncoding, sniffEncoding } from "./sniff.js";

const explicitLittle = { explicitVR: true, littleEndian: true };
const implicitLittle = { explicitVR: false, littleEndian: true };
const explicitBig = { explicitVR: true, littleEndian: false };

const MODALITY = 0x00080060;
const HEADS = [
  ["explicit VR little endian", EXPLICIT, explicitLittle],
  ["implicit VR little endian", IMPLICIT, implicitLittle],
  ["explicit VR big endian", BIG, explicitBig],
] as const;

describe("an encoding that is expected", () => {
  for (const [name, { element }, actual] of HEADS) {
    it.each(HEADS)(`is found to be ${name} where %s was said`, (_said, _encoder, expected) => {
      const head = bytesOf(element(MODALITY, "CS", "CT"));
      expect(sniffEncoding(head, head.length, expected)).toEqual(actual);
    });
  }

  it("is believed of a file that ends within its first value", () => {
    const head = bytesOf(IMPLICIT.element(MODALITY, "", "CT", { length: 100 }));
    expect(sniffEncoding(head, head.length, implicitLittle)).toBe(implicitLittle);
  });

  it("is believed where too little is there to contradict it", () => {
    const head = bytesOf(EXPLICIT.element(MODALITY, "CS", "")).subarray(0, 7);
    expect(sniffEncoding(head, 7, implicitLittle)).toBe(implicitLittle);
  });

  it.each(HEADS)(
    "is believed of groups such as 2000, swapped 0020: %s",
    (_name, { element }, expected) => {
      const head = bytesOf(element(0x20000050, "LO", "FILM"));
      expect(sniffEncoding(head, head.length, expected)).toBe(expected);
    },
  );

  it("is believed where nothing fits", () => {
    const head = bytesOf(0, 1, 0x35, 0x12, new Uint8Array(8));
    expect(sniffEncoding(head, 12, explicitBig)).toBe(explicitBig);
  });

  it("is believed where a length of implicit VR happens to be two letters", () => {
    // 0x4F4C bytes: "LO" in little endian.
    const head = bytesOf(IMPLICIT.element(0x00081234, "", [], { length: 0x4f4c }));
    expect(sniffEncoding(head, 8 + 0x4f4c, implicitLittle)).toBe(implicitLittle);
    expect(sniffEncoding(head, 8 + 0x4f4b, implicitLittle)).toEqual(explicitLittle);
  });
});

describe("a data set without meta information", () => {
  it.each(HEADS)("is recognized: %s", (_name, { element }, encoding) => {
    const head = bytesOf(element(MODALITY, "CS", "CT"));
    expect(recognizeEncoding(head, head.length)).toEqual(encoding);
  });

  it.each(HEADS)("is recognized by a sequence without length: %s", (_name, encoder, encoding) => {
    const head = bytesOf(encoder.element(0x00081110, "SQ", [], { length: UNDEFINED }));
    expect(recognizeEncoding(head, head.length)).toEqual(encoding);
  });

  it.each([
    ["with VR UN", EXPLICIT.element(MODALITY, "UN", "CT")],
    ["with either of two VRs", EXPLICIT.element(0x00280106, "SS", [0, 0])],
  ])("is recognized %s", (_what, element) => {
    const head = bytesOf(element);
    expect(recognizeEncoding(head, head.length)).toEqual(explicitLittle);
  });

  it.each([
    ["what is too short", [8, 0, 0x60, 0]],
    ["a tag that nobody knows", EXPLICIT.element(0x00081235, "CS", "CT")],
    ["a private tag", EXPLICIT.element(0x00090010, "LO", "AB")],
    ["a high group", EXPLICIT.element(0x01000410, "CS", "CT")],
    ["meta information", EXPLICIT.element(0x00020010, "UI", "12")],
    ["another VR than the dictionary's", EXPLICIT.element(MODALITY, "PN", "CT")],
    ["letters that are no VR", EXPLICIT.element(MODALITY, "ZZ", "CT")],
    ["a length beyond the end", EXPLICIT.element(MODALITY, "CS", "CT", { length: 4 })],
    ["an odd length of implicit VR", IMPLICIT.element(MODALITY, "", "CTX")],
    ["text", "The quick brown fox"],
    ["zeros", new Uint8Array(64)],
  ])("is not seen in %s", (_what, bytes) => {
    const head = bytesOf(bytes);
    expect(recognizeEncoding(head, head.length)).toBeUndefined();
  });
});
