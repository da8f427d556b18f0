import { describe, expect, it } from "vitest";
import { datasetOf, type ElementOf, EXPLICIT_BIG } from "../../test/dataset-of.js";
import type { Dataset } from "../dataset.js";
import type { VR } from "../vr.js";
import { VRS } from "../vr.js";
import { characterSetsOf } from "./character-sets-of.js";
import { parseDecimalString, readDecimalStrings } from "./decimal-string.js";
import { effectiveVR } from "./effective-vr.js";
import { readBytes, readLittleEndianBytes } from "./read-bytes.js";
import { readBigInts, readNumbers, readTags } from "./read-numbers.js";
import { readPersonNames } from "./read-person-names.js";
import { readStrings, readText } from "./read-text.js";
import { readValues } from "./read-values.js";

const TAG = 0x00091001;
const only = (vr: VR, value: ElementOf[2], encoding = datasetOf([]).encoding) =>
  datasetOf([[TAG, vr, value]], encoding);
const first = (dataset: Dataset) => dataset.elements[0] as Dataset["elements"][number];

describe("text values", () => {
  it.each([
    ["AE", " STORE_SCP  ", ["STORE_SCP"]],
    ["CS", " ORIGINAL \\ PRIMARY ", ["ORIGINAL", "PRIMARY"]],
    ["LO", " a \\ b ", ["a", "b"]],
    ["SH", " a \\ b ", ["a", "b"]],
    ["DS", " 1.50 \\+2e3", ["1.50", "+2e3"]],
    ["IS", "  1\\-2 ", ["1", "-2"]],
    ["PN", " Doe^J \\ Roe ", [" Doe^J", " Roe"]],
    ["UC", " a \\ b ", [" a", " b"]],
    ["DA", "19930822\\19930823 ", ["19930822", "19930823"]],
    ["AS", "018M", ["018M"]],
    ["UI", "1.2.840\\1.2.3\0", ["1.2.840", "1.2.3"]],
    ["LT", " a\\b ", [" a\\b"]],
    ["ST", " a\\b\r\n ", [" a\\b\r\n"]],
    ["UT", " a\\b ", [" a\\b"]],
    ["UR", "http://x/a\\b ", ["http://x/a\\b"]],
  ] as const)("are split and rid of padding as PS3.5 6.2 says: %s", (vr, text, values) => {
    expect(readStrings(only(vr, text), TAG)).toEqual(values);
  });

  it("are rid of NULs, which only UI should have", () => {
    expect(readStrings(only("LO", "a\\b\0 \0"), TAG)).toEqual(["a", "b"]);
  });

  it.each(["", "  ", "\0\0", " \0"])("are none if there is nothing but padding: %o", (text) => {
    expect(readStrings(only("LO", text), TAG)).toEqual([]);
    expect(readText(only("LT", text), TAG)).toBe("");
  });

  it("may be empty among others", () => {
    expect(readStrings(only("CS", "A\\\\B\\ "), TAG)).toEqual(["A", "", "B", ""]);
    expect(readStrings(only("CS", "\\"), TAG)).toEqual(["", ""]);
  });

  it("are none, or undefined, of an element that is not there", () => {
    expect(readStrings(datasetOf([]), TAG)).toEqual([]);
    expect(readText(datasetOf([]), TAG)).toBeUndefined();
  });

  it("are joined as one text", () => {
    expect(readText(only("LO", "a \\ b "), TAG)).toBe("a\\b");
  });

  it("are not those of another VR", () => {
    const read = () => readStrings(only("US", [1, 0]), TAG);
    expect(read).toThrow(expect.objectContaining({ code: "BAD_VR", at: "(0009,1001)" }));
  });

  it("are of the element at hand, or of the first with the tag", () => {
    const dataset = datasetOf([
      [TAG, "LO", "a"],
      [TAG, "LO", "b"],
    ]);
    expect(readText(dataset, TAG)).toBe("a");
    expect(readText(dataset, dataset.elements[1] as (typeof dataset.elements)[number])).toBe("b");
  });
});

describe("character sets", () => {
  const NAME: ElementOf = [0x00100010, "PN", "\xcd\xf5^\xd0\xa1"];
  const inItem = (...item: ElementOf[]) => {
    const dataset = datasetOf([
      [0x00080005, "CS", "GB18030 "],
      [0x00081140, "SQ", [[...item]]],
    ]);
    return dataset.elements[1]?.items?.[0] as Dataset;
  };

  it("are the default ones if nothing is said", () => {
    const dataset = datasetOf([NAME]);
    expect(characterSetsOf(dataset).terms).toEqual(["ISO_IR 6"]);
    expect(readText(dataset, 0x00100010)).toBe("Íõ^Ð¡");
  });

  it("are those of the data set", () => {
    expect(readText(datasetOf([[0x00080005, "CS", "GB18030 "], NAME]), 0x00100010)).toBe("王^小");
  });

  it("are lent by the data set that holds an item", () => {
    expect(readText(inItem(NAME), 0x00100010)).toBe("王^小");
  });

  it("may be an item's own, and empty ones are the default", () => {
    expect(readText(inItem([0x00080005, "CS", "ISO_IR 100"], NAME), 0x00100010)).toBe("Íõ^Ð¡");
    expect(characterSetsOf(inItem([0x00080005, "CS", ""], NAME)).terms).toEqual(["ISO_IR 6"]);
  });

  it("that are unknown are told", () => {
    const dataset = datasetOf([[0x00080005, "CS", "ISO_IR 999"], NAME]);
    expect(characterSetsOf(dataset).unknown).toEqual(["ISO_IR 999"]);
    expect(readText(dataset, 0x00100010)).toBe("Íõ^Ð¡");
  });

  it("are read before values are split", () => {
    const dataset = datasetOf([
      [0x00080005, "CS", "GBK "],
      [0x00081030, "LO", "\x8b\x5c \x5c\x8b\x5c"],
    ]);
    expect(readStrings(dataset, 0x00081030)).toEqual(["媆", "媆"]);
  });
});

