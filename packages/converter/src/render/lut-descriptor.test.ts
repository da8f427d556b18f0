import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN } from "@dsail/dicom-core";
import * as Tag from "@dsail/dicom-core/tags";
import { describe, expect, it } from "vitest";
import { bytesOfWords, datasetForTest } from "../../test/dataset-for-test.js";
import { lookUp, readLookupTable, readLutDescriptor } from "./lut-descriptor.js";

const TAGS = { descriptor: Tag.LUTDescriptor, data: Tag.LUTData };
const badValue = expect.objectContaining({ code: "BAD_VALUE" });

const describedBy = (words: readonly number[], vr: "US" | "SS" = "US") =>
  datasetForTest([[Tag.LUTDescriptor, bytesOfWords(...words), vr]], EXPLICIT_VR_LITTLE_ENDIAN);

describe("a LUT descriptor", () => {
  it("means 65,536 entries by 0", () => {
    const descriptor = readLutDescriptor(describedBy([0, 0, 16]), Tag.LUTDescriptor, false);
    expect(descriptor).toEqual({ length: 65_536, firstMapped: 0, bits: 16 });
  });

  it("has a first value mapped that is signed if inputs are, or if the VR says so", () => {
    const words = [4, -1024, 12];
    const read = (vr: "US" | "SS", isSigned: boolean) =>
      readLutDescriptor(describedBy(words, vr), Tag.LUTDescriptor, isSigned).firstMapped;
    expect(read("US", false)).toBe(64_512);
    expect(read("US", true)).toBe(-1024);
    expect(read("SS", false)).toBe(-1024);
  });

  it("has a number of entries that is unsigned even if the VR is SS", () => {
    const descriptor = readLutDescriptor(
      describedBy([40_000, 0, 16], "SS"),
      Tag.LUTDescriptor,
      true,
    );
    expect(descriptor.length).toBe(40_000);
  });

  it.each([[[4, 0, 0]], [[4, 0, 17]], [[4, 0]], [[]]])("is refused as %o", (words) => {
    expect(() => readLutDescriptor(describedBy(words), Tag.LUTDescriptor, false)).toThrow(badValue);
  });
});

describe("a lookup table", () => {
  const tableOf = (descriptor: readonly number[], data: Uint8Array, uid?: string) =>
    readLookupTable(
      datasetForTest(
        [
          [Tag.LUTDescriptor, bytesOfWords(...descriptor), "US"],
          [Tag.LUTData, data, "OW"],
        ],
        uid,
      ),
      TAGS,
      false,
    );

  it("has entries of 16 bits, unsigned", () => {
    const { entries } = tableOf([3, 0, 16], bytesOfWords(1, 0x8000, 0xffff));
    expect([...entries]).toEqual([1, 0x8000, 0xffff]);
  });

  it("has entries of 8 bits, two in a word, or each in its own", () => {
    expect([...tableOf([3, 0, 8], Uint8Array.of(1, 2, 255, 0)).entries]).toEqual([1, 2, 255]);
    expect([...tableOf([3, 0, 8], bytesOfWords(1, 2, 255)).entries]).toEqual([1, 2, 255]);
  });

  it("has the same entries in big endian, whose words are turned round", () => {
    const packed = tableOf([4, 0, 8], Uint8Array.of(1, 2, 3, 4), EXPLICIT_VR_BIG_ENDIAN);
    expect([...packed.entries]).toEqual([1, 2, 3, 4]);
    const words = tableOf([2, 0, 16], bytesOfWords(0x0102, 0x0304), EXPLICIT_VR_BIG_ENDIAN);
    expect([...words.entries]).toEqual([0x0102, 0x0304]);
  });

  it("is refused if entries are missing", () => {
    expect(() => tableOf([4, 0, 16], bytesOfWords(1, 2, 3))).toThrow(badValue);
    expect(() => tableOf([5, 0, 8], Uint8Array.of(1, 2, 3, 4))).toThrow(badValue);
  });

  it("gives its first entry below, its last above", () => {
    const table = { firstMapped: -2, bits: 8, entries: Uint16Array.of(10, 20, 30) };
    expect([-100, -3, -2, -1, 0, 1, 100].map((input) => lookUp(table, input))).toEqual([
      10, 10, 10, 20, 30, 30, 30,
    ]);
  });

  it("takes the nearest entry for an input between two", () => {
    const table = { firstMapped: 0, bits: 8, entries: Uint16Array.of(10, 20, 30) };
    expect([0.4, 0.6, 1.9999].map((input) => lookUp(table, input))).toEqual([10, 20, 30]);
  });
});
