import { describe, expect, it } from "vitest";
import { type Bytes, EXPLICIT, fileOf, IMPLICIT } from "../../test/bytes-of.js";
import { findElement } from "../dataset.js";
import { readFile } from "./part10.js";

const { element, item, word } = IMPLICIT;
const PIXEL_REPRESENTATION = 0x00280103;
const SMALLEST_VALUE = 0x00280106;
const SIGNED = element(PIXEL_REPRESENTATION, "", word(1));
const UNSIGNED = element(PIXEL_REPRESENTATION, "", word(0));

/** The VR that an element of an implicit VR data set is found to have. */
function vrOf(tag: number, dataset: Bytes): string | undefined {
  return findElement(readFile(fileOf(dataset, "1.2.840.10008.1.2")).dataset, tag)?.vr;
}

describe("US or SS", () => {
  const value = element(SMALLEST_VALUE, "", word(0xffff));

  it.each([
    ["SS where pixels are signed", [SIGNED, value], "SS"],
    ["US where pixels are unsigned", [UNSIGNED, value], "US"],
    ["US where nothing tells", value, "US"],
    [
      "US where what should tell has no value",
      [element(PIXEL_REPRESENTATION, "", []), value],
      "US",
    ],
  ])("is %s", (_what, dataset, vr) => {
    expect(vrOf(SMALLEST_VALUE, dataset)).toBe(vr);
  });

  it("is decided by what comes behind it, too", () => {
    const before = element(0x00280071, "", word(1));
    expect(vrOf(0x00280071, [before, SIGNED])).toBe("SS");
  });

  it("is decided by the data set around the item, unless the item decides", () => {
    const itemsOf = (own: Bytes) => element(0x00081110, "", [item([own, value])]);
    const nested = (own: Bytes) => {
      const bytes = fileOf([itemsOf(own), SIGNED], "1.2.840.10008.1.2");
      const sequence = readFile(bytes).dataset.elements[0];
      return findElement(sequence!.items![0]!, SMALLEST_VALUE)?.vr;
    };
    expect(nested([])).toBe("SS");
    expect(nested(UNSIGNED)).toBe("US");
  });

  it("is what the file says where it says something", () => {
    const bytes = fileOf([
      EXPLICIT.element(PIXEL_REPRESENTATION, "US", word(1)),
      EXPLICIT.element(SMALLEST_VALUE, "US", word(1)),
    ]);
    expect(findElement(readFile(bytes).dataset, SMALLEST_VALUE)?.vr).toBe("US");
  });
});

describe("other ambiguous VRs", () => {
  const descriptor = (entries: number) =>
    element(0x00283002, "", [word(entries), word(0), word(16)]);
  const table = element(0x00283006, "", word(7));

  it("are US for a table of one entry, else OW (PS3.3 C.11.1.1)", () => {
    expect(vrOf(0x00283006, [descriptor(1), table])).toBe("US");
    expect(vrOf(0x00283006, [descriptor(256), table])).toBe("OW");
    expect(vrOf(0x00283006, table)).toBe("OW");
  });

  it.each([
    ["pixel data", 0x7fe00010],
    ["overlay data", 0x60003000],
  ])("are OW for %s (PS3.5 A.1)", (_what, tag) => {
    expect(vrOf(tag, element(tag, "", "1234"))).toBe("OW");
  });
});