describe("numbers", () => {
  it.each([
    ["US", [0xff, 0xff, 1, 2], [0xffff, 0x0201], [0xffff, 0x0102]],
    ["SS", [0xff, 0xff, 1, 2], [-1, 0x0201], [-1, 0x0102]],
    ["UL", [1, 2, 3, 0xff], [0xff030201], [0x010203ff]],
    ["SL", [1, 2, 3, 0xff], [-0xfcfdff], [0x010203ff]],
    ["FL", [0, 0, 0x80, 0x3f], [1], [4.600602988224807e-41]],
    ["FD", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], [1], [3.03865e-319]],
  ] as const)("are decoded in both byte orders, at any offset: %s", (vr, bytes, little, big) => {
    expect(readNumbers(only(vr, bytes), TAG)).toEqual(little);
    expect(readNumbers(only(vr, bytes, EXPLICIT_BIG), TAG)).toEqual(big);
  });

  it.each([
    ["SV", [-2n], [-72057594037927937n]],
    ["UV", [18446744073709551614n], [18374686479671623679n]],
    ["OV", [18446744073709551614n], [18374686479671623679n]],
  ] as const)("of 64 bits are exact: %s", (vr, little, big) => {
    const bytes = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    expect(readBigInts(only(vr, bytes), TAG)).toEqual(little);
    expect(readBigInts(only(vr, bytes, EXPLICIT_BIG), TAG)).toEqual(big);
    expect(() => readNumbers(only(vr, bytes), TAG)).toThrow(
      expect.objectContaining({ code: "BAD_VR" }),
    );
  });

  it("that are integers may be had as bigint", () => {
    expect(readBigInts(only("SS", [0xff, 0xff]), TAG)).toEqual([-1n]);
    expect(() => readBigInts(only("FD", []), TAG)).toThrow(
      expect.objectContaining({ code: "BAD_VR" }),
    );
  });

  it("leave out what is less than one", () => {
    expect(readNumbers(only("US", [1, 0, 2]), TAG)).toEqual([1]);
    expect(readNumbers(only("FD", [1, 2, 3]), TAG)).toEqual([]);
  });

  it("are none of an element that is empty, or not there", () => {
    expect(readNumbers(only("US", []), TAG)).toEqual([]);
    expect(readNumbers(datasetOf([]), TAG)).toEqual([]);
  });

  it("are told from text", () => {
    expect(() => readNumbers(only("LO", "1"), TAG)).toThrow(
      expect.objectContaining({ code: "BAD_VR" }),
    );
  });

  it("may be tags, whose two words are swapped each on its own (PS3.5 7.3)", () => {
    expect(readTags(only("AT", [0x10, 0, 0x20, 0]), TAG)).toEqual([0x00100020]);
    expect(readTags(only("AT", [0, 0x10, 0, 0x20], EXPLICIT_BIG), TAG)).toEqual([0x00100020]);
    expect(readTags(only("AT", [0xe0, 0x7f, 0x10, 0]), TAG)).toEqual([0x7fe00010]);
  });
});

describe("decimal strings", () => {
  it("have number and exact text", () => {
    expect(readDecimalStrings(only("DS", " 1.50 \\1e-2\\\\abc"), TAG)).toEqual([
      { text: "1.50", number: 1.5 },
      { text: "1e-2", number: 0.01 },
      { text: "", number: Number.NaN },
      { text: "abc", number: Number.NaN },
    ]);
    expect(readNumbers(only("IS", "+7 \\-0"), TAG)).toEqual([7, -0]);
  });

  it.each([
    ["1", 1],
    ["+1.", 1],
    [".5", 0.5],
    [" -1.5E+3 ", -1500],
    ["0.1", 0.1],
    ["1234567890123456", 1234567890123456],
  ])("are numbers: %s", (text, number) => {
    expect(parseDecimalString(text)).toBe(number);
  });

  it.each(["", " ", "1,5", "0x10", "1e", "e5", ".", "Infinity", "nan", "1 2", "--1", "1_000"])(
    "are none: %o",
    (text) => {
      expect(parseDecimalString(text)).toBeNaN();
    },
  );
});

describe("bytes", () => {
  it("are a view of the source", () => {
    const dataset = only("OB", [1, 2, 3]);
    const bytes = readBytes(dataset, TAG);
    expect([...(bytes as Uint8Array)]).toEqual([1, 2, 3]);
    expect(bytes?.buffer).toBe(dataset.source.parts[0]?.bytes.buffer);
    expect(readBytes(dataset, 0x00100010)).toBeUndefined();
  });

  it("of any VR are those of the file", () => {
    expect([...(readBytes(only("LO", "a "), TAG) as Uint8Array)]).toEqual([0x61, 0x20]);
  });

  it.each([
    ["OB", [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["OW", [2, 1, 4, 3, 6, 5, 8, 7, 9]],
    ["AT", [2, 1, 4, 3, 6, 5, 8, 7, 9]],
    ["OL", [4, 3, 2, 1, 8, 7, 6, 5, 9]],
    ["OD", [8, 7, 6, 5, 4, 3, 2, 1, 9]],
    ["UN", [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ] as const)("in little endian are turned by the unit of the VR: %s", (vr, swapped) => {
    const bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const big = only(vr, bytes, EXPLICIT_BIG);
    expect([...(readLittleEndianBytes(big, TAG) as Uint8Array)]).toEqual(swapped);
    expect([...(readBytes(big, TAG) as Uint8Array)]).toEqual(bytes);
    expect([...(readLittleEndianBytes(only(vr, bytes), TAG) as Uint8Array)]).toEqual(bytes);
  });

  it("that were skipped when the header was read are refused", () => {
    const dataset = only("OW", [1, 2]);
    const without = { ...dataset, source: { size: dataset.source.size, parts: [] } };
    expect(() => readBytes(without, TAG)).toThrow(expect.objectContaining({ code: "NOT_LOADED" }));
  });
});

describe("UN", () => {
  const unknown = (tag: number, value: ElementOf[2], encoding = datasetOf([]).encoding) =>
    datasetOf([[tag, "UN", value]], encoding);

  it("is what the dictionary knows (PS3.5 6.2.2)", () => {
    expect(readText(unknown(0x00100010, "Doe^Jane"), 0x00100010)).toBe("Doe^Jane");
    expect(readNumbers(unknown(0x00280010, [2, 1]), 0x00280010)).toEqual([0x0102]);
  });

  it("is little endian in a big endian file", () => {
    expect(readNumbers(unknown(0x00280010, [2, 1], EXPLICIT_BIG), 0x00280010)).toEqual([0x0102]);
  });

  it("is bytes if nobody knows it", () => {
    const dataset = unknown(0x00091001, "abc");
    expect(effectiveVR(dataset, first(dataset))).toBe("UN");
    expect(readValues(dataset, 0x00091001)?.kind).toBe("bytes");
  });

  it("is LO of a private creator", () => {
    const dataset = unknown(0x00090010, "ACME 1.1");
    expect(readValues(dataset, 0x00090010)).toEqual({
      kind: "text",
      vr: "LO",
      values: ["ACME 1.1"],
    });
  });

  it("is a sequence if its reader found items, and only then", () => {
    const sequence = datasetOf([[0x00091001, "UN", [[[TAG, "LO", "a"]]]]]);
    expect(effectiveVR(sequence, first(sequence))).toBe("SQ");
    const empty = unknown(0x00081140, "");
    expect(effectiveVR(empty, first(empty))).toBe("SQ");
    const damaged = unknown(0x00081140, "abcd");
    expect(effectiveVR(damaged, first(damaged))).toBe("UN");
  });

  it("of an ambiguous VR is decided by the data set", () => {
    const dataset = datasetOf([
      [0x00280103, "US", [1, 0]],
      [0x00280106, "UN", [0xff, 0xff]],
    ]);
    expect(readNumbers(dataset, 0x00280106)).toEqual([-1]);
  });
});

describe("values of any element", () => {
  it.each(Object.keys(VRS) as VR[])("have a kind, and none if empty: %s", (vr) => {
    const { kind } = VRS[vr];
    const expected = kind === "sequence" ? "items" : kind;
    expect(readValues(only(vr, ""), TAG)).toEqual({
      kind: vr === "DS" || vr === "IS" ? "decimal" : expected,
      vr,
      values: [],
    });
  });

  it("are undefined if there is none", () => {
    expect(readValues(datasetOf([]), TAG)).toBeUndefined();
  });

  it("of a sequence are its items", () => {
    const dataset = datasetOf([[0x00081140, "SQ", [[], [[TAG, "LO", "a"]]]]]);
    const values = readValues(dataset, first(dataset));
    expect(values.values.length).toBe(2);
    expect(readText(values.values[1] as Dataset, TAG)).toBe("a");
  });

  it("of PN may be had in parts", () => {
    const names = readPersonNames(only("PN", "Doe^Jane\\Roe"), TAG);
    expect(names.map((name) => name.alphabetic?.familyName)).toEqual(["Doe", "Roe"]);
    expect(() => readPersonNames(only("LO", "a"), TAG)).toThrow(
      expect.objectContaining({ code: "BAD_VR" }),
    );
    expect(readPersonNames(datasetOf([]), TAG)).toEqual([]);
  });
});
